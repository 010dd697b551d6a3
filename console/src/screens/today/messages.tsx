import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery, messagesQuery } from '../../api/queries.ts';
import { channelsQuery } from '../../api/run-queries.ts';
import type { ChannelsJson, MessageJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { may } from '../../parts/may.ts';
import { minuteText, plain } from '../../parts/text.ts';
import { ShortList } from './section.tsx';

/** Older ones were decided upon, or their cases have gone on. */
const days = 14;
const failures = ['dead', 'bounced', 'refused'] as const;

/** Messages that wait for a word of an operator: nobody knows whether they arrived, or it is known that they did not. */
export function Messages() {
  const me = useQuery(meQuery);
  // By the day, so that the question stays the same for as long.
  const since = new Date(Math.floor(Date.now() / 86_400_000 - days) * 86_400_000).toISOString();
  const channels = useQuery({ ...channelsQuery(since), enabled: may(me.data, 'messages:read') });
  if (channels.data === undefined) return undefined;
  const { items } = channels.data;
  const total = (name: 'uncertain' | (typeof failures)[number]) =>
    items.reduce((sum, channel) => sum + channel[name], 0);
  return (
    <>
      {total('uncertain') > 0 && <Uncertain />}
      {failures.map((state) =>
        total(state) > 0 ? <Failed key={state} state={state} since={since} /> : undefined,
      )}
      <Gone channels={items} />
    </>
  );
}

function Line({ message, children }: { readonly message: MessageJson; readonly children: React.ReactNode }) {
  return (
    <span className="flex flex-wrap items-center justify-between gap-2">
      <span className="min-w-0 break-words">
        {message.subject ?? plain(message.moment)} · {message.to.name ?? message.to.id}
        <br />
        <span className="text-sm text-soft">
          {[message.channel, minuteText(message.createdAt), message.lastError]
            .filter((text) => text !== undefined)
            .join(', ')}
        </span>
      </span>
      {children}
    </span>
  );
}

/** Rows of one page; of more it is said that there are more. */
const pageMax = 200;
const countOf = (n: number, next: string | undefined): number | string => (next === undefined ? n : `${n}+`);

function Uncertain() {
  const messages = useQuery(messagesQuery({ state: 'uncertain', limit: pageMax }));
  const items = messages.data?.items ?? [];
  return (
    <ShortList
      title="Uncertain messages"
      n={countOf(items.length, messages.data?.next)}
      says="The channel broke off after they were handed over: they may have arrived. They are not sent twice unless you say so."
      items={items}
      line={(message) => (
        <Line message={message}>
          <span className="flex flex-wrap gap-2">
            <Deed
              scope="messages:write"
              text="It arrived"
              path={`/v1/messages/${message.id}/settle`}
              json={{ as: 'arrived' }}
              says="It counts as said; its answer is waited for."
            />
            <Deed
              scope="messages:write"
              text="Send again"
              path={`/v1/messages/${message.id}/settle`}
              json={{ as: 'send-again' }}
              says="If it had arrived after all, it is said twice."
            />
          </span>
        </Line>
      )}
    />
  );
}

const failureSays: Readonly<Record<(typeof failures)[number], readonly [title: string, says: string]>> = {
  dead: ['Messages given up', 'The channel did not take them after all attempts.'],
  bounced: ['Messages that came back', 'The far side took them at first and sent them back.'],
  refused: ['Messages refused', 'The channel does not take them: an address is wrong or missing.'],
};

function Failed({ state, since }: { readonly state: (typeof failures)[number]; readonly since: string }) {
  const messages = useQuery(messagesQuery({ state, limit: pageMax }));
  const all = messages.data?.items ?? [];
  const items = all.filter(({ createdAt }) => createdAt >= since);
  const n = countOf(items.length, items.length === all.length ? messages.data?.next : undefined);
  const [title, says] = failureSays[state];
  return (
    <ShortList
      title={title}
      n={n}
      says={says}
      items={items}
      line={(message) => (
        <Line message={message}>
          <Deed
            scope="messages:write"
            text="Send again"
            path={`/v1/messages/${message.id}/replay`}
            says="The same words go to the same recipient once more, if the case still asks for them."
          />
        </Line>
      )}
    >
      {n !== 1 && (
        <div className="mt-3">
          <Deed
            scope="messages:write"
            text={`Send all ${n.toLocaleString()} again`}
            path="/v1/messages/replay"
            json={{ state, since }}
            says="The earliest first. What is no longer needed is left."
          />
        </div>
      )}
    </ShortList>
  );
}

/** A receiver that wants nothing any more: everything for it stands still. */
function Gone({ channels }: { readonly channels: ChannelsJson['items'] }) {
  const gone = channels.filter(({ receiverGoneSince }) => receiverGoneSince !== undefined);
  return (
    <ShortList
      title="Channels without a receiver"
      says="The receiver said that it wants nothing any more. What is for it waits."
      items={gone}
      line={({ id, title }) => (
        <Link to="/channels" className="link">
          {title ?? id}
        </Link>
      )}
    />
  );
}
