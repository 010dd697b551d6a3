import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { meQuery, messageQuery } from '../api/queries.ts';
import type { MessageJson, StoryJson } from '../api/shapes.ts';
import { may } from './may.ts';
import { Tag } from './states.tsx';
import { minuteText, plain } from './text.ts';

type Moment = { readonly at: string; readonly key: string; readonly kind: string; readonly body: ReactNode };

/** Everything that happened, the latest first. */
export function Timeline({ loop }: { readonly loop: StoryJson }) {
  const moments = momentsOf(loop).toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <section aria-label="Timeline" className="card">
      <h2 className="mb-3">What happened</h2>
      <ol className="space-y-5 border-s-2 border-line ps-5">
        {moments.map(({ at, key, kind, body }) => (
          <li key={key} className="relative">
            <span
              aria-hidden="true"
              className="absolute -start-[1.65rem] top-1.5 size-2.5 rounded-full border-2 border-accent bg-card"
            />
            <p className="text-sm text-soft">
              <time dateTime={at}>{minuteText(at)}</time> · {kind}
            </p>
            {body}
          </li>
        ))}
      </ol>
    </section>
  );
}

function momentsOf(loop: StoryJson): Moment[] {
  return [
    ...loop.occurrences.map((occurrence, index) => ({
      at: occurrence.occurredAt,
      key: `occurrence ${index}`,
      kind: occurrence.said === undefined ? `Seen by ${occurrence.source}` : 'Reported by hand',
      body: <Occurrence occurrence={occurrence} place={loop.places[index]} />,
    })),
    ...loop.messages.map((message) => ({
      at: message.sentAt ?? message.createdAt,
      key: `message ${message.id}`,
      kind: message.sentAt === undefined ? 'Message' : `Message by ${message.channel}`,
      body: <Message message={message} />,
    })),
    ...loop.replies.map((reply, index) => ({
      at: reply.at,
      key: `reply ${index}`,
      kind: 'Reply',
      body: (
        <p>
          <span className="font-medium">{reply.by.name ?? reply.by.id}</span> answered “{plain(reply.answer)}
          ”.
          {reply.reason !== undefined && <span className="block">“{reply.reason}”</span>}
          {reply.proposedOwner !== undefined && (
            <span className="block">They name {reply.proposedOwner}.</span>
          )}
          {reply.until !== undefined && <span className="block">Until {minuteText(reply.until)}.</span>}
          {reply.isWeak && (
            <span className="block text-sm text-soft">
              Through a link alone: it proposes, it does not decide.
            </span>
          )}
        </p>
      ),
    })),
    ...loop.decisions.map((decision, index) => ({
      at: decision.at,
      key: `decision ${index}`,
      kind: 'Decision',
      body: (
        <p>
          <span className="font-medium">{plain(decision.kind)}</span>, by {deciderText(decision.by)}
        </p>
      ),
    })),
    ...(loop.verifiedAt === undefined
      ? []
      : [
          {
            at: loop.verifiedAt,
            key: 'verified',
            kind: 'Proof',
            body: <p className="font-medium">The whole fix was seen; the hold window began.</p>,
          },
        ]),
  ];
}

/** `token:d7d8…` says little to a reader: whoever has the list of tokens finds it by its first digits. */
function deciderText(by: string): string {
  const [, id] = /^token:([0-9a-f]{8})/u.exec(by) ?? [];
  return id === undefined ? by : `the token ${id}`;
}

function Occurrence(given: {
  readonly occurrence: StoryJson['occurrences'][number];
  readonly place: StoryJson['places'][number] | undefined;
}) {
  const { occurrence, place } = given;
  const { actor, action, outcome, resource, trust, doubts, broken, unusual, rules } = occurrence;
  const { rule, campaign, run } = occurrence.joins ?? {};
  const deed = [
    action === undefined ? undefined : plain(action),
    resource?.id,
    rule === undefined ? undefined : `rule ${rule}`,
    campaign === undefined ? undefined : `exercise ${campaign}`,
    run === undefined ? undefined : `run ${run}`,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <div>
      <p>
        <span className="font-medium">
          {actor.name ?? `Unknown ${actor.type === 'unknown' ? 'actor' : actor.type}`}
        </span>{' '}
        {trust !== 'trusted' && (
          <Tag tone={trust === 'untrusted' ? 'quiet' : 'wait'}>
            {trust === 'untrusted' ? 'Not trusted' : 'Trust unknown'}
          </Tag>
        )}{' '}
        {outcome === 'failure' && <Tag tone="quiet">Denied</Tag>}
      </p>
      {deed !== '' && <p>{deed}</p>}
      {occurrence.said !== undefined && <p className="break-words">“{occurrence.said}”</p>}
      {place?.repository !== undefined && (
        <p className="text-sm text-soft">
          {place.repository}
          {place.file !== undefined && ` · ${place.file}${place.line === undefined ? '' : `:${place.line}`}`}
          {place.commit !== undefined && ` · ${place.commit.slice(0, 10)}`}
        </p>
      )}
      {broken !== undefined && (
        <p className="mt-1">
          The approved path broke at <strong>{plain(broken.step)}</strong>:{' '}
          {
            {
              skipped: 'it was skipped',
              'out-of-order': 'it came too late',
              'wrong-actor': 'the wrong one did it',
            }[broken.how]
          }
          .
        </p>
      )}
      {unusual !== undefined && (
        <p className="mt-1">
          New for it: {unusual.what} <strong>{unusual.value}</strong>
          {unusual.known.length > 0 && `; usual was ${unusual.known.slice(0, 5).join(', ')}`}.
        </p>
      )}
      {doubts !== undefined && doubts.length > 0 && (
        <p className="mt-1 text-sm text-soft">Against trusting it: {doubts.map(plain).join(', ')}.</p>
      )}
      {rules !== undefined && rules.length > 0 && (
        <p className="mt-1 text-sm text-soft">
          Rule:{' '}
          {rules
            .map(({ title, author }) => (author === undefined ? title : `${title} (${author})`))
            .join('; ')}
        </p>
      )}
      {occurrence.isRefuted && <p className="mt-1">It turned out to be none.</p>}
    </div>
  );
}

function Message({ message }: { readonly message: MessageJson }) {
  const [isOpen, setIsOpen] = useState(false);
  const me = useQuery(meQuery);
  const whole = useQuery({ ...messageQuery(message.id), enabled: isOpen });
  const isUnsettled =
    message.state === 'uncertain' ||
    message.state === 'dead' ||
    ['refused', 'bounced'].includes(message.state);
  return (
    <div>
      <p>
        <span className="font-medium">{message.subject ?? plain(message.moment)}</span>{' '}
        <Tag tone={isUnsettled ? 'wait' : 'quiet'}>{plain(message.state)}</Tag>{' '}
        {message.isShadow && <Tag tone="quiet">Shadow</Tag>}
      </p>
      <p className="text-sm text-soft">
        {plain(message.moment)}, to {message.to.name ?? message.to.id}
      </p>
      {message.lastError !== undefined && <p className="text-sm">{message.lastError}</p>}
      {may(me.data, 'messages:read') && message.subject !== undefined && (
        <details className="mt-1" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
          <summary className="link inline cursor-pointer text-sm">As it was sent</summary>
          <div className="mt-2 rounded-lg border border-line bg-ground p-3 text-sm whitespace-pre-line">
            {whole.data?.text ?? (whole.error === null ? 'Loading …' : whole.error.message)}
          </div>
          {whole.data?.replyUrl !== undefined && (
            <p className="mt-1 text-sm">
              It stayed on this machine, so its page can be opened here:{' '}
              <a className="link" href={whole.data.replyUrl}>
                as its recipient
              </a>
            </p>
          )}
        </details>
      )}
    </div>
  );
}
