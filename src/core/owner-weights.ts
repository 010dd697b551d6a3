/**
 * How much each kind of evidence says about who the owner is. Content, not code: the numbers stand in
 * `packs/owners/weights.yaml`.
 */
export type OwnerWeights = {
  readonly kinds: Readonly<Record<string, KindWeight>>;
  /** What is left of a leaver's evidence when it moves to their team, else their manager. */
  readonly leaverFactor: number;
  /** The most that a kind without an entry may weigh. */
  readonly unlistedWeightMax: number;
  /** Share of their confidence that those who merely answer for the place lose when it is sure who did it. */
  readonly placeDiscount: number;
};

export type KindWeight = {
  /** 0 to 1: the chance that this evidence alone names the right owner. */
  readonly weight: number;
  /** Kinds of one family have one origin: only the strongest of them counts. */
  readonly family: string;
  /**
   * `deed`: who did it or holds it; two different answers contradict each other. `place`: who answers for the place;
   * it does not contradict the deed. `support`: adds to a deed, says nothing alone about who. `against`: lowers.
   */
  readonly says: 'deed' | 'place' | 'support' | 'against';
  readonly because: string;
};

/** What a kind weighs; for one without an entry, the most that such a one may. */
export function weightOf(weights: OwnerWeights, kind: string): number {
  return Object.hasOwn(weights.kinds, kind)
    ? (weights.kinds[kind]?.weight ?? weights.unlistedWeightMax)
    : weights.unlistedWeightMax;
}
