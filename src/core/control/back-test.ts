import type { Estimate } from '../measures/rates/interval.ts';
import { clopperPearson } from '../measures/rates/proportion.ts';
import type { BackTest } from './control.ts';
import type { Judged } from './matcher.ts';

/** Good actions of one day and source: how many there were, and what the control would do with those that are kept. */
export type SampleStratum = { readonly total: number; readonly judged: readonly Judged[] };

/** Failures are counted one by one, as all of them are kept. */
export function failuresOf(judged: readonly Judged[]): BackTest['failures'] {
  const count = (what: Judged) => judged.filter((one) => one === what).length;
  return {
    of: judged.length,
    caught: count('stops'),
    missed: count('passes'),
    notKnown: count('not-known'),
  };
}

/**
 * How many good actions would have been stopped. Each stratum is a simple random sample of what it stands for, so its
 * share weighs as much as its total; the interval is exact for a sample as large as this one is worth (Kish), and never
 * leaves what was seen. What could not be judged is left out of the claim and counted.
 */
export function goodOf(strata: readonly SampleStratum[]): BackTest['good'] {
  let [sampled, total, notKnown, known] = [0, 0, 0, 0];
  let [expected, squares, seenStopped, seenPassed] = [0, 0, 0, 0];
  let isWhole = true;
  for (const { total: all, judged } of strata) {
    if (judged.length === 0) continue;
    sampled += judged.length;
    total += all;
    const able = judged.filter((one) => one !== 'not-known');
    notKnown += judged.length - able.length;
    if (able.length === 0) continue;
    // Of the actions it stands for, as many can be judged as in the sample.
    const share = (all * able.length) / judged.length;
    const stopped = able.filter((one) => one === 'stops').length;
    known += share;
    expected += (share * stopped) / able.length;
    squares += share ** 2 / able.length;
    seenStopped += stopped;
    seenPassed += able.length - stopped;
    if (able.length < share) isWhole = false;
  }
  const counts = { sampled, total, notKnown };
  if (known === 0) return counts;
  if (isWhole) return { ...counts, stopped: { value: seenStopped, lower: seenStopped, upper: seenStopped } };
  const worth = known ** 2 / squares;
  const bounds = clopperPearson({ x: (expected / known) * worth, n: worth });
  const stopped: Estimate = {
    value: expected,
    lower: Math.max(seenStopped, bounds.lower * known),
    upper: Math.min(known - seenPassed, bounds.upper * known),
  };
  return { ...counts, stopped };
}
