import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries.ts';
import { channelsQuery } from '../api/run-queries.ts';
import type { ChannelsJson } from '../api/shapes.ts';
import { Deed } from '../parts/deed.tsx';
import { may } from '../parts/may.ts';
import { Rollout } from '../parts/rollout-switches.tsx';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { TestMessage } from '../parts/test-message.tsx';
import { minuteText } from '../parts/text.ts';

type Channel = ChannelsJson['items'][number];

/** Where words go, what became of them there, and how far they go at all. */
export function Channels() {
  const channels = useQuery(channelsQuery());
  const me = useQuery(meQuery);
  return (
    <>
      <Title text="Channels">
        What became of each message. “Accepted” is what the channel said; it is no proof that anybody read it.
      </Title>
      {channels.data === undefined ? (
        <Waiting query={channels} />
      ) : (
        <div className="space-y-5">
          {channels.data.items.length === 0 ? (
            <Empty title="No channel is switched on">
              <p>
                Name one under <code>channels</code> and <code>delivery.channel</code> in the settings.
              </p>
            </Empty>
          ) : (
            <ul className="grid gap-3 md:grid-cols-2">
              {channels.data.items.map((channel) => (
                <One key={channel.id} channel={channel} />
              ))}
            </ul>
          )}
          <Ladder ladder={channels.data.ladder} />
          {may(me.data, 'messages:write') && <TestMessage />}
          <Rollout />
        </div>
      )}
    </>
  );
}

/** What an operator looks for first stands first; what is zero and usual is not shown. */
const counts = [
  ['delivered', 'Delivered'],
  ['accepted', 'Accepted'],
  ['waiting', 'Waiting'],
  ['throttled', 'Put off by the channel'],
  ['uncertain', 'Uncertain'],
  ['bounced', 'Came back'],
  ['refused', 'Refused'],
  ['dead', 'Given up'],
  ['withdrawn', 'Withdrawn'],
] as const;

const reconcileSays: Readonly<Record<NonNullable<Channel['reconcile']>, string>> = {
  lookup: 'It is looked for at the channel.',
  idempotent: 'It is repeated under the same id.',
  none: 'A person has to say; it is never repeated blindly.',
};

function health({ isOn, receiverGoneSince, uncertain, bounced, refused, dead }: Channel) {
  if (!isOn) return { tone: 'quiet', text: 'Off' } as const;
  if (receiverGoneSince !== undefined) return { tone: 'wait', text: 'Receiver gone' } as const;
  if (uncertain + bounced + refused + dead > 0) return { tone: 'wait', text: 'Look at it' } as const;
  return { tone: 'good', text: 'Works' } as const;
}

function One({ channel }: { readonly channel: Channel }) {
  const { tone, text } = health(channel);
  return (
    <li className="card">
      <div className="mb-2 flex items-start justify-between gap-2">
        <h2>{channel.title ?? channel.id}</h2>
        <Tag tone={tone}>{text}</Tag>
      </div>
      <dl className="facts text-sm tabular-nums">
        {counts.map(([name, title]) => {
          const n = channel[name];
          // What is accepted stands as delivered where the channel can say so.
          const isUsual = name === 'delivered' || (name === 'accepted' && channel.delivered === undefined);
          if (n === undefined || (name === 'accepted' && channel.delivered !== undefined)) return undefined;
          if (n === 0 && !isUsual && name !== 'uncertain') return undefined;
          return (
            <div key={name} className="contents">
              <dt>{title}</dt>
              <dd>{n.toLocaleString()}</dd>
            </div>
          );
        })}
        {channel.reconcile !== undefined && (
          <>
            <dt>If it is uncertain</dt>
            <dd>{reconcileSays[channel.reconcile]}</dd>
          </>
        )}
      </dl>
      {channel.receiverGoneSince !== undefined && (
        <div className="mt-3">
          <p className="mb-2 text-sm">
            The receiver said that it wants nothing any more, {minuteText(channel.receiverGoneSince)}.
          </p>
          <Deed
            scope="delivery:write"
            text="Call it again"
            path={`/v1/channels/${encodeURIComponent(channel.id)}/resume`}
            says="What waits for it is sent with the next round."
          />
        </div>
      )}
    </li>
  );
}

function Ladder({ ladder }: { readonly ladder: ChannelsJson['ladder'] }) {
  const { channels, teams, people } = ladder;
  return (
    <section className="card">
      <h2 className="mb-1">The ladder</h2>
      <p className="mb-2 text-soft">Tried from left to right, when one does not take a message.</p>
      <ol className="flex flex-wrap items-center gap-2">
        {channels.map((id, at) => (
          <li key={id} className="flex items-center gap-2">
            {at > 0 && <span aria-hidden="true">→</span>}
            <Tag tone="work">{id}</Tag>
          </li>
        ))}
      </ol>
      {teams + people > 0 && (
        <p className="mt-2 text-sm text-soft">
          {teams.toLocaleString()} teams and {people.toLocaleString()} people have a ladder of their own.
        </p>
      )}
    </section>
  );
}
