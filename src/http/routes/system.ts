import { z } from 'zod';
import { rhythmOf, type SourceRhythm } from '../../core/source-rhythm.ts';
import { directorySource } from '../../loop/exits.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { pullHealth } from '../../loop/pull.ts';
import { instant, iso, known } from '../json/shapes.ts';
import { policySource } from '../policy/attempt-events.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, open, reading } from '../table/operation.ts';

const sourceSchema = z.object({
  id: z.string(),
  title: z.string(),
  auth: z
    .enum(['signature', 'bearer', 'oidc-jwt', 'sns', 'token'])
    .describe('How its deliveries prove themselves.'),
  hasSecret: z.boolean().exactOptional(),
  lastDay: z.iso.date().exactOptional().describe('The last UTC day on which it spoke.'),
  rhythm: z
    .object({
      heardDays: z.int().describe('Days on which it spoke, of the four weeks up to its last.'),
      everyDays: z.int().describe('Days from one word to the next, as they were.'),
      quietDaysMax: z.int().describe('Days without a word that are usual.'),
    })
    .exactOptional()
    .describe('Of a source that spoke.'),
  isSilent: z.boolean().describe('It spoke before, or is read, and now it does not when it should.'),
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
type PullJson = NonNullable<SourceJson['pull']>;

type SystemKeys = 'GET /v1/sources' | 'GET /livez' | 'GET /readyz';

/** How Foldback itself is. */
export function systemRoutes(room: Room): Pick<Operations, SystemKeys> {
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
        const rhythms = await read.sourceRhythms(caller);
        const now = given.parts.clock.now();
        const own = [directorySource, policySource, ...given.parts.experiments.selfReporting];
        const heard = (id: string, pull?: PullJson) => {
          const spoke = rhythms.get(id);
          // What Foldback and people report themselves comes when there is something, and is never late.
          if (spoke !== undefined && own.includes(id)) return { lastDay: spoke.lastDay, isSilent: false };
          return heardJson(spoke, pull, now);
        };
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
            ...heard(id, pulls.get(id)),
            ...known('pull', pulls.get(id)),
          })),
          // What people report by hand, and sources of earlier versions.
          ...[...rhythms.keys()]
            .filter((id) => !ids.has(id))
            .map((id) => ({ id, title: id, auth: 'token', ...heard(id) })),
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
  };
}

/** How the readings of a source went; undefined for one that is not read. */
async function pullOf({ given }: Room, source: string): Promise<PullJson | undefined> {
  const health = await pullHealth(given.parts, loopPrincipal, source);
  if (health === undefined) return undefined;
  const { lastSuccessAt, failing } = health;
  return {
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt: iso(lastSuccessAt) }),
    failing: failing.slice(0, 50).map((one) => ({ ...one, at: iso(one.at) })),
  };
}

/** When it was heard, what is usual for it, and whether it is overdue. */
function heardJson(spoke: SourceRhythm | undefined, pull: PullJson | undefined, now: number) {
  const isFailing = (pull?.failing.length ?? 0) > 0;
  if (spoke === undefined) return { isSilent: isFailing };
  const { everyDays, quietDaysMax, isSilent } = rhythmOf(spoke, now);
  const { lastDay, heardDays } = spoke;
  return { lastDay, rhythm: { heardDays, everyDays, quietDaysMax }, isSilent: isSilent || isFailing };
}
