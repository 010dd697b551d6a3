import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { instantOf } from '../../lib/instant.ts';
import { goneSince, receiversOf, resumeReceivers } from '../../loop/receivers.ts';
import { testedAt } from '../../loop/tested-channels.ts';
import type { ChannelCount } from '../../ports/store.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { instant, known, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, type Operations, pathPart, reading } from '../table/operation.ts';

const moment = (when: string) =>
  z
    .string()
    .refine((text) => instantOf(text) !== undefined, 'write a time such as 2026-12-24T09:00:00Z')
    .exactOptional()
    .describe(`Only messages that were made ${when}.`);
const n = (description: string) => z.int().min(0).describe(description);

const channelSchema = z.object({
  id: z.string(),
  title: z.string().exactOptional(),
  isOn: z
    .boolean()
    .describe('Whether it is switched on now; messages of an earlier time are counted all the same.'),
  testedAt: instant.exactOptional().describe('When a test went through it last.'),
  receiverGoneSince: instant
    .exactOptional()
    .describe(
      'The receiver said that it wants nothing any more (410): it is not called until it is switched on again, or its settings change.',
    ),
  reconcile: z
    .enum(['lookup', 'idempotent', 'none'])
    .exactOptional()
    .describe('How an uncertain message is settled: by looking, by repeating, or not at all.'),
  waiting: n('Queued or being sent, no attempt failed yet.'),
  throttled: n('Put off: the channel asked for a later attempt, or was away.'),
  accepted: n('Taken by the channel. What became of them is known only where `delivered` stands.'),
  delivered: n('Stand where the recipient reads; left out where the channel cannot say so.').exactOptional(),
  uncertain: n('Handed over, and nobody knows whether they arrived.'),
  bounced: n('Taken at first, and came back.'),
  refused: n('The channel does not take them.'),
  dead: n('Given up after all attempts.'),
  withdrawn: n('No longer needed before they went.'),
});

const ladderSchema = z.object({
  channels: z
    .array(z.string())
    .describe(
      'In the order in which they are tried, for whoever has no ladder of their own or of their team.',
    ),
  teams: n('Teams with a ladder of their own.'),
  people: n('People with a ladder of their own.'),
});

const channelsSchema = z.object({ items: z.array(channelSchema), ladder: ladderSchema });
export type ChannelsJson = z.infer<typeof channelsSchema>;

/** What became of messages in each channel, of those that the caller may see. */
export function channelRoutes(
  room: Room,
): Pick<Operations, 'GET /v1/channels' | 'POST /v1/channels/{channel}/resume'> {
  const { parts } = room.given;
  return {
    'GET /v1/channels': reading({
      summary: 'Lists the channels with what became of their messages, of all time or within one.',
      query: z.strictObject({ since: moment('then or later'), until: moment('before then') }),
      answers: {
        200: {
          description: 'One item for each that is used or was.',
          schema: channelsSchema,
        },
      },
      handle: async ({ c, caller, query }) => {
        const counts = await parts.store.read.channelCounts(caller, {
          ...known('since', instantOf(query.since ?? '')),
          ...known('until', instantOf(query.until ?? '')),
        });
        const { ladder } = parts.delivery;
        const usual = [parts.delivery.channel, ...(ladder?.after ?? [])];
        const used = [...usual, ...parts.announcers, ...counts.map(({ channel }) => channel)];
        const items = await Promise.all(
          [...new Set(used)].toSorted().map((id) =>
            channelJson(
              room,
              id,
              counts.filter(({ channel }) => channel === id),
            ),
          ),
        );
        const sizeOf = (own: Readonly<Record<string, unknown>> = {}): number => Object.keys(own).length;
        return c.json({
          items,
          ladder: { channels: usual, teams: sizeOf(ladder?.teams), people: sizeOf(ladder?.people) },
        });
      },
    }),
    'POST /v1/channels/{channel}/resume': acting({
      summary: 'Calls the receiver of a channel again that said it wants nothing any more.',
      answers: {
        200: {
          description: 'Whether it had been switched off.',
          schema: z.object({ channel: z.string(), wasGone: z.boolean() }),
        },
      },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const id = pathPart(c, 'channel');
        const channel = parts.channel(id);
        if (channel === undefined) throw new AppError('not-found', 'No channel of this id is switched on.');
        return c.json({ channel: channel.id, wasGone: await resumeReceivers(parts, caller, channel) });
      },
    }),
  };
}

async function channelJson(
  room: Room,
  id: string,
  counts: readonly ChannelCount[],
): Promise<z.infer<typeof channelSchema>> {
  const { parts } = room.given;
  const channel = parts.channel(id);
  const receivers = channel === undefined ? [] : receiversOf(channel);
  const gone = await Promise.all(receivers.map((receiver) => goneSince(parts, receiver)));
  const of = (...outcomes: readonly ChannelCount['outcome'][]): number =>
    counts.reduce((sum, one) => sum + (outcomes.includes(one.outcome) ? one.n : 0), 0);
  const accepted = of('accepted');
  return {
    id,
    ...(channel === undefined ? {} : { title: channel.title, reconcile: channel.reconcile }),
    isOn: channel !== undefined,
    ...knownInstant('testedAt', await testedAt(parts, id)),
    ...knownInstant(
      'receiverGoneSince',
      gone.find((at) => at !== undefined),
    ),
    waiting: of('queued', 'sending'),
    throttled: of('throttled'),
    accepted,
    ...(channel?.delivers === true ? { delivered: accepted } : {}),
    uncertain: of('uncertain'),
    bounced: of('bounced'),
    refused: of('refused'),
    dead: of('dead'),
    withdrawn: of('withdrawn'),
  };
}
