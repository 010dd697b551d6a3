import { z } from 'zod';
import { evidenceItemSchema, evidenceJson, ownerJson, ownerSchema } from '../json/loop-json.ts';
import { id32, instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const ownersQuery = z.strictObject({
  identity: z.string().trim().min(1).max(300).describe('Id of an account or credential, or a case code.'),
});

const ownedSchema = z.object({
  loop: id32,
  caseCode: z.string(),
  behaviour: z.string(),
  lastOccurredAt: instant,
  owner: ownerSchema.extend({ evidence: z.array(evidenceItemSchema) }),
});

const kinds = ['person', 'team', 'unknown'] as const;

/** Who owns what, and how well that is known. */
export function ownerRoutes(room: Room): Pick<Operations, 'GET /v1/owners' | 'GET /v1/owners/coverage'> {
  const { parts } = room.given;
  const { read } = parts.store;
  return {
    'GET /v1/owners': reading({
      summary: 'Who answers for an identity: the owners of its loops, with the evidence.',
      query: ownersQuery,
      answers: {
        200: { description: 'Latest first.', schema: z.object({ items: z.array(ownedSchema) }) },
      },
      handle: async ({ c, caller, query }) => {
        const rows = await read.owners(caller, query.identity);
        const items = rows.map((row) => ({
          loop: row.id,
          caseCode: row.caseCode,
          behaviour: row.behaviour,
          lastOccurredAt: iso(row.lastOccurredAt),
          owner: { ...ownerJson(parts, row), evidence: evidenceJson(row) },
        }));
        return c.json({ items });
      },
    }),
    'GET /v1/owners/coverage': reading({
      summary: 'For how many loops a person, a team or nobody is known.',
      query: noQuery,
      answers: {
        200: {
          description: 'Counts of loops.',
          schema: z.object({ n: z.int(), person: z.int(), team: z.int(), unknown: z.int() }),
        },
      },
      handle: async ({ c, caller }) => {
        const found = new Map((await read.coverage(caller)).map(({ kind, n }) => [kind, n]));
        const counts = kinds.map((kind) => [kind, found.get(kind) ?? 0] as const);
        const n = counts.reduce((sum, [, count]) => sum + count, 0);
        return c.json({ n, ...Object.fromEntries(counts) });
      },
    }),
  };
}
