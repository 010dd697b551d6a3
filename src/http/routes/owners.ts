import { z } from 'zod';
import { standings } from '../../core/owner-standing.ts';
import { explainIdentity, identityCoverage } from '../../loop/owned-identities.ts';
import { candidateJson, candidateSchema, candidatesMax } from '../json/identity-json.ts';
import { evidenceItemSchema, evidenceJson, ownerJson, ownerSchema } from '../json/loop-json.ts';
import { id32, instant, iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const ownersQuery = z.strictObject({
  identity: z.string().trim().min(1).max(300).describe('Id of an account or credential, or a case code.'),
  provider: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .exactOptional()
    .describe('Whose identity it is, where several providers have one of this name.'),
});

const ownedSchema = z.object({
  loop: id32,
  caseCode: z.string(),
  behaviour: z.string(),
  lastOccurredAt: instant,
  owner: ownerSchema.extend({ evidence: z.array(evidenceItemSchema) }),
});

const explainedSchema = z.object({
  standing: z.enum(standings),
  candidates: z.array(candidateSchema),
});

const ownersSchema = z.object({ items: z.array(ownedSchema), now: explainedSchema.exactOptional() });
export type OwnersJson = z.infer<typeof ownersSchema>;

const standingCounts = z.object({
  n: z.int(),
  owned: z.int(),
  guessed: z.int(),
  orphaned: z.int(),
});

const coverageSchema = z.object({
  n: z.int(),
  person: z.int(),
  team: z.int(),
  unknown: z.int(),
  identities: z.array(standingCounts.extend({ type: z.string() })),
  teams: z.array(standingCounts.extend({ team: z.string(), name: z.string().exactOptional() })),
});
export type CoverageJson = z.infer<typeof coverageSchema>;

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
        200: {
          description:
            'Its loops, latest first; and who may answer for it by what is known now, the best first.',
          schema: ownersSchema,
        },
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
        const asked = { id: query.identity, ...known('provider', query.provider) };
        const explained = await explainIdentity(parts, caller, asked, rows);
        if (explained === undefined) return c.json({ items });
        const { standing } = explained;
        const candidates = explained.candidates
          .slice(0, candidatesMax)
          .map((one) => candidateJson(parts, one));
        return c.json({ items, now: { standing, candidates } });
      },
    }),
    'GET /v1/owners/coverage': reading({
      summary: 'For how many loops a person, a team or nobody is known, and how many identities are owned.',
      query: noQuery,
      answers: {
        200: {
          description: 'Counts of loops; and of identities by type and by team: owned, guessed and orphaned.',
          schema: coverageSchema,
        },
      },
      handle: async ({ c, caller }) => {
        const found = new Map((await read.coverage(caller)).map(({ kind, n }) => [kind, n]));
        const counts = kinds.map((kind) => [kind, found.get(kind) ?? 0] as const);
        const n = counts.reduce((sum, [, count]) => sum + count, 0);
        const { types, teams } = await identityCoverage(parts, caller);
        const named = teams.map((row) => ({ ...row, ...known('name', parts.people.team(row.team)?.name) }));
        return c.json({ n, ...Object.fromEntries(counts), identities: types, teams: named });
      },
    }),
  };
}
