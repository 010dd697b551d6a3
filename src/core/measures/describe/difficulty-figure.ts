import type { Rating } from '../../mail-cues/difficulty.ts';
import type { Estimate } from '../rates/interval.ts';
import { standardisedRatio } from '../rates/poisson-rate.ts';
import { type Stratum, stratifiedRateRatio } from '../rates/rate-ratio.ts';

/** Simulations of one difficulty (NIST Phish Scale). */
export type DifficultyRow = {
  readonly rating: Rating;
  readonly failures: number;
  readonly opportunities: number;
};

/**
 * Failures of a group over those expected of mails so hard to tell, and its rate over that of the others mail by mail of
 * the same difficulty. Lures differ more than people do: without this a group that got harder mails looks worse.
 */
export type DifficultyFigure = {
  readonly strata: readonly DifficultyRow[];
  readonly standardised: (Estimate & { readonly observed: number; readonly expected: number }) | null;
  readonly stratified: Estimate | null;
};

/** @param everybody all groups together, this one among them: their rates are what is expected */
export function difficultyFigure(
  own: readonly DifficultyRow[],
  everybody: readonly DifficultyRow[],
): DifficultyFigure {
  const ofAll = new Map(everybody.map((row) => [row.rating, row]));
  let [observed, expected] = [0, 0];
  const strata: Stratum[] = [];
  for (const { rating, failures, opportunities } of own) {
    const all = ofAll.get(rating);
    if (all === undefined || opportunities === 0 || all.opportunities === 0) continue;
    observed += failures;
    expected += (opportunities * all.failures) / all.opportunities;
    const other = { events: all.failures - failures, exposure: all.opportunities - opportunities };
    if (other.exposure > 0) strata.push({ one: { events: failures, exposure: opportunities }, other });
  }
  const hasBoth = strata.some(({ one }) => one.events > 0) && strata.some(({ other }) => other.events > 0);
  const ratio = hasBoth ? stratifiedRateRatio(strata) : undefined;
  return {
    strata: own,
    standardised: expected > 0 ? { observed, expected, ...standardisedRatio(observed, expected) } : null,
    stratified: ratio === undefined ? null : { value: ratio.value, lower: ratio.lower, upper: ratio.upper },
  };
}

export function sumByRating(rows: readonly DifficultyRow[]): readonly DifficultyRow[] {
  return [...Map.groupBy(rows, ({ rating }) => rating)].map(([rating, of]) => ({
    rating,
    failures: of.reduce((sum, { failures }) => sum + failures, 0),
    opportunities: of.reduce((sum, { opportunities }) => sum + opportunities, 0),
  }));
}
