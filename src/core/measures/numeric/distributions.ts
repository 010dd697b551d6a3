import { betaTails } from './incomplete-beta.ts';
import { gammaQuantile, gammaTails, type Tail, type Tails } from './incomplete-gamma.ts';
import { deviance, stirlingError } from './log-gamma.ts';
import { solvePositive } from './solve.ts';

export function chi2Tails(x: number, df: number): Tails {
  return gammaTails(df / 2, x / 2);
}

export function chi2Quantile(p: number, df: number, tail: Tail = 'lower'): number {
  return 2 * gammaQuantile(p, df / 2, tail);
}

export function tTails(t: number, df: number): Tails {
  const square = t * t;
  const far = betaTails(df / (df + square), df / 2, 0.5, square / (df + square)).lower / 2;
  return t < 0 ? { lower: far, upper: 1 - far } : { lower: 1 - far, upper: far };
}

export function tQuantile(p: number, df: number, tail: Tail = 'lower'): number {
  if (p === 0.5) return 0;
  const far = Math.min(p, 1 - p);
  const t = solvePositive((x) => tTails(x, df).upper > far);
  return p < 0.5 === (tail === 'lower') ? -t : t;
}

/** P(X ≤ k) as `lower`, P(X > k) as `upper`, for a Poisson count. */
export function poissonTails(k: number, mean: number): Tails {
  if (k < 0) return { lower: 0, upper: 1 };
  const { lower, upper } = gammaTails(k + 1, mean);
  return { lower: upper, upper: lower };
}

/** P(X ≤ k) as `lower`, P(X > k) as `upper`, for a binomial count. `rest` is 1 − p. */
export function binomialTails(k: number, n: number, p: number, rest: number = 1 - p): Tails {
  if (k < 0) return { lower: 0, upper: 1 };
  if (k >= n) return { lower: 1, upper: 0 };
  const { lower, upper } = betaTails(p, k + 1, n - k, rest);
  return { lower: upper, upper: lower };
}

/** P(X = k) for a binomial count, by the saddle point (Loader 2000). */
export function binomialMass(k: number, n: number, p: number, rest: number = 1 - p): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (rest <= 0) return k === n ? 1 : 0;
  // ln(1 − p) from the smaller of the two, so that neither end rounds away.
  if (k === 0) return Math.exp(n * (p < rest ? Math.log1p(-p) : Math.log(rest)));
  if (k === n) return Math.exp(n * (rest < p ? Math.log1p(-rest) : Math.log(p)));
  const logMass =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * rest);
  return Math.exp(logMass) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}
