import type { Validity } from '../event.ts';
import { addSource, type LoopFacts, type ValiditySeen } from './facts.ts';

/** A daily report for three months; what is left out matters only when news of life arrives later than that. */
const deadAtsMax = 100;

/**
 * What a source says about whether the secret works. "Unknown" is kept out unless the same source had proved before
 * that it works: then its failure to prove is a flip, and means inactive.
 */
export function addValidity(
  facts: LoopFacts,
  source: string,
  status: Validity,
  at: number,
  options: { readonly note?: string } = {},
): LoopFacts {
  const before = facts.validity[source];
  const isNotVerified = status === 'unknown' && options.note === 'not verified';
  if (status === 'unknown' && !isNotVerified) return facts;
  const activeAt = status === 'active' ? Math.max(at, before?.activeAt ?? at) : before?.activeAt;
  const isLater =
    before === undefined || at > before.at || (at === before.at && rank(status) > rank(before.status));
  const deadAts = deadSince(before?.deadAts ?? [], status === 'active' ? undefined : at, activeAt);
  if (!isLater && activeAt === before?.activeAt && deadAts.length === (before?.deadAts ?? []).length)
    return facts;
  const reason = isNotVerified ? 'not verified' : `says ${status}`;
  const seen: ValiditySeen = {
    ...(isLater ? { status, at, reason } : { status: before.status, at: before.at, reason: before.reason }),
    ...(activeAt === undefined ? {} : { activeAt }),
    ...(deadAts.length === 0 ? {} : { deadAts }),
  };
  return {
    ...facts,
    sources: addSource(facts.sources, source),
    validity: { ...facts.validity, [source]: seen },
  };
}

/** What another part of a case knew of it. */
export function mergeValidity(facts: LoopFacts, source: string, seen: ValiditySeen): LoopFacts {
  const note = seen.status === 'unknown' ? { note: 'not verified' } : {};
  const withActive =
    seen.activeAt === undefined ? facts : addValidity(facts, source, 'active', seen.activeAt);
  const withDead = (seen.deadAts ?? []).reduce(
    (known, at) => addValidity(known, source, seen.status === 'active' ? 'inactive' : seen.status, at, note),
    withActive,
  );
  return addValidity(withDead, source, seen.status, seen.at, note);
}

function deadSince(
  known: readonly number[],
  at: number | undefined,
  activeAt: number | undefined,
): readonly number[] {
  const all = at === undefined || known.includes(at) ? known : [...known, at].sort((a, b) => a - b);
  return all.filter((dead) => activeAt === undefined || dead > activeAt).slice(0, deadAtsMax);
}

/** Ties at one instant go to the worse news, so that order never decides. */
function rank(status: Validity): number {
  return status === 'active' ? 2 : status === 'inactive' ? 1 : 0;
}
