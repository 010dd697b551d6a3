import type { Identity } from '../core/event.ts';
import type { Candidate, Evidence } from '../core/owner.ts';
import { haveLeft, personOfOwner, type Standing, standingOf } from '../core/owner-standing.ts';
import { fold } from '../core/people-index.ts';
import { rankOwners } from '../core/rank-owners.ts';
import type { OwnerQuery } from '../ports/owner-directory.ts';
import type { Principal } from '../ports/principal.ts';
import type { LoopRow } from '../ports/store.ts';
import { decidingEvidence, type LoopParts } from './parts.ts';

export type StandingCount = { readonly type: string; readonly n: number } & {
  readonly [S in Standing]: number;
};

/**
 * How many identities of each type are owned, guessed and orphaned: those of loops, each once, and those that only
 * directories know. Whoever sees some teams only sees the identities of their loops.
 */
export async function identityCoverage(
  parts: LoopParts,
  principal: Principal,
): Promise<readonly StandingCount[]> {
  const counts = new Map<string, Record<Standing, number>>();
  const count = (type: string, standing: Standing, n: number) => {
    const known = counts.get(type) ?? { owned: 0, guessed: 0, orphaned: 0 };
    known[standing] += n;
    counts.set(type, known);
  };
  for (const group of await parts.store.read.identityOwners(principal)) {
    const { kind, id, confidence } = group.owner;
    const hasLeft = kind === 'person' && id !== undefined && parts.people.person(id)?.isActive === false;
    count(group.type, standingOf({ kind, confidence, hasEvidence: group.hasEvidence, hasLeft }), group.n);
  }
  if (principal.teams === 'all') {
    const known = parts.directories.flatMap((directory) => directory.identities?.() ?? []);
    const inLoops = await parts.store.read.identitiesInLoops(
      principal,
      known.map(({ identity }) => identity.id),
    );
    const byIdentity = Map.groupBy(known, ({ identity }) => keyOf(identity));
    for (const group of byIdentity.values()) {
      const [first] = group;
      if (first === undefined || inLoops.has(first.identity.id)) continue;
      const evidence = group.flatMap((one) => one.evidence);
      count(first.identity.type, standingOfEvidence(parts, evidence), 1);
    }
  }
  return [...counts]
    .map(([type, standing]) => ({
      type,
      n: standing.owned + standing.guessed + standing.orphaned,
      ...standing,
    }))
    .toSorted((a, b) => b.n - a.n || (a.type < b.type ? -1 : 1));
}

const keyOf = ({ provider, id }: Identity): string => `${fold(provider ?? '')} ${fold(id)}`;

function standingOfEvidence(parts: LoopParts, evidence: readonly Evidence[]): Standing {
  const { kind, confidence } = parts.resolveOwner(evidence);
  const hasLeft = haveLeft(evidence, parts.ownerWeights, (owner) => personOfOwner(parts.people, owner));
  return standingOf({ kind, confidence, hasEvidence: evidence.length > 0, hasLeft });
}

export type IdentityOwners = {
  readonly standing: Standing;
  /** Ranked, the best first. */
  readonly candidates: readonly Candidate[];
};

/**
 * Who may answer for an identity by what its loops and the directories say now. Undefined when nothing is known of it.
 *
 * @param rows its loops that the caller may see; without one, only who sees all teams is answered
 */
export async function explainIdentity(
  parts: LoopParts,
  principal: Principal,
  asked: { readonly id: string; readonly provider?: string },
  rows: readonly LoopRow[],
): Promise<IdentityOwners | undefined> {
  const [row] = rows;
  if (row === undefined && principal.teams !== 'all') return undefined;
  const known = row?.facts.identity;
  const query: OwnerQuery = {
    where: row?.facts.kept[0]?.where ?? {},
    leads: [],
    identity: known ?? {
      type: 'unknown',
      id: asked.id,
      ...(asked.provider === undefined ? {} : { provider: asked.provider }),
    },
  };
  const found = await Promise.all(parts.directories.map((directory) => directory.evidence([query])));
  const evidence = [
    ...(row === undefined ? [] : decidingEvidence(row.facts)),
    ...found.flatMap(([first = []]) => first),
  ];
  const isListed = parts.directories.some((directory) =>
    directory.identities?.().some(({ identity }) => fold(identity.id) === fold(asked.id)),
  );
  if (evidence.length === 0 && row === undefined && !isListed) return undefined;
  // Without anybody in the list of people, strangers may be owners.
  const people = parts.people.all().length === 0 ? undefined : parts.people;
  const candidates = rankOwners(evidence, { people, weights: parts.ownerWeights });
  return { standing: standingOfEvidence(parts, evidence), candidates };
}
