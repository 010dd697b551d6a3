import { z } from 'zod';
import type { Candidate } from '../../core/owner.ts';
import { standings } from '../../core/owner-standing.ts';
import type { LoopParts } from '../../loop/parts.ts';
import type { IdentityDecisionRow, IdentityRow } from '../../ports/store.ts';
import { evidenceItemSchema, ownerJson, ownerSchema, refJson } from './loop-json.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

export const candidateSchema = z.object({
  owner: z.object({
    kind: z.enum(['person', 'team', 'stranger']),
    id: z.string().exactOptional(),
    name: z.string().exactOptional(),
    email: z.string().exactOptional(),
    isActive: z.boolean().exactOptional(),
  }),
  confidence: z.number().min(0).max(1),
  evidence: z.array(evidenceItemSchema.extend({ says: z.string(), because: z.string() })),
});

/** Enough to see why the first is the first. */
export const candidatesMax = 10;

/** Kinds that follow from other evidence: their weight is computed. */
const madeKinds: Readonly<Record<string, string>> = {
  member: 'if one of its members did it, the team is surely right',
};

export function candidateJson(
  parts: LoopParts,
  { owner, confidence, evidence }: Candidate,
): z.infer<typeof candidateSchema> {
  const person = owner.kind === 'person' ? parts.people.person(owner.id) : undefined;
  const team = owner.kind === 'team' ? parts.people.team(owner.id) : undefined;
  return {
    owner: {
      ...refJson(owner),
      ...known('name', person?.name ?? team?.name ?? (owner.kind === 'stranger' ? owner.name : undefined)),
      ...known(
        'email',
        person?.emails[0] ?? team?.email ?? (owner.kind === 'stranger' ? owner.email : undefined),
      ),
      ...known('isActive', person?.isActive),
    },
    confidence,
    evidence: evidence.map((piece) => {
      const rule = parts.ownerWeights.kinds[piece.kind];
      return {
        kind: piece.kind,
        detail: piece.detail,
        weight: piece.weight,
        owner: refJson(piece.owner),
        says: rule?.says ?? 'place',
        because: rule?.because ?? madeKinds[piece.kind] ?? 'no weight is set for this kind',
      };
    }),
  };
}

export const identitySchema = z.object({
  id: id32,
  type: z.string(),
  name: z.string().describe('The vendor’s own id of it: text from outside.'),
  provider: z.string().exactOptional(),
  standing: z
    .enum(standings)
    .describe('Owned; guessed, too little to tell them; orphaned, nobody is named or they left.'),
  owner: ownerSchema.extend({ hasLeft: z.boolean().exactOptional() }),
  team: z.object({ id: z.string(), name: z.string().exactOptional() }).exactOptional(),
  isListed: z.boolean().describe('Whether a directory lists it.'),
  lastSeenAt: instant.exactOptional().describe('When its latest loop last occurred.'),
  namedAt: instant.exactOptional().describe('When an operator said whose it is.'),
});
export type IdentityJson = z.infer<typeof identitySchema>;

export function identityJson(parts: LoopParts, row: IdentityRow): IdentityJson {
  const { owner, team } = row;
  const person =
    owner.kind === 'person' && owner.id !== undefined ? parts.people.person(owner.id) : undefined;
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    ...known('provider', row.provider),
    standing: row.standing,
    owner: { ...ownerJson(parts, row), ...(person?.isActive === false ? { hasLeft: true } : {}) },
    ...known(
      'team',
      team === undefined ? undefined : { id: team, ...known('name', parts.people.team(team)?.name) },
    ),
    isListed: row.isListed,
    ...knownInstant('lastSeenAt', row.lastAt),
    ...knownInstant('namedAt', row.namedAt),
  };
}

export const decisionSchema = z.object({
  id: id32,
  kind: z.enum(['named', 'taken-back', 'link-refused', 'link-restored']),
  to: z
    .object({ kind: z.enum(['person', 'team']), id: z.string(), name: z.string().exactOptional() })
    .exactOptional(),
  account: z.string().exactOptional(),
  reason: z.string(),
  by: z.object({ id: z.string(), name: z.string().exactOptional() }),
  at: instant,
});
export type DecisionJson = z.infer<typeof decisionSchema>;

export function decisionJson(
  parts: LoopParts,
  names: ReadonlyMap<string, string>,
  row: IdentityDecisionRow,
): DecisionJson {
  const { to } = row;
  const name =
    to?.kind === 'person' ? parts.people.person(to.id)?.name : parts.people.team(to?.id ?? '')?.name;
  return {
    id: row.id,
    kind: row.kind,
    ...known('to', to === undefined ? undefined : { ...to, ...known('name', name) }),
    ...known('account', row.account),
    reason: row.reason,
    by: { id: row.by, ...known('name', names.get(row.by)) },
    at: iso(row.at),
  };
}
