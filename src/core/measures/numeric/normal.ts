import { gammaTails, type Tail, type Tails } from './incomplete-gamma.ts';
import { solvePositive } from './solve.ts';

/** Both tails of the standard normal distribution, by erfc(x) = Q(½, x²). */
export function normalTails(x: number): Tails {
  const { lower, upper } = gammaTails(0.5, (x * x) / 2);
  const far = upper / 2;
  const near = 0.5 + lower / 2;
  return x < 0 ? { lower: far, upper: near } : { lower: near, upper: far };
}

/** The x at which the tail holds `p`. A probability near 1 is best asked for by the other tail. */
export function normalQuantile(p: number, tail: Tail = 'lower'): number {
  if (p === 0.5) return 0;
  const far = Math.min(p, 1 - p);
  const x = solvePositive((z) => normalTails(z).upper > far);
  return p < 0.5 === (tail === 'lower') ? -x : x;
}

const z95 = 1.959963984540054;

/** The z of a two-sided interval: 1.96 at the level of .95. */
export function criticalZ(level: number): number {
  return level === 0.95 ? z95 : normalQuantile((1 - level) / 2, 'upper');
}
