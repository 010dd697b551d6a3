import { z } from 'zod';
import { loopPrincipal } from '../../loop/parts.ts';
import { pullHealth } from '../../loop/pull.ts';
import { instant, iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { metricsText, metricsType } from '../table/metrics-text.ts';
import { noQuery, type Operations, open, reading } from '../table/operation.ts';
import type { RequestCounts } from '../table/request-counts.ts';

const sourceSchema = z.object({
  id: z.string(),
  title: z.string(),
  auth: z
    .enum(['signature', 'bearer', 'oidc-jwt', 'sns', 'token'])
    .describe('How its deliveries prove themselves.'),
  hasSecret: z.boolean().exactOptional(),
  lastDay: z.iso.date().exactOptional().describe('The last UTC day on which it spoke.'),
  pull: z
    .object({
      lastSuccessAt: instant.exactOptional().describe('When all of it was read last.'),
      failing: z
        .array(z.object({ part: z.string(), at: instant, reason: z.string() }))
        .describe('What could not be read the last time it was tried.'),
    })
    .exactOptional()
    .describe('Of a source that is read instead of sending.'),
});

export type SourceJson = z.infer<typeof sourceSchema>;

type SystemKeys = 'GET /v1/sources' | 'GET /livez' | 'GET /readyz' | 'GET /metrics';

/** How Foldback itself is. */
export function systemRoutes(room: Room, requests: RequestCounts): Pick<Operations, SystemKeys> {
  const { given } = room;
  const { read } = given.parts.store;
  const health = z.object({ status: z.string() });
  return {
    'GET /v1/sources': reading({
      summary: 'Lists the sources, and when each was heard last. Silence of a source proves nothing fixed.',
      query: noQuery,
      answers: {
        200: { description: 'All sources.', schema: z.object({ items: z.array(sourceSchema) }) },
      },
      handle: async ({ c, caller }) => {
        const days = await read.lastSourceDays(caller);
        const ids = new Set(given.sources.map(({ id }) => id));
        const pulls = new Map(
          await Promise.all(given.sources.map(async ({ id }) => [id, await pullOf(room, id)] as const)),
        );
        const items = [
          ...given.sources.map(({ id, title, webhook }) => ({
            id,
            title,
            auth: webhook?.auth ?? 'token',
            ...(webhook === undefined ? {} : { hasSecret: given.sourceSecrets(id).length > 0 }),
            ...lastDay(days.get(id)),
            ...known('pull', pulls.get(id)),
          })),
          // What people report by hand, and sources of earlier versions.
          ...[...days]
            .filter(([id]) => !ids.has(id))
            .map(([id, day]) => ({ id, title: id, auth: 'token', ...lastDay(day) })),
        ];
        return c.json({ items });
      },
    }),
    'GET /livez': open({
      summary: 'Whether this process answers.',
      answers: { 200: { description: 'It does.', schema: health } },
      handle: (c) => c.json({ status: 'alive' }),
    }),
    'GET /readyz': open({
      summary: 'Whether it can take work: the store answers.',
      answers: {
        200: { description: 'Ready.', schema: health },
        503: { description: 'Not ready.', schema: health },
      },
      handle: async (c) =>
        (await given.isReady()) ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503),
    }),
    'GET /metrics': reading({
      summary: 'Figures for Prometheus. Also for this machine itself, without a token.',
      query: noQuery,
      answers: { 200: { description: 'Text format 0.0.4.', type: 'text/plain' } },
      handle: async ({ c }) => {
        const [loops, totals, channels] = await Promise.all([
          read.counts(loopPrincipal),
          read.totals(loopPrincipal),
          read.channelCounts(loopPrincipal),
        ]);
        const text = metricsText([
          {
            name: 'foldback_loops',
            help: 'Loops by behaviour and state.',
            type: 'gauge',
            values: loops.map(({ behaviour, state, n }) => ({ labels: { behaviour, state }, value: n })),
          },
          {
            name: 'foldback_messages',
            help: 'Messages by state; dead, refused and uncertain ones wait for a person.',
            type: 'gauge',
            values: totals.messages.map(({ state, n }) => ({ labels: { state }, value: n })),
          },
          {
            name: 'foldback_channel_messages',
            help: 'Messages by channel and what became of them.',
            type: 'gauge',
            values: channels.map(({ channel, outcome, n }) => ({ labels: { channel, outcome }, value: n })),
          },
          {
            name: 'foldback_words_waiting',
            help: 'Words that fall due later, or wait for the attention budget.',
            type: 'gauge',
            values: [{ value: totals.wants }],
          },
          {
            name: 'foldback_http_requests_total',
            help: 'Answers of this process by route and status.',
            type: 'counter',
            values: requests.read().map(({ route, status, n }) => ({ labels: { route, status }, value: n })),
          },
        ]);
        return c.body(text, 200, { 'Content-Type': metricsType });
      },
    }),
  };
}

/** How the readings of a source went; undefined for one that is not read. */
async function pullOf(
  { given }: Room,
  source: string,
): Promise<z.infer<typeof sourceSchema>['pull'] | undefined> {
  const health = await pullHealth(given.parts, loopPrincipal, source);
  if (health === undefined) return undefined;
  const { lastSuccessAt, failing } = health;
  return {
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt: iso(lastSuccessAt) }),
    failing: failing.slice(0, 50).map((one) => ({ ...one, at: iso(one.at) })),
  };
}

function lastDay(day: string | undefined): { readonly lastDay?: string } {
  return day === undefined ? {} : { lastDay: day };
}
