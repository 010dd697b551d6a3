import type { Interval } from '../rates/interval.ts';
import { isEquivalent } from './equivalence.ts';
import type { Fault } from './faults.ts';
import { holm } from './multiplicity.ts';
import { detectableHazardRatio } from './plan.ts';
import type { SplitRun } from './split-run.ts';
import { alwaysValidP, evidenceMin } from './split-test.ts';

export const verdictCodes = [
  'broken',
  'worse',
  'not-enough',
  'works',
  'no-difference',
  'cannot-tell',
  'too-early',
] as const;
export type VerdictCode = (typeof verdictCodes)[number];

/** A measure that must not suffer: reports, help requests, `wrong` replies, false positives; first per unit. */
export type Guardrail = {
  readonly id: string;
  /** Which way harms: more of it in the arm, or less. */
  readonly harmIs: 'more' | 'less';
  readonly run: SplitRun;
};

export type Judged = {
  readonly run: SplitRun;
  /** The arm's part of the two in the allocation. */
  readonly share: number;
  readonly faults: readonly Fault[];
  readonly guardrails: readonly Guardrail[];
  /** As registered: the most first recurrences, and whether the end date has passed. */
  readonly eventsMax: number;
  readonly isPastEnd: boolean;
  /** The risks within the window where they are known; above one half the sequence drifts. */
  readonly risks?: { readonly arm: number; readonly usual: number };
};

/** What may be said of an arm. The words of each code live in packs; these are the values that they may show. */
export type Verdict = {
  readonly code: VerdictCode;
  /** First recurrences in the arm and the usual one. */
  readonly n: number;
  /** What the data leave open is null: an infinite bound cannot be written as JSON. */
  readonly riskRatio: {
    readonly value: number | null;
    readonly lower: number;
    readonly upper: number | null;
  };
  /** Evidence now, to one. */
  readonly e: number;
  readonly p: number;
  /** The smallest hazard ratio that so many events can show, for a message that helps. */
  readonly detectable: number | null;
  /** Place of the first recurrence that decided, where one did. */
  readonly decidedAt: number | null;
  readonly stopsAssignment: boolean;
  readonly faults: readonly Fault[];
  readonly harmedGuardrails: readonly string[];
  /** The interval is of a share that drifts with time: report closed windows only. */
  readonly isDrifting: boolean;
};

const eventsMin = 20;
const guardrailAlpha = 0.05;

/** The evidence at which one of several arms counts as decided: 20 for each comparison with the usual arm. */
export function evidenceThreshold(arms: number): number {
  return evidenceMin * Math.max(1, arms - 1);
}

/**
 * The first rule that matches, at every look. A run is made with `evidenceThreshold`, so its crossings are those of the
 * rule and its interval is at the level that goes with them.
 */
export function judgeArm(judged: Judged): Verdict {
  const { run, faults, risks } = judged;
  const n = run.counts.arm + run.counts.usual;
  const harmed = harmedGuardrails(judged.guardrails);
  const code = codeOf(judged, n, harmed);
  const { value, lower, upper } = run.riskRatio;
  const decidedAt = code === 'works' ? run.crossedLowerAt : code === 'worse' ? run.crossedHigherAt : null;
  return {
    code,
    n,
    riskRatio: {
      value: Number.isFinite(value) ? value : null,
      lower,
      upper: Number.isFinite(upper) ? upper : null,
    },
    e: Math.exp(Math.min(run.logE, maxLog)),
    p: run.p,
    detectable: n === 0 ? null : detectableHazardRatio(n, judged.share),
    decidedAt,
    stopsAssignment: code === 'worse',
    faults,
    harmedGuardrails: harmed,
    isDrifting: risks !== undefined && risks.arm > 0.5 && risks.usual > 0.5,
  };
}

/** Just under the logarithm of the greatest double, so that evidence stays a number. */
const maxLog = 709;

function codeOf(judged: Judged, n: number, harmed: readonly string[]): VerdictCode {
  const { run } = judged;
  if (judged.faults.length > 0) return 'broken';
  if (run.crossedHigherAt !== null || harmed.length > 0) return 'worse';
  if (n < eventsMin) return 'not-enough';
  if (run.crossedLowerAt !== null) return 'works';
  if (isEquivalent(run.riskRatio)) return 'no-difference';
  if (n >= judged.eventsMax || judged.isPastEnd) return 'cannot-tell';
  return 'too-early';
}

function harmedGuardrails(guardrails: readonly Guardrail[]): readonly string[] {
  const adjusted = holm(guardrails.map(({ run }) => alwaysValidP(run.logEMax)));
  return guardrails
    .filter(({ run, harmIs }, index) => {
      const isMore = run.riskRatio.value > 1;
      return (adjusted[index] ?? 1) <= guardrailAlpha && isMore === (harmIs === 'more');
    })
    .map(({ id }) => id);
}

/** While windows are open: by how much of 1 the arm may lower the usual risk. Call it approximate. */
export function openRiskGap(usualRisk: number, { lower, upper }: Interval): Interval {
  return { lower: usualRisk * (1 - upper), upper: usualRisk * (1 - lower) };
}
