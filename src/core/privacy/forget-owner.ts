import type { LoopFacts } from '../loop/facts.ts';
import type { Evidence, OwnerRef } from '../owner.ts';

/**
 * The facts of a case once somebody in it is nobody any more: what pointed at them points at their team, who answers for
 * the case from now on, or at nobody. The same object where nothing pointed at them.
 */
export function forgetOwner(facts: LoopFacts, isErased: (name: string) => boolean, team?: string): LoopFacts {
  const evidenceOf = (evidence: readonly Evidence[]): readonly Evidence[] => {
    if (!evidence.some(({ owner }) => isOf(owner, isErased))) return evidence;
    return evidence.map((one) => {
      if (!isOf(one.owner, isErased)) return one;
      return { ...one, owner: team === undefined ? { kind: 'stranger' } : { kind: 'team', id: team } };
    });
  };
  const kept = facts.kept.map((sighting) => {
    const evidence = evidenceOf(sighting.evidence);
    return evidence === sighting.evidence ? sighting : { ...sighting, evidence };
  });
  const decisions = facts.decisions.filter(
    (one) => !(one.kind === 'hand-over' && one.to.kind === 'person' && isErased(one.to.id)),
  );
  const wanted =
    facts.wanted === undefined
      ? {}
      : { wanted: { ...facts.wanted, evidence: evidenceOf(facts.wanted.evidence) } };
  const isSame =
    kept.every((one, index) => one === facts.kept[index]) && decisions.length === facts.decisions.length;
  return isSame && wanted.wanted?.evidence === facts.wanted?.evidence
    ? facts
    : { ...facts, ...wanted, kept, decisions };
}

/** Also an address that no directory knew, or knew later. */
function isOf(owner: OwnerRef, isErased: (name: string) => boolean): boolean {
  if (owner.kind === 'team') return false;
  const names = owner.kind === 'person' ? [owner.id] : [owner.name, owner.email, owner.account?.name];
  return names.some((name) => name !== undefined && isErased(name));
}
