import type { ChangeRow } from '../measure-rows.ts';
import { expectedRate } from './regression-to-mean.ts';
import { casesMin } from './share-figure.ts';

type Counts = { readonly units: number; readonly affected: number };

/**
 * Cases per unit before and after, of units that had one before; and beside it what would have been seen after if
 * nothing had been done. Never an effect.
 */
export type ChangeFigure =
  | (Counts & {
      readonly kind: 'no-effect';
      readonly before: number;
      readonly after: number;
      /** This much would have happened anyway. */
      readonly expectedAfter: number;
    })
  | (Counts & { readonly kind: 'not-enough-data' });

/**
 * Empirical Bayes with a gamma distribution of rates, by moments over everybody, also those to whom nothing happened.
 *
 * @param people how many the group has; units of other kinds come on top of them
 */
export function changeFigure(row: ChangeRow, people: number): ChangeFigure {
  const { affected } = row;
  const units = Math.max(people, row.units);
  if (affected < casesMin) return { kind: 'not-enough-data', units, affected };
  const mean = row.before / units;
  const excess = row.beforeSquares / units - mean ** 2 - mean;
  const before = row.before / affected;
  // The estimate is linear in the count, so that of the mean count is the mean of the estimates.
  const expectedAfter = excess <= 0 ? mean : expectedRate({ mean, shape: mean ** 2 / excess }, before, 1);
  return { kind: 'no-effect', units, affected, before, after: row.after / affected, expectedAfter };
}
