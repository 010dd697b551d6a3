import { chi2Tails } from '../numeric/distributions.ts';
import { splitLogE } from './split-test.ts';

/** Below this the counts do not fit the allocation, and no result is shown. Looked at daily it errs in about 1 %. */
export const sampleRatioPMin = 0.001;

export type SampleRatio = {
  readonly chi2: number;
  readonly p: number;
  /** The evidence of the split test on the same counts: weaker, valid at every look. */
  readonly logE: number;
  readonly isMismatch: boolean;
};

/** Do the counts of units per arm fit the allocation (Fabijan et al., KDD 2019)? */
export function sampleRatio(counts: readonly number[], allocation: readonly number[]): SampleRatio {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { chi2: 0, p: 1, logE: 0, isMismatch: false };
  const chi2 = allocation.reduce((sum, share, arm) => {
    const expected = total * share;
    return sum + ((counts[arm] ?? 0) - expected) ** 2 / expected;
  }, 0);
  const p = chi2Tails(chi2, allocation.length - 1).upper;
  // The prior's weight is that of two arms for any number of them.
  return { chi2, p, logE: splitLogE(counts, allocation, 20), isMismatch: p < sampleRatioPMin };
}
