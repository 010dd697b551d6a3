import { solvePositive } from '../numeric/solve.ts';
import type { Estimate } from '../rates/interval.ts';
import { evidenceMin } from './split-test.ts';

/** First recurrences of units that were assigned while the arm's part of the two was `share`. */
export type ShareCounts = { readonly share: number; readonly arm: number; readonly usual: number };

// Effects from a twentieth to twentyfold, most weight near none: as wide as the split test's prior at even shares.
const gridEnd = 3;
const gridStep = 0.05;
const gridSd = 0.5;
const grid = Array.from({ length: Math.round((2 * gridEnd) / gridStep) + 1 }, (_, index) => {
  const logRatio = -gridEnd + index * gridStep;
  return { logRatio, weight: Math.exp(-((logRatio / gridSd) ** 2) / 2) };
});
const gridWeight = grid.reduce((sum, { weight }) => sum + weight, 0);

/**
 * The split test where the allocation changed on the way: each unit counts with the shares at its own assignment, and
 * the evidence is a mixture over a grid of risk ratios. The same guarantee at every look.
 */
export function splitVarying(
  groups: readonly ShareCounts[],
  threshold: number = evidenceMin,
): { readonly logE: number; readonly riskRatio: Estimate } {
  const arm = groups.reduce((sum, group) => sum + group.arm, 0);
  const usual = groups.reduce((sum, group) => sum + group.usual, 0);
  // The logarithm of the likelihood of a risk ratio, against that of no effect.
  const likelihood = (ratio: number) =>
    groups.reduce(
      (sum, group) => sum - (group.arm + group.usual) * Math.log1p(group.share * (ratio - 1)),
      arm === 0 ? 0 : arm * Math.log(ratio),
    );
  const logs = grid.map(
    ({ logRatio, weight }) => likelihood(Math.exp(logRatio)) + Math.log(weight / gridWeight),
  );
  const most = Math.max(...logs);
  const logE = most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
  const isOut = (ratio: number) => logE - likelihood(ratio) >= Math.log(threshold);
  const value =
    usual === 0 && arm > 0
      ? Number.POSITIVE_INFINITY
      : solvePositive((ratio) => expectedInArm(groups, ratio) < arm);
  return {
    logE,
    riskRatio: {
      value,
      lower: arm === 0 ? 0 : solvePositive((ratio) => ratio < value && isOut(ratio)),
      upper:
        usual === 0 ? Number.POSITIVE_INFINITY : solvePositive((ratio) => ratio <= value || !isOut(ratio)),
    },
  };
}

function expectedInArm(groups: readonly ShareCounts[], ratio: number): number {
  return groups.reduce(
    (sum, { share, arm, usual }) => sum + ((arm + usual) * share * ratio) / (1 + share * (ratio - 1)),
    0,
  );
}
