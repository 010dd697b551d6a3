import { chi2Tails } from '../numeric/distributions.ts';
import type { Exposed } from './poisson-rate.ts';

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
export function dispersion(units: readonly Exposed[]): Dispersion {
  const events = units.reduce((sum, unit) => sum + unit.events, 0);
  const exposure = units.reduce((sum, unit) => sum + unit.exposure, 0);
  const df = units.length - 1;
  if (events === 0 || df < 1) return { x2: 0, df: Math.max(0, df), p: 1, isOver: false };
  const x2 = units.reduce((sum, unit) => {
    const expected = (events * unit.exposure) / exposure;
    return expected === 0 ? sum : sum + (unit.events - expected) ** 2 / expected;
  }, 0);
  const p = chi2Tails(x2, df).upper;
  return { x2, df, p, isOver: x2 / df > ratioMax && p < pMin };
}
