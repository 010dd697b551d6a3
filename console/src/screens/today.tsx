import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ask } from '../api/ask.ts';
import {
  behavioursQuery,
  countsQuery,
  loopsQuery,
  meQuery,
  messagesQuery,
  sourcesQuery,
} from '../api/queries.ts';
import type { LoopJson } from '../api/shapes.ts';
import { may } from '../parts/may.ts';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, minuteText, ownerText, plain, utcDayText, whereText } from '../parts/text.ts';

/** What needs a person, the most urgent first; what needs nobody is not shown. */
export function Today() {
  const counts = useQuery(countsQuery);
  if (counts.data === undefined)
    return (
      <>
        <Title text="Today" />
        <Waiting query={counts} />
      </>
    );
  const total = counts.data.items.reduce((sum, { n }) => sum + n, 0);
  const inState = (state: string) =>
    counts.data.items.filter((item) => item.state === state).reduce((sum, { n }) => sum + n, 0);
  return (
    <>
      <Title text="Today">What needs a person. Everything else takes its course.</Title>
      {total === 0 ? (
        <FirstSteps />
      ) : (
        <div className="space-y-4">
          <LoopsInState state="incident" n={inState('incident')} title="Not them">
            The recipient says that it was somebody else. Act on these first.
          </LoopsInState>
          <LoopsInState state="disputed" n={inState('disputed')} title="Disputed">
            The recipient says that it is wrong. Dismiss it, or say why it stands.
          </LoopsInState>
          <UnknownOwners />
          <LoopsInState state="triage" n={inState('triage')} title="To be judged">
            The report is not trusted, or nobody to speak to is known. Dismiss what is no failure.
          </LoopsInState>
          <Uncertain />
          <Backlog />
          <SilentSources />
          <Rest total={total} />
        </div>
      )}
    </>
  );
}

function FirstSteps() {
  return (
    <Empty title="Nothing was reported yet">
      <p>Loops appear here as soon as a source reports something. Three ways to begin:</p>
      <ul className="list-disc space-y-1 ps-5">
        <li>
          Look at what a report would say, with nothing stored: <code>foldback try report.json</code>
        </li>
        <li>
          Bring a scanner’s report in as history: <code>foldback import report.json</code>. It tells nobody
          until you release it here.
        </li>
        <li>
          Let a tool send its findings by itself:{' '}
          <Link to="/sources" className="link">
            see the sources
          </Link>
          .
        </li>
      </ul>
    </Empty>
  );
}

function Section({
  title,
  n,
  says,
  children,
}: {
  readonly title: string;
  readonly n: number;
  readonly says: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="card">
      <h2 className="flex items-baseline gap-2">
        {title} <span className="text-xl tabular-nums">{n.toLocaleString()}</span>
      </h2>
      <p className="mb-3 text-soft">{says}</p>
      {children}
    </section>
  );
}

const shownMax = 5;

function LoopsInState({
  state,
  n,
  title,
  children,
}: {
  readonly state: 'incident' | 'disputed' | 'triage';
  readonly n: number;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const loops = useQuery({ ...loopsQuery({ state, limit: shownMax }), enabled: n > 0 });
  if (n === 0) return undefined;
  return (
    <Section title={title} n={n} says={children}>
      {loops.data === undefined ? <Waiting query={loops} /> : <Rows items={loops.data.items} />}
      {n > shownMax && (
        <Link to="/loops" search={{ state }} className="link">
          Show all {n.toLocaleString()}
        </Link>
      )}
    </Section>
  );
}

const endedStates: ReadonlySet<string> = new Set(['backlog', 'verified', 'held', 'dismissed', 'accepted']);

/** Those that run and of which nobody is known: the duty role was asked. */
function UnknownOwners() {
  const loops = useQuery(loopsQuery({ ownerKind: 'unknown', limit: 100 }));
  const running = (loops.data?.items ?? []).filter(
    ({ state }) => !endedStates.has(state) && state !== 'triage',
  );
  if (running.length === 0) return undefined;
  return (
    <Section
      title="Unknown owners"
      n={running.length}
      says="Nothing says whose they are: the duty role was asked, and its answer names the owner."
    >
      <Rows items={running.slice(0, shownMax)} />
      {running.length > shownMax && (
        <Link to="/loops" search={{ ownerKind: 'unknown' }} className="link">
          Show all
        </Link>
      )}
    </Section>
  );
}

function Rows({ items }: { readonly items: readonly LoopJson[] }) {
  const titleOf = useTitles();
  return (
    <ul className="divide-y divide-line">
      {items.map((loop) => (
        <li key={loop.id} className="py-2">
          <Link to="/loops/$id" params={{ id: loop.id }} className="link font-medium">
            {titleOf(loop.behaviour)}
          </Link>{' '}
          <span className="whitespace-nowrap text-soft">{loop.caseCode}</span>
          <br />
          <span className="text-sm text-soft">
            {[whereText(loop.where), ownerText(loop.owner), dayText(loop.lastOccurredAt)]
              .filter((text) => text !== '')
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function useTitles(): (id: string) => string {
  const behaviours = useQuery(behavioursQuery);
  return (id) => behaviours.data?.items.find((item) => item.id === id)?.title ?? plain(id);
}

function Backlog() {
  const counts = useQuery(countsQuery);
  const me = useQuery(meQuery);
  const titles = useTitles();
  const waiting = (counts.data?.items ?? []).filter(({ state }) => state === 'backlog');
  const n = waiting.reduce((sum, item) => sum + item.n, 0);
  if (n === 0) return undefined;
  return (
    <Section
      title="History to release"
      n={n}
      says="Found in imports, or old when it came. Nobody is told before you release it; then each owner gets one digest, within their daily budget."
    >
      <ul className="divide-y divide-line">
        {waiting.map((item) => (
          <li key={item.behaviour} className="flex flex-wrap items-center justify-between gap-2 py-2">
            <Link to="/loops" search={{ state: 'backlog', behaviour: item.behaviour }} className="link">
              {titles(item.behaviour)}: {item.n.toLocaleString()}
            </Link>
            {may(me.data, 'loops:write') && <Release behaviour={item.behaviour} n={item.n} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Asks once more beside the button: many people may hear of it. */
function Release({ behaviour, n }: { readonly behaviour: string; readonly n: number }) {
  const [isAsking, setIsAsking] = useState(false);
  const client = useQueryClient();
  const release = useMutation({
    mutationFn: () => ask<{ released: number }>('/v1/loops/release', { json: { behaviour } }),
    onSuccess: () => client.invalidateQueries(),
  });
  if (release.data !== undefined)
    return <span role="status">{release.data.released.toLocaleString()} released</span>;
  if (!isAsking)
    return (
      <button type="button" className="button" onClick={() => setIsAsking(true)}>
        Release …
      </button>
    );
  return (
    <span className="flex flex-wrap items-center gap-2">
      {release.isError && <span role="alert">{release.error.message}</span>}
      <button
        type="button"
        className="button button-first"
        disabled={release.isPending}
        onClick={() => release.mutate()}
      >
        Release all {n.toLocaleString()}
      </button>
      <button type="button" className="button" onClick={() => setIsAsking(false)}>
        Not now
      </button>
    </span>
  );
}

function Uncertain() {
  const me = useQuery(meQuery);
  const isReader = may(me.data, 'messages:read');
  const messages = useQuery({ ...messagesQuery({ state: 'uncertain', limit: 20 }), enabled: isReader });
  const items = messages.data?.items ?? [];
  if (items.length === 0) return undefined;
  return (
    <Section
      title="Uncertain messages"
      n={items.length}
      says="The channel broke off after they were handed over: they may have arrived. They are not sent twice unless you say so."
    >
      <ul className="divide-y divide-line">
        {items.map((message) => (
          <li key={message.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
            <span>
              {message.subject ?? plain(message.moment)} · {message.to.name ?? message.to.id}
              <br />
              <span className="text-sm text-soft">
                {message.channel}, {minuteText(message.createdAt)}
              </span>
            </span>
            {may(me.data, 'messages:write') && <SendAgain id={message.id} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SendAgain({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: () => ask(`/v1/messages/${id}/replay`, { method: 'POST' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['messages'] }),
  });
  return (
    <span className="flex flex-wrap items-center gap-2">
      {again.isError && <span role="alert">{again.error.message}</span>}
      <button type="button" className="button" disabled={again.isPending} onClick={() => again.mutate()}>
        Send again
      </button>
    </span>
  );
}

function SilentSources() {
  const me = useQuery(meQuery);
  const sources = useQuery({ ...sourcesQuery, enabled: may(me.data, 'system:read') });
  const silent = (sources.data?.items ?? []).filter((source) => source.isSilent);
  if (silent.length === 0) return undefined;
  return (
    <Section
      title="Silent sources"
      n={silent.length}
      says="They spoke before and do not now. While a source is silent nothing of it counts as fixed."
    >
      <ul className="divide-y divide-line">
        {silent.map((source) => (
          <li key={source.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
            <Link to="/sources" className="link">
              {source.title}
            </Link>
            <Tag tone="wait">
              {source.lastDay === undefined ? 'never heard' : `last heard ${utcDayText(source.lastDay)}`}
            </Tag>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Rest({ total }: { readonly total: number }) {
  return (
    <p className="text-soft">
      <Link to="/loops" search={{}} className="link">
        All {total.toLocaleString()} loops
      </Link>
    </p>
  );
}
