import { tQuantile, tTails } from '../numeric/distributions.ts';
import type { Random } from '../numeric/seeded-random.ts';
import type { Estimate } from '../rates/interval.ts';

/** Fewer clusters an arm are refused; under about 20 the power is below one half (Leyrat et al. 2018). */
export const clustersMin = 6;
const exactMax = 20_000;
const drawn = 9_999;

/**
 * Two-sided p for the difference of the arms' means, one value a cluster: over all ways to share out the arms, or, when
 * there are more than 20,000, over 9,999 drawn ones (Phipson & Smyth 2010: p = (1 + b) / (1 + B)).
 */
export function permutationP(one: readonly number[], other: readonly number[], random: Random): number {
  const all = [...one, ...other];
  const sum = all.reduce((total, value) => total + value, 0);
  const size = one.length;
  const apart = (part: number) => Math.abs(part / size - (sum - part) / other.length);
  const scale = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const observed = apart(one.reduce((total, value) => total + value, 0)) - 1e-12 * scale;
  if (ways(all.length, size) <= exactMax) {
    let [asExtreme, count] = [0, 0];
    for (const part of partSums(all, size)) {
      count += 1;
      if (apart(part) >= observed) asExtreme += 1;
    }
    return asExtreme / count;
  }
  let asExtreme = 0;
  for (let turn = 0; turn < drawn; turn += 1)
    if (apart(drawSum(all, size, random)) >= observed) asExtreme += 1;
  return (1 + asExtreme) / (1 + drawn);
}

function ways(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k && count <= exactMax; i += 1) count = (count * (n - k + i)) / i;
  return count;
}

function* partSums(values: readonly number[], size: number, from = 0, sum = 0): Generator<number> {
  if (size === 0) yield sum;
  else
    for (let at = from; at <= values.length - size; at += 1)
      yield* partSums(values, size - 1, at + 1, sum + (values[at] ?? 0));
}

/** The sum of `size` values drawn without putting back. The values may stay in the order of the last draw. */
function drawSum(values: number[], size: number, random: Random): number {
  let sum = 0;
  for (let at = 0; at < size; at += 1) {
    const taken = at + Math.floor(random() * (values.length - at));
    const value = values[taken] ?? 0;
    values[taken] = values[at] ?? 0;
    values[at] = value;
    sum += value;
  }
  return sum;
}

/** The difference of two means with unequal variances (Welch 1947). Two values or more on each side. */
export function welch(one: readonly number[], other: readonly number[], level = 0.95) {
  const [a, b] = [spreadOf(one), spreadOf(other)];
  const value = a.mean - b.mean;
  const se = Math.sqrt(a.variance + b.variance);
  const df = se ** 4 / (a.variance ** 2 / (one.length - 1) + b.variance ** 2 / (other.length - 1));
  const t = value / se;
  const half = tQuantile((1 - level) / 2, df, 'upper') * se;
  const estimate: Estimate = { value, lower: value - half, upper: value + half };
  return { ...estimate, t, df, p: 2 * tTails(Math.abs(t), df).upper };
}

/** The mean and its variance. */
function spreadOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) / values.length };
}

/** Rates per cluster of an arm and of the usual one compared, or refused for too few clusters. */
export function compareClusters(arm: readonly number[], usual: readonly number[], random: Random) {
  const clusters = Math.min(arm.length, usual.length);
  if (clusters < clustersMin) return { kind: 'too-few-clusters', clusters, clustersMin } as const;
  return { kind: 'compared', ...welch(arm, usual), permutationP: permutationP(arm, usual, random) } as const;
}
