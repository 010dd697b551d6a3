import type { Evidence, OwnerRef, Person } from './owner.ts';
import type { OwnerWeights } from './owner-weights.ts';
import { ownerThresholdDefault } from './resolve-owner.ts';

/**
 * How well it is known who answers for an identity.
 * owned     a person, or a team of which that is as sure
 * guessed   somebody is named, and it is too little to tell them
 * orphaned  nobody is named, or whoever is has left
 */
export const standings = ['owned', 'guessed', 'orphaned'] as const;
export type Standing = (typeof standings)[number];

export function standingOf(known: {
  readonly kind: 'person' | 'team' | 'unknown';
  readonly confidence: number;
  readonly hasEvidence: boolean;
  /** Whoever did it or holds it has left. */
  readonly hasLeft: boolean;
}): Standing {
  if (known.hasLeft) return 'orphaned';
  if (known.kind === 'person') return 'owned';
  if (known.kind === 'team') return known.confidence >= ownerThresholdDefault ? 'owned' : 'guessed';
  return known.hasEvidence ? 'guessed' : 'orphaned';
}

/** Whether everybody who is named as the holder has left; false where nobody is named. */
export function haveLeft(
  evidence: readonly Evidence[],
  weights: OwnerWeights,
  personOf: (owner: OwnerRef) => Person | undefined,
): boolean {
  const named = evidence.filter(({ kind }) => weights.kinds[kind]?.says === 'deed').map(({ owner }) => owner);
  return named.length > 0 && named.every((owner) => personOf(owner)?.isActive === false);
}

/** The person that a piece of evidence names, whether they still work here or not. */
export function personOfOwner(
  people: {
    person(id: string): Person | undefined;
    byEmail(email: string): Person | undefined;
    byAccount(system: string, name: string): Person | undefined;
  },
  owner: OwnerRef,
): Person | undefined {
  if (owner.kind === 'person') return people.person(owner.id);
  if (owner.kind === 'team') return undefined;
  const { account, email } = owner;
  return (
    (account === undefined ? undefined : people.byAccount(account.system, account.name)) ??
    (email === undefined ? undefined : people.byEmail(email))
  );
}
