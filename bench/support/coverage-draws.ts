import type { Random } from '../../src/core/measures/numeric/seeded-random.ts';

export function exponential(random: Random, rate: number): number {
  return -Math.log1p(-random()) / rate;
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
}

/** A gamma variable of scale 1 (Marsaglia & Tsang 2000). */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A Poisson count: how many exponential gaps fit in. For means of some tens at most. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let time = exponential(random, 1); time < mean; time += exponential(random, 1)) count += 1;
  return count;
}

export function binomial(random: Random, n: number, p: number): number {
  let count = 0;
  for (let turn = 0; turn < n; turn += 1) if (random() < p) count += 1;
  return count;
}

export function between(random: Random, lower: number, upper: number): number {
  return lower + random() * (upper - lower);
}
