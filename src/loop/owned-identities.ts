import { peopleMin } from '../core/measures/describe/small-groups.ts';
import type { Candidate } from '../core/owner.ts';
import type { Standing } from '../core/owner-standing.ts';
import { fold } from '../core/people-index.ts';
import { rankOwners } from '../core/rank-owners.ts';
import type { OwnerQuery } from '../ports/owner-directory.ts';
import type { Principal } from '../ports/principal.ts';
import type { IdentityCount, LoopRow } from '../ports/store.ts';
import { standingOfEvidence } from './follow-identities.ts';
import { namedEvidence } from './gather.ts';
import { decidingEvidence, type LoopParts } from './parts.ts';

export type StandingCount = { readonly n: number } & { readonly [S in Standing]: number };

export type IdentityCoverage = {
  readonly types: readonly (StandingCount & { readonly type: string })[];
  /** By name, and none of fewer than five people. What no team answers for stands in none of them. */
  readonly teams: readonly (StandingCount & { readonly team: string })[];
};

/** How many identities are owned, guessed and orphaned, by type and by the team that answers. */
export async function identityCoverage(parts: LoopParts, principal: Principal): Promise<IdentityCoverage> {
  const counts = await parts.store.read.identityCounts(principal);
  const types = summed(counts, ({ type }) => type).map(([type, count]) => ({ type, ...count }));
  const sizes = Map.groupBy(
    parts.people.all().filter(({ isActive }) => isActive),
    ({ team }) => team,
  );
  const teams = summed(counts, ({ team }) => team)
    .filter(([team]) => (sizes.get(team)?.length ?? 0) >= peopleMin)
    .map(([team, count]) => ({ team, ...count }))
    .toSorted((a, b) => (a.team < b.team ? -1 : 1));
  return { types, teams };
}

/** The largest first. */
function summed(
  counts: readonly IdentityCount[],
  nameOf: (count: IdentityCount) => string | undefined,
): readonly (readonly [string, StandingCount])[] {
  const sums = new Map<string, StandingCount>();
  for (const count of counts) {
    const name = nameOf(count);
    if (name === undefined) continue;
    const sum = sums.get(name) ?? { n: 0, owned: 0, guessed: 0, orphaned: 0 };
    sums.set(name, { ...sum, n: sum.n + count.n, [count.standing]: sum[count.standing] + count.n });
  }
  return [...sums].toSorted(([a, one], [b, other]) => other.n - one.n || (a < b ? -1 : 1));
}

export type IdentityOwners = {
  readonly standing: Standing;
  /** Ranked, the best first. */
  readonly candidates: readonly Candidate[];
};

/**
 * Who may answer for an identity by what its loops and the directories say now. Undefined when nothing is known of it.
 *
 * @param rows its loops that the caller may see
 * @param isSeen whether the caller may see it also without a loop
 */
export async function explainIdentity(
  parts: LoopParts,
  principal: Principal,
  asked: { readonly id: string; readonly provider?: string },
  rows: readonly LoopRow[],
  isSeen = principal.teams === 'all',
): Promise<IdentityOwners | undefined> {
  const [row] = rows;
  if (row === undefined && !isSeen) return undefined;
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
  const [named] = await namedEvidence(parts, [known ?? asked]);
  const evidence = named ?? [
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
