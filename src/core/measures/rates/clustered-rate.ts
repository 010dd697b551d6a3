import { tQuantile } from '../numeric/distributions.ts';
import type { Estimate } from './interval.ts';
import type { UnitSums } from './unit-sums.ts';

/**
 * A rate whose interval holds when units differ and repeat themselves: each unit is one cluster, the variance of the
 * ratio is taken between units, on the logarithm, with Student's t (linearisation; Cochran 1977, § 6). Needs two units
 * or more and an event in at least one; otherwise null.
 */
export function clusteredRate(sums: UnitSums, level = 0.95): Estimate | null {
  const { units, events, exposure } = sums;
  if (units < 2 || events === 0) return null;
  const value = events / exposure;
  const squares = sums.eventSquares - 2 * value * sums.products + value ** 2 * sums.exposureSquares;
  const seLog = Math.sqrt((Math.max(0, squares) * units) / (units - 1)) / events;
  const spread = Math.exp(tQuantile((1 - level) / 2, units - 1, 'upper') * seLog);
  return { value, lower: value / spread, upper: value * spread };
}
