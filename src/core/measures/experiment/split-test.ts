import { shareOfOdds } from '../numeric/incomplete-beta.ts';
import { logGamma } from '../numeric/log-gamma.ts';
import { solvePositive } from '../numeric/solve.ts';
import type { Estimate } from '../rates/interval.ts';

/**
 * The split test. Without an effect the arm of each first recurrence is an independent draw with the shares of the
 * allocation, whatever people, seasons or staggered entry do. E is the evidence against that: it may be looked at after
 * every event, and reaches 20 in at most 1 of 20 experiments without an effect (Ville's inequality; Lindon & Malek,
 * NeurIPS 2022). All logarithms are natural.
 */

/** The weight of the prior, 10 per arm: chosen by simulation for effects from a fifth to a half. */
export const massPerArm = 10;

/** 1 / .05: the evidence that rejects. */
export const evidenceMin = 20;

/** ln E for counts per arm; `allocation` sums to 1. */
export function splitLogE(
  counts: readonly number[],
  allocation: readonly number[],
  mass: number = massPerArm * allocation.length,
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return allocation.reduce(
    (sum, share, arm) => {
      const count = counts[arm] ?? 0;
      return sum + logGamma(mass * share + count) - logGamma(mass * share) - count * Math.log(share);
    },
    logGamma(mass) - logGamma(mass + total),
  );
}

/** What one more event in an arm with `count` of `total` before it adds to ln E. */
export function splitLogStep(
  count: number,
  total: number,
  share: number,
  mass: number = 2 * massPerArm,
): number {
  return Math.log((mass * share + count) / ((mass + total) * share));
}

/** First recurrences in an arm and in the usual one. */
export type SplitCounts = { readonly arm: number; readonly usual: number };

/**
 * The ratio of the risks, arm to usual, with its confidence sequence: the shares that the evidence does not reject at
 * any look. `share` is the arm's part of the two in the allocation.
 */
export function splitRiskRatio(
  { arm, usual }: SplitCounts,
  share: number,
  threshold: number = evidenceMin,
  mass: number = 2 * massPerArm,
): Estimate & { readonly shareLower: number; readonly shareUpper: number } {
  const n = arm + usual;
  const evidence =
    splitLogE([arm, usual], [share, 1 - share], mass) + arm * Math.log(share) + usual * Math.log(1 - share);
  const scale = (1 - share) / share;
  // ln E against the odds of falling into the arm: convex, least at the odds observed.
  const isOut = (odds: number) =>
    evidence - arm * Math.log(odds) + n * Math.log1p(odds) >= Math.log(threshold);
  const observed = arm / usual;
  const lower = arm === 0 ? 0 : solvePositive((odds) => odds < observed && isOut(odds));
  const upper =
    usual === 0 ? Number.POSITIVE_INFINITY : solvePositive((odds) => odds <= observed || !isOut(odds));
  return {
    value: observed * scale,
    lower: lower * scale,
    upper: upper * scale,
    shareLower: shareOfOdds(lower),
    shareUpper: shareOfOdds(upper),
  };
}

/** p that stays valid at every look, from the greatest evidence so far. */
export function alwaysValidP(logEMax: number): number {
  return Math.min(1, Math.exp(-logEMax));
}
