import { tQuantile } from '../numeric/distributions.ts';
import type { Estimate } from './interval.ts';
import type { Exposed } from './poisson-rate.ts';

/**
 * A rate whose interval holds when units differ and repeat themselves: each unit is one cluster, the variance of the
 * ratio is taken between units, on the logarithm, with Student's t (linearisation; Cochran 1977, § 6). Needs two units
 * or more and an event in at least one; otherwise null.
 */
export function clusteredRate(units: readonly Exposed[], level = 0.95): Estimate | null {
  const n = units.length;
  const events = units.reduce((sum, unit) => sum + unit.events, 0);
  const exposure = units.reduce((sum, unit) => sum + unit.exposure, 0);
  if (n < 2 || events === 0 || exposure <= 0) return null;
  const value = events / exposure;
  const squares = units.reduce((sum, unit) => sum + (unit.events - value * unit.exposure) ** 2, 0);
  const seLog = Math.sqrt((squares * n) / (n - 1)) / events;
  const spread = Math.exp(tQuantile((1 - level) / 2, n - 1, 'upper') * seLog);
  return { value, lower: value / spread, upper: value * spread };
}
