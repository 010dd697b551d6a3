import type { Estimate } from '../rates/interval.ts';
import { alwaysValidP, evidenceMin, type SplitCounts, splitLogStep, splitRiskRatio } from './split-test.ts';

/** One arm against the usual one, over first recurrences in the order in which they were recorded. */
export type SplitRun = {
  readonly counts: SplitCounts;
  /** ln of the evidence now, which e-BH takes, and the greatest so far, which verdict and p take. */
  readonly logE: number;
  readonly logEMax: number;
  readonly p: number;
  /** Place in the order at which the evidence first reached the threshold, by the direction then; they stay. */
  readonly crossedLowerAt: number | null;
  readonly crossedHigherAt: number | null;
  readonly riskRatio: Estimate;
};

/**
 * The order is that of the record, not of the events' times: a late import must not rewrite the past. `share` is the
 * arm's part of the two in the allocation; with several arms the threshold is 20 for each of them.
 */
export function runSplit(
  isArm: readonly boolean[],
  share: number,
  threshold: number = evidenceMin,
): SplitRun {
  let [arm, logE, logEMax] = [0, 0, 0];
  let crossedLowerAt: number | null = null;
  let crossedHigherAt: number | null = null;
  for (const [index, inArm] of isArm.entries()) {
    logE += inArm ? splitLogStep(arm, index, share) : splitLogStep(index - arm, index, 1 - share);
    if (inArm) arm += 1;
    logEMax = Math.max(logEMax, logE);
    if (logE < Math.log(threshold)) continue;
    if (arm / (index + 1) < share) crossedLowerAt ??= index;
    else crossedHigherAt ??= index;
  }
  const counts = { arm, usual: isArm.length - arm };
  const riskRatio = splitRiskRatio(counts, share, threshold);
  return { counts, logE, logEMax, p: alwaysValidP(logEMax), crossedLowerAt, crossedHigherAt, riskRatio };
}
