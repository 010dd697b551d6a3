import type { LoopParts } from '../loop/parts.ts';
import type { ProgramIdentity } from './identities.ts';
import { type OwnerFigures, openOwnerCount } from './score-owners.ts';

/** Who is named for the identities of programs, whether anything ever happened to them or not. */
export type IdentityFigures = {
  readonly perPerson: number;
  readonly n: number;
  readonly owner: OwnerFigures;
};

const unknown = { kind: 'unknown', confidence: 0 } as const;

/** Asks the directories about every identity, as the product does when one of them fails. */
export function scoreIdentities(
  parts: LoopParts,
  identities: readonly ProgramIdentity[],
  people: number,
  teamOf: (person: string) => string | undefined,
  hasLeft: (person: string) => boolean,
): IdentityFigures {
  const known = Map.groupBy(
    parts.directories.flatMap((directory) => directory.identities?.() ?? []),
    ({ identity }) => identity.id,
  );
  const count = openOwnerCount(teamOf);
  for (const { id, owner, team } of identities) {
    const evidence = (known.get(id) ?? []).flatMap((one) => one.evidence);
    const now = owner.kind === 'person' && hasLeft(owner.id) ? ({ kind: 'team', id: team } as const) : owner;
    count.judge(evidence.length === 0 ? unknown : parts.resolveOwner(evidence), now);
  }
  return { perPerson: Math.round(identities.length / people), n: identities.length, owner: count.figures() };
}
