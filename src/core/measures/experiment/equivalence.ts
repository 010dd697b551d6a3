import type { Interval } from '../rates/interval.ts';

/** Risk ratios between which a difference does not matter. */
export const equivalenceMargin: Interval = { lower: 0.8, upper: 1.25 };

/**
 * Is the whole interval within the margin? With a confidence sequence this holds at every look; with an interval of
 * level 1 − 2α it is the two one-sided tests at α (TOST; Schuirmann 1987).
 */
export function isEquivalent(interval: Interval, margin: Interval = equivalenceMargin): boolean {
  return interval.lower >= margin.lower && interval.upper <= margin.upper;
}
