import type { Verdict, VerdictCode } from '../core/measures/experiment/verdict.ts';
import { gatherTrial, trialReadout } from '../loop/experiments/gather.ts';
import { type LoopParts, loopPrincipal } from '../loop/parts.ts';
import { trialId } from './trial.ts';
import { type Trial, trueRiskRatio } from './true-effects.ts';

/**
 * What words do in truth, as a ratio of the risks within the window, and what the experiment says of them. An open
 * upper bound is null, and both are where something is broken.
 */
export type Effect = {
  readonly variant: string;
  readonly true: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: string;
};

const sentences: Readonly<Record<VerdictCode, string>> = {
  broken: 'broken',
  worse: 'worse',
  'not-enough': 'too early to tell',
  works: 'works',
  'no-difference': 'no difference',
  'cannot-tell': 'cannot tell',
  'too-early': 'too early to tell',
};

/** First recurrences of one arm and the usual one, in the order in which they were recorded: whether each was of the arm. */
export type Comparison = Pick<Verdict, 'code' | 'faults'> & {
  readonly variant: string;
  /** Null where something is broken: then no result is shown. */
  readonly riskRatio: Verdict['riskRatio'] | null;
  readonly isArm: readonly boolean[];
};

/** Somebody whom the experiment assigned, and their first recurrence. Epoch milliseconds. */
export type Followed = {
  readonly unit: string;
  readonly arm: string;
  readonly assignedAt: number;
  readonly outcome?: { readonly at: number; readonly recordedAt: number };
};

/** The experiment of a story as the product reads it, and whom it followed. */
export type ReadTrial = {
  readonly comparisons: readonly Comparison[];
  /** In the order in which first recurrences were recorded, then those without one. */
  readonly followed: readonly Followed[];
  /** When nobody new was assigned to an arm any more. */
  readonly stopped: readonly { readonly arm: string; readonly at: number }[];
};

export async function readTrial(parts: LoopParts): Promise<ReadTrial> {
  const { read } = parts.store;
  const row = await read.experiment(loopPrincipal, trialId);
  const trial = row === undefined ? undefined : await gatherTrial(parts, read, loopPrincipal, row);
  if (trial === undefined) throw new Error('the experiment of the story is gone');
  const { document, evidence } = trial;
  const usual = document.arms[0]?.id;
  const units = evidence.units.toSorted((a, b) => (a.outcomeN ?? last) - (b.outcomeN ?? last));
  const arms = await read.experimentArms(loopPrincipal, trialId);
  return {
    comparisons: trialReadout(trial).comparisons.map(({ arm, code, riskRatio, faults }) => {
      const at = document.arms.findIndex(({ id }) => id === arm);
      return {
        variant: arm,
        code,
        riskRatio,
        faults,
        isArm: units.flatMap((unit) => {
          const counts = unit.outcomeN !== undefined && (unit.shares[at] ?? 0) > 0;
          return counts && (unit.arm === arm || unit.arm === usual) ? [unit.arm === arm] : [];
        }),
      };
    }),
    followed: units.map(({ unit, arm, assignedAt, outcomeAt, outcomeRecordedAt }) => ({
      unit,
      arm,
      assignedAt,
      ...(outcomeAt === undefined || outcomeRecordedAt === undefined
        ? {}
        : { outcome: { at: outcomeAt, recordedAt: outcomeRecordedAt } }),
    })),
    stopped: arms.flatMap(({ arm, stoppedAt }) => (stoppedAt === undefined ? [] : [{ arm, at: stoppedAt }])),
  };
}

const last = Number.POSITIVE_INFINITY;

/** What the experiment says at the end of the story, beside what is true. */
export function effectsOf({ comparisons }: ReadTrial, trial: Trial): readonly Effect[] {
  return comparisons.map(({ variant, code, riskRatio }) => ({
    variant,
    true: rounded(trueRiskRatio(trial, variant)),
    low: riskRatio === null ? null : rounded(riskRatio.lower),
    high: riskRatio === null || riskRatio.upper === null ? null : rounded(riskRatio.upper),
    verdict: sentences[code],
  }));
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
