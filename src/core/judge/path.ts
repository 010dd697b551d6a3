import type { ExpectedPath } from '../behaviour.ts';
import { durationMs } from '../duration.ts';

/** That a step was seen: who did it, when first and when last. Epoch milliseconds. */
export type StepSeen = {
  readonly step: string;
  /** Empty where the source does not say who. */
  readonly who: string;
  readonly firstAt: number;
  readonly lastAt: number;
};

/** The first step of an approved path that does not stand as it should. */
export type BrokenStep = {
  readonly step: string;
  readonly how: 'skipped' | 'out-of-order' | 'wrong-actor';
};

/**
 * Replays what was observed of one undertaking against its approved path, backwards from the deed, and names the first
 * step that was skipped, came too late, or was done only by somebody who may not do it. More steps seen never break a
 * path that stood, so news in any order leads to the same end.
 *
 * @param at when the deed was done
 * @param isKnown whether the installation sees this step at all: silence of a source that never spoke proves nothing
 */
export function judgePath(
  path: Pick<ExpectedPath, 'steps' | 'within'>,
  seen: readonly StepSeen[],
  at: number,
  isKnown: (step: string) => boolean,
): BrokenStep | undefined {
  const from = at - durationMs(path.within);
  const inTime = seen.filter(({ lastAt }) => lastAt >= from);
  let before = at;
  let broken: BrokenStep | undefined;
  for (const step of path.steps.toReversed()) {
    const marks = inTime.filter((mark) => mark.step === step.id);
    if (marks.length === 0) {
      if (!step.optional && isKnown(step.id)) broken = { step: step.id, how: 'skipped' };
      continue;
    }
    const early = marks.filter(({ firstAt }) => firstAt <= before);
    if (early.length === 0) {
      if (!step.optional) broken = { step: step.id, how: 'out-of-order' };
      continue;
    }
    const barred =
      step.actorNot === undefined
        ? new Set<string>()
        : new Set(inTime.filter((mark) => mark.step === step.actorNot).map(({ who }) => who));
    const right = early.filter(({ who }) => who === '' || !barred.has(who));
    if (right.length === 0) {
      broken = { step: step.id, how: 'wrong-actor' };
      continue;
    }
    before = Math.max(...right.map(({ firstAt, lastAt }) => (lastAt <= before ? lastAt : firstAt)));
  }
  return broken;
}
