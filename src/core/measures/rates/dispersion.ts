import { chi2Tails } from '../numeric/distributions.ts';
import type { UnitSums } from './unit-sums.ts';

export type Dispersion = {
  readonly x2: number;
  readonly df: number;
  readonly p: number;
  /** The units differ too much for a Poisson interval: use the mean cumulative function or a summary by unit. */
  readonly isOver: boolean;
};

const ratioMax = 1.5;
const pMin = 0.01;

/** Do the units' counts vary more than chance around one common rate? Pearson's chi-square (Cox & Lewis 1966). */
export function dispersion({ units, events, exposure, eventSquaresPerExposure }: UnitSums): Dispersion {
  const df = units - 1;
  if (events === 0 || df < 1) return { x2: 0, df: Math.max(0, df), p: 1, isOver: false };
  // Σ (x − e)² / e, with e = events · its part of the exposure
  const x2 = Math.max(0, (eventSquaresPerExposure * exposure) / events - events);
  const p = chi2Tails(x2, df).upper;
  return { x2, df, p, isOver: x2 / df > ratioMax && p < pMin };
}
