import { deviance, stirlingError } from './log-gamma.ts';
import { solvePositive } from './solve.ts';

/** Both tails of a distribution at a point: each is exact by itself, also where the other rounds to 1. */
export type Tails = { readonly lower: number; readonly upper: number };
export type Tail = keyof Tails;

/** Terms needed grow with the root of the shape: enough for shapes up to 10^10. */
const termsMax = 1_000_000;
const smallest = 1e-300;

/**
 * The regularised incomplete gamma functions P(shape, x) and Q(shape, x), shape > 0: series below the mean, continued
 * fraction by Lentz's method above it (DLMF 8.11.4, 8.9.2).
 */
export function gammaTails(shape: number, x: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  // x^shape · e^−x / Γ(shape + 1)
  const mass = Math.exp(-stirlingError(shape) - deviance(shape, x)) / Math.sqrt(2 * Math.PI * shape);
  if (x < shape + 1) {
    const lower = Math.min(1, mass * series(shape, x));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, mass * shape * fraction(shape, x));
  return { lower: 1 - upper, upper };
}

function series(shape: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < termsMax; n += 1) {
    term *= x / (shape + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function fraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1 / smallest;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < termsMax; n += 1) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / nonZero(a * d + b);
    c = nonZero(b + a / c);
    const change = c * d;
    product *= change;
    if (Math.abs(change - 1) < 2e-16) break;
  }
  return product;
}

export function nonZero(value: number): number {
  return Math.abs(value) < smallest ? smallest : value;
}

/** The x at which the tail of a gamma distribution (rate 1) holds `p`. */
export function gammaQuantile(p: number, shape: number, tail: Tail = 'lower'): number {
  return solvePositive((x) => {
    const tails = gammaTails(shape, x);
    return tail === 'lower' ? tails.lower < p : tails.upper > p;
  });
}
