import { nonZero, type Tail, type Tails } from './incomplete-gamma.ts';
import { deviance, stirlingError } from './log-gamma.ts';
import { solvePositive } from './solve.ts';

/** Terms needed grow with the root of the counts. */
const termsMax = 1_000_000;

/**
 * The regularised incomplete beta function I_x(a, b) and its complement, a, b > 0: continued fraction by Lentz's method
 * (DLMF 8.17.22) on the side where it converges. `rest` is 1 − x, for callers who know it better than by subtraction.
 */
export function betaTails(x: number, a: number, b: number, rest: number = 1 - x): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (rest <= 0) return { lower: 1, upper: 0 };
  const n = a + b;
  // x^a · (1 − x)^b / B(a, b)
  const factor =
    Math.exp(
      stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * rest),
    ) * Math.sqrt((a / n) * (b / (2 * Math.PI)));
  if (x < (a + 1) / (n + 2)) {
    const lower = Math.min(1, (factor * fraction(a, b, x)) / a);
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, (factor * fraction(b, a, rest)) / b);
  return { lower: 1 - upper, upper };
}

function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m < termsMax; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const change = d * c;
    product *= change;
    if (Math.abs(change - 1) < 2e-16) break;
  }
  return product;
}

/** The odds x / (1 − x) at which the tail of Beta(a, b) holds `p`: exact where x rounds to 1, too. */
export function betaOddsQuantile(p: number, a: number, b: number, tail: Tail = 'lower'): number {
  return solvePositive((odds) => {
    const tails = betaTails(odds / (1 + odds), a, b, 1 / (1 + odds));
    return tail === 'lower' ? tails.lower < p : tails.upper > p;
  });
}

export function betaQuantile(p: number, a: number, b: number, tail: Tail = 'lower'): number {
  return shareOfOdds(betaOddsQuantile(p, a, b, tail));
}

export function shareOfOdds(odds: number): number {
  return odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
}
