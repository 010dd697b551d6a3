import { binomialMass, binomialTails } from '../numeric/distributions.ts';
import { betaOddsQuantile } from '../numeric/incomplete-beta.ts';
import { criticalZ } from '../numeric/normal.ts';
import { solvePositive } from '../numeric/solve.ts';
import type { Estimate, Interval } from './interval.ts';
import type { Exposed } from './poisson-rate.ts';

/** Masses that differ by rounding only count as equal. */
const tie = 1 + 1e-7;

/**
 * The ratio of two Poisson rates. Given their sum, the first count is binomial (Przyborowski & Wilenski 1940), so the
 * interval (Clopper–Pearson) covers at least `level`, and `p` sums the masses not above the observed one.
 * Both exposures above 0; without any event the ratio is NaN within 0 and Infinity.
 */
export function rateRatio(one: Exposed, other: Exposed, level = 0.95): Estimate & { readonly p: number } {
  const far = (1 - level) / 2;
  const [k, n] = [one.events, one.events + other.events];
  const scale = other.exposure / one.exposure;
  const value = (one.events / other.events) * scale;
  return {
    value,
    lower: k === 0 ? 0 : betaOddsQuantile(far, k, n - k + 1) * scale,
    upper: k === n ? Number.POSITIVE_INFINITY : betaOddsQuantile(far, k + 1, n - k, 'upper') * scale,
    p: twoSided(k, n, one.exposure, other.exposure),
  };
}

/**
 * The same with half the mass of what was observed: less cautious, covers `level` on average and not always
 * (Berry & Armitage 1995). `p` is twice the smaller tail.
 */
export function rateRatioMidP(one: Exposed, other: Exposed, level = 0.95): Estimate & { readonly p: number } {
  const far = (1 - level) / 2;
  const [k, n] = [one.events, one.events + other.events];
  const scale = other.exposure / one.exposure;
  const tails = (odds: number): Interval => {
    const [p, rest] = [odds / (1 + odds), 1 / (1 + odds)];
    const half = binomialMass(k, n, p, rest) / 2;
    return {
      lower: binomialTails(k - 1, n, p, rest).lower + half,
      upper: binomialTails(k, n, p, rest).upper + half,
    };
  };
  const atEqualRates = tails(1 / scale);
  return {
    value: (one.events / other.events) * scale,
    lower: k === 0 ? 0 : solvePositive((odds) => tails(odds).upper < far) * scale,
    upper: k === n ? Number.POSITIVE_INFINITY : solvePositive((odds) => tails(odds).lower > far) * scale,
    p: Math.min(1, 2 * Math.min(atEqualRates.lower, atEqualRates.upper)),
  };
}

/** The sum of the masses not above that of `k`. They rise to the mode and fall after it, so both ends are tails. */
function twoSided(k: number, n: number, exposure: number, otherExposure: number): number {
  const [p, rest] = [exposure / (exposure + otherExposure), otherExposure / (exposure + otherExposure)];
  const most = binomialMass(k, n, p, rest) * tie;
  const mode = Math.min(n, Math.floor((n + 1) * p));
  if (binomialMass(mode, n, p, rest) <= most) return 1;
  const isIn = (i: number) => binomialMass(i, n, p, rest) <= most;
  // Before the mode: how many are in from 0 on; after it: the first that is in.
  const below = firstTrue(0, mode, (i) => !isIn(i));
  const above = firstTrue(mode, n + 1, isIn);
  return Math.min(1, binomialTails(below - 1, n, p, rest).lower + binomialTails(above - 1, n, p, rest).upper);
}

function firstTrue(from: number, to: number, holds: (i: number) => boolean): number {
  let [lower, upper] = [from, to];
  while (lower < upper) {
    const middle = Math.floor((lower + upper) / 2);
    if (holds(middle)) upper = middle;
    else lower = middle + 1;
  }
  return lower;
}

/** Two rates in one stratum, as behaviour × difficulty. */
export type Stratum = { readonly one: Exposed; readonly other: Exposed };

/**
 * The rate ratio over strata, pooled by Mantel and Haenszel, with the variance of its logarithm by Greenland and Robins
 * (Biometrics 1985).
 */
export function stratifiedRateRatio(
  strata: readonly Stratum[],
  level = 0.95,
): Estimate & { readonly seLog: number } {
  let [above, below, variance] = [0, 0, 0];
  for (const { one, other } of strata) {
    const total = one.exposure + other.exposure;
    above += (one.events * other.exposure) / total;
    below += (other.events * one.exposure) / total;
    variance += ((one.events + other.events) * one.exposure * other.exposure) / total ** 2;
  }
  const value = above / below;
  const seLog = Math.sqrt(variance / (above * below));
  const spread = Math.exp(criticalZ(level) * seLog);
  return { value, seLog, lower: value / spread, upper: value * spread };
}
