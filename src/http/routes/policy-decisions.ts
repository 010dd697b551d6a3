import { z } from 'zod';
import { loopPrincipal } from '../../loop/parts.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const dayMs = 86_400_000;
const limitMax = 10_000;

const decisionsQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(90).default(7),
  limit: z.coerce.number().int().min(1).max(limitMax).default(1_000),
});

const named = z.looseObject({ type: z.string(), id: z.string() });
const decidedSchema = z.looseObject({
  at: instant,
  outcome: z.string(),
  rule: z.string().exactOptional(),
  weight: z.int(),
  version: z.string(),
  request: z
    .looseObject({ subject: named, action: z.looseObject({ name: z.string() }), resource: named })
    .exactOptional()
    .describe('Without what looks like a secret, and without what no policy looks at.'),
});
export type DecidedJson = z.infer<typeof decidedSchema>;

type DecisionKeys = 'GET /v1/policy/decisions' | 'GET /v1/policy';

/** What was decided at run time, and which policies are in force. */
export function policyDecisionRoutes(room: Room): Pick<Operations, DecisionKeys> {
  const { parts, policies } = room.given;
  return {
    'GET /v1/policy': reading({
      summary: 'Which policies are in force, and what is wrong with newer ones.',
      query: noQuery,
      answers: {
        200: {
          description: 'The version in force.',
          schema: z.object({
            version: z.string(),
            rules: z.int(),
            problems: z.array(z.object({ file: z.string(), line: z.int(), reason: z.string() })),
          }),
        },
      },
      handle: ({ c }) => c.json(policies.live.status()),
    }),
    'GET /v1/policy/decisions': reading({
      summary:
        'The log of decisions, the latest first: every denial, and a sample of the grants with its weight.',
      query: decisionsQuery,
      answers: {
        200: {
          description: 'Decisions.',
          schema: z.object({
            items: z.array(decidedSchema),
          }),
        },
      },
      handle: async ({ c, caller, query }) => {
        // They name subjects of every team.
        requireAllTeams(caller);
        const since = parts.clock.now() - query.days * dayMs;
        const rows = await parts.store.read.decisions(loopPrincipal, { since, limit: query.limit });
        const items = rows.map(({ at, outcome, rule, weight, version, body }) => ({
          at: iso(at),
          outcome,
          ...(rule === undefined ? {} : { rule }),
          weight,
          version,
          ...(typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}),
        }));
        return c.json({ items });
      },
    }),
  };
}
