import { betaQuantile } from '../numeric/incomplete-beta.ts';
import { criticalZ } from '../numeric/normal.ts';
import type { Estimate, Interval } from './interval.ts';

/** `x` of `n` did. */
export type Share = { readonly x: number; readonly n: number };

/** Wilson's score interval for a proportion, without continuity correction (Wilson, JASA 1927). n > 0. */
export function wilson({ x, n }: Share, level = 0.95): Interval {
  const z = criticalZ(level);
  const square = z * z;
  const middle = x + square / 2;
  const half = z * Math.sqrt((x * (n - x)) / n + square / 4);
  return {
    lower: x === 0 ? 0 : (middle - half) / (n + square),
    upper: x === n ? 1 : (middle + half) / (n + square),
  };
}

/** The exact interval for a proportion: covers at least `level`, whatever the truth (Clopper & Pearson 1934). */
export function clopperPearson({ x, n }: Share, level = 0.95): Interval {
  const far = (1 - level) / 2;
  return {
    lower: x === 0 ? 0 : betaQuantile(far, x, n - x + 1),
    upper: x === n ? 1 : betaQuantile(far, x + 1, n - x, 'upper'),
  };
}

/** One proportion less another, with Newcombe's interval from two of Wilson's (Stat. Med. 1998, method 10). */
export function newcombe(one: Share, other: Share, level = 0.95): Estimate {
  const [p, q] = [one.x / one.n, other.x / other.n];
  const [a, b] = [wilson(one, level), wilson(other, level)];
  return {
    value: p - q,
    lower: p - q - Math.hypot(p - a.lower, b.upper - q),
    upper: p - q + Math.hypot(a.upper - p, q - b.lower),
  };
}

/** The ratio of two risks, interval by the delta method on its logarithm (Katz 1978). Both counts above 0. */
export function riskRatio(one: Share, other: Share, level = 0.95): Estimate {
  const value = one.x / one.n / (other.x / other.n);
  const se = Math.sqrt(1 / one.x - 1 / one.n + 1 / other.x - 1 / other.n);
  const spread = Math.exp(criticalZ(level) * se);
  return { value, lower: value / spread, upper: value * spread };
}
