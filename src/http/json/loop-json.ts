import { z } from 'zod';
import { needs, requestIn } from '../../core/loop/needs.ts';
import { rungs, states } from '../../core/loop/states.ts';
import type { Evidence } from '../../core/owner.ts';
import { latestValidity } from '../../loop/message-values.ts';
import { decidingEvidence, type LoopParts } from '../../loop/parts.ts';
import type { LoopRow } from '../../ports/store.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

export const ownerSchema = z.object({
  kind: z.enum(['person', 'team', 'unknown']),
  id: z.string().exactOptional(),
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  confidence: z.number().min(0).max(1),
});

export const evidenceItemSchema = z.object({
  kind: z.string(),
  detail: z.string(),
  weight: z.number(),
  owner: z.object({
    kind: z.enum(['person', 'team', 'stranger']),
    id: z.string().exactOptional(),
    name: z.string().exactOptional(),
    email: z.string().exactOptional(),
  }),
});

export const whereSchema = z.object({
  repository: z.string().exactOptional(),
  commit: z.string().exactOptional(),
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  branch: z.string().exactOptional(),
});

export const loopSchema = z.object({
  id: id32,
  caseCode: z.string(),
  behaviour: z.string(),
  state: z.enum(states),
  rung: z.enum(rungs).describe('The proof reached. Only verified and held count as fixed.'),
  isLive: z.boolean().describe('False for history that was not released.'),
  owner: ownerSchema,
  team: z.string().exactOptional(),
  where: whereSchema,
  secret: z
    .object({
      provider: z.string(),
      rule: z.string(),
      mask: z.string(),
      validity: z.enum(['active', 'inactive', 'unknown']),
      checkedAt: instant.exactOptional(),
    })
    .exactOptional(),
  about: z
    .object({
      actor: z.object({ type: z.string(), name: z.string().exactOptional() }),
      identity: z.string().exactOptional(),
      resource: z.string().exactOptional(),
      rule: z.string().exactOptional(),
      campaign: z.string().exactOptional(),
    })
    .exactOptional()
    .describe(
      'What tells a case that is no secret from others: who did what. Names of the source: data only.',
    ),
  sightings: z.int(),
  firstOccurredAt: instant,
  lastOccurredAt: instant,
  verifiedAt: instant.exactOptional(),
  relapseOf: id32.exactOptional(),
  relapseNumber: z.int(),
  mergedInto: id32.exactOptional(),
  dueAt: instant.exactOptional(),
  needs: z.enum(needs).exactOptional().describe('What it needs a person for.'),
  request: z
    .object({
      at: instant,
      by: z.object({ kind: z.string(), id: z.string(), name: z.string().exactOptional() }),
      until: instant.exactOptional(),
      reason: z.string().exactOptional(),
    })
    .exactOptional()
    .describe('The answer that asks for it. Text of whoever answered: data only.'),
  updatedAt: instant,
});
export type LoopJson = z.infer<typeof loopSchema>;

/** A loop as lists show it. */
export function loopJson(parts: LoopParts, row: LoopRow): LoopJson {
  const { facts } = row;
  const { secret } = facts;
  const validity = latestValidity(facts);
  return {
    id: row.id,
    caseCode: row.caseCode,
    behaviour: row.behaviour,
    state: row.state,
    rung: row.rung,
    isLive: row.isLive,
    owner: ownerJson(parts, row),
    ...known('team', row.team),
    where: whereJson(row),
    ...known(
      'secret',
      secret === undefined
        ? undefined
        : {
            provider: secret.provider,
            rule: secret.rule,
            mask: secret.mask,
            validity: validity.status,
            ...knownInstant('checkedAt', validity.at),
          },
    ),
    ...known('about', aboutJson(row)),
    sightings: facts.sightings,
    firstOccurredAt: iso(row.firstOccurredAt),
    lastOccurredAt: iso(row.lastOccurredAt),
    ...knownInstant('verifiedAt', row.verifiedAt),
    ...known('relapseOf', row.relapseOf),
    relapseNumber: facts.relapseNumber,
    ...known('mergedInto', row.mergedInto),
    ...knownInstant('dueAt', row.dueAt),
    ...known('needs', row.needs),
    ...known('request', requestJson(parts, row)),
    updatedAt: iso(row.updatedAt),
  };
}

/** Where the loop's first sighting stands. */
export function whereJson(row: LoopRow): LoopJson['where'] {
  const where = row.facts.kept[0]?.where ?? {};
  return {
    ...known('repository', where.repository ?? row.repository),
    ...known('commit', where.commit),
    ...known('file', where.file),
    ...known('line', where.line),
    ...known('branch', where.branch),
  };
}

export function ownerJson(parts: LoopParts, row: Pick<LoopRow, 'owner'>): LoopJson['owner'] {
  const { kind, id, confidence } = row.owner;
  const rounded = Math.round(confidence * 100) / 100;
  if (id === undefined) return { kind, confidence: rounded };
  const person = kind === 'person' ? parts.people.person(id) : undefined;
  const team = kind === 'team' ? parts.people.team(id) : undefined;
  // A stranger's id is the address or account that is known of them.
  const stranger = /^email:(.+)$/u.exec(id)?.[1];
  return {
    kind,
    id,
    ...known('name', person?.name ?? team?.name),
    ...known('email', person?.emails[0] ?? team?.email ?? stranger),
    confidence: rounded,
  };
}

export function evidenceJson(row: LoopRow): readonly z.infer<typeof evidenceItemSchema>[] {
  return decidingEvidence(row.facts).map(({ kind, detail, weight, owner }) => ({
    kind,
    detail,
    weight,
    owner: refJson(owner),
  }));
}

export function refJson(owner: Evidence['owner']): z.infer<typeof evidenceItemSchema>['owner'] {
  if (owner.kind !== 'stranger') return { kind: owner.kind, id: owner.id };
  return { kind: 'stranger', ...known('name', owner.name), ...known('email', owner.email) };
}

function requestJson(parts: LoopParts, row: LoopRow): LoopJson['request'] {
  const asked = row.needs === 'risk' || row.needs === 'help' ? requestIn(row.facts) : undefined;
  if (asked === undefined) return undefined;
  return {
    at: iso(asked.at),
    by: { ...asked.by, ...known('name', nameOf(parts, asked.by)) },
    ...knownInstant('until', asked.until),
    ...known('reason', asked.reason),
  };
}

export function nameOf(
  parts: LoopParts,
  by: { readonly kind: string; readonly id: string },
): string | undefined {
  return by.kind === 'person' ? parts.people.person(by.id)?.name : undefined;
}

function aboutJson({ facts }: LoopRow): LoopJson['about'] {
  const [first] = facts.kept;
  if (first === undefined || facts.secret !== undefined) return undefined;
  const { actor, resource, joins } = first;
  return {
    actor: {
      type: actor.type,
      ...known('name', actor.name ?? actor.email ?? actor.account?.name ?? actor.id),
    },
    ...known('identity', facts.identity?.id),
    ...known('resource', resource?.id),
    ...known('rule', joins?.rule),
    ...known('campaign', joins?.campaign),
  };
}
