import type { Candidate, Evidence, OwnerRef } from './owner.ts';
import type { KnownPeople } from './settle-owner-ref.ts';

export type ResolveOptions = {
  /** From this confidence on (inclusive) a person is told. */
  readonly threshold?: number;
  /** From this confidence on (inclusive) a team is asked. */
  readonly teamThreshold?: number;
  /** Undefined when no directory of people is configured: then strangers with an address may be owners. */
  readonly people?: Pick<KnownPeople, 'person'> | undefined;
};

export type Resolution =
  | {
      readonly kind: 'person' | 'team';
      readonly owner: OwnerRef;
      readonly confidence: number;
      readonly evidence: readonly Evidence[];
      /** The best candidate that was not chosen. */
      readonly runnerUp?: Candidate;
    }
  | {
      readonly kind: 'unknown';
      readonly confidence: 0;
      readonly evidence: readonly [];
      readonly runnerUp?: Candidate;
    };

/** The commit author alone reaches it; see `packs/owners/weights.yaml`. */
export const ownerThresholdDefault = 0.6;
/** Being asked by mistake costs a team a minute, so less is needed; a mere trace of evidence is not enough. */
export const teamThresholdDefault = 0.3;

/**
 * Who is told: the best person at or above the threshold, else the best team, else nobody (`unknown`: the duty role).
 * A tie at the top is a guess, and nobody is blamed on a guess.
 */
export function resolveOwner(candidates: readonly Candidate[], options: ResolveOptions = {}): Resolution {
  const { threshold = ownerThresholdDefault, teamThreshold = teamThresholdDefault, people } = options;
  let person: Candidate | undefined;
  let isTie = false;
  let team: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.owner.kind === 'team') {
      if (team === undefined || candidate.confidence > team.confidence) team = candidate;
    } else if (canBeTold(candidate.owner, people)) {
      isTie = isTie
        ? candidate.confidence <= (person?.confidence ?? 0)
        : candidate.confidence === person?.confidence;
      if (person === undefined || candidate.confidence > person.confidence) person = candidate;
    }
  }
  if (person !== undefined && !isTie && person.confidence >= threshold)
    return chosen('person', person, candidates);
  if (team !== undefined && team.confidence >= teamThreshold) return chosen('team', team, candidates);
  const [runnerUp] = candidates;
  return { kind: 'unknown', confidence: 0, evidence: [], ...(runnerUp === undefined ? {} : { runnerUp }) };
}

function canBeTold(owner: OwnerRef, people: ResolveOptions['people']): boolean {
  if (owner.kind === 'person') return people === undefined || people.person(owner.id)?.isActive === true;
  return people === undefined && owner.kind === 'stranger' && (owner.email ?? owner.account) !== undefined;
}

function chosen(kind: 'person' | 'team', candidate: Candidate, all: readonly Candidate[]): Resolution {
  const runnerUp = all.find((other) => other !== candidate);
  const { owner, confidence, evidence } = candidate;
  return { kind, owner, confidence, evidence, ...(runnerUp === undefined ? {} : { runnerUp }) };
}
