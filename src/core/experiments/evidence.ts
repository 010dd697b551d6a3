import type { Fault } from '../measures/experiment/faults.ts';
import type { Verdict } from '../measures/experiment/verdict.ts';
import type { Interval } from '../measures/rates/interval.ts';

/** One unit and what became of it. Epoch milliseconds. */
export type TrialUnit = {
  readonly unit: string;
  readonly arm: string;
  /** The allocation when it was assigned, in the order of the arms. */
  readonly shares: readonly number[];
  readonly assignedAt: number;
  /** When the first outcome was, as far as it is known. */
  readonly outcomeAt?: number;
  /** Place in the order in which outcomes were recorded. */
  readonly outcomeN?: number;
  readonly outcomeRecordedAt?: number;
  readonly outcomeSource?: string;
  readonly outcomeDetector?: string;
  readonly exitAt?: number;
};

/** How far the words went. */
export type TrialFunnel = {
  readonly unit: string;
  readonly due: boolean;
  readonly sent: boolean;
  readonly delivered: boolean;
  readonly answered: boolean;
  readonly verified: boolean;
  readonly held: boolean;
};

/** Everything that is known of an experiment at one moment. */
export type TrialEvidence = {
  readonly now: number;
  readonly units: readonly TrialUnit[];
  readonly funnel: readonly TrialFunnel[];
  /** First of a unit, by guardrail, in the order in which they came. */
  readonly guardrails: readonly { readonly id: string; readonly unit: string; readonly at: number }[];
  /** Until when the sources of the behaviour were heard; what was later is not known. */
  readonly watchedUntil: number;
  /** Opportunities of each unit since it was assigned; empty where none are counted. */
  readonly opportunities: ReadonlyMap<string, number>;
  /** Cases of each cluster in its window; empty where people are the units. */
  readonly cases: ReadonlyMap<string, number>;
  /** How many people a cluster has; 1 where it is no team. */
  readonly size: (unit: string) => number;
};

export type ArmFigures = {
  readonly arm: string;
  readonly share: number;
  readonly assigned: number;
  readonly outcomes: number;
  readonly exits: number;
  readonly due: number;
  readonly sent: number;
  readonly delivered: number;
  readonly answered: number;
  readonly verified: number;
  readonly held: number;
  /** Chances that its people had in their windows; left out where nobody counts them by unit. */
  readonly opportunities?: { readonly n: number; readonly people: number };
  /** Within the window, who left competing; null where too few were followed. */
  readonly risk: { readonly value: number; readonly lower: number; readonly upper: number } | null;
};

/** An arm against the usual one. */
export type Comparison = Omit<Verdict, 'e' | 'p' | 'decidedAt' | 'riskRatio'> & {
  readonly arm: string;
  /** Null where clusters are compared, of which only the end may be looked at. */
  readonly e: number | null;
  readonly p: number | null;
  readonly riskRatio: Verdict['riskRatio'] | null;
  readonly threshold: number;
  readonly decidedAt: number | null;
  /** Usual risk less that of the arm. Approximate while windows are open. */
  readonly gap: (Interval & { readonly kind: 'approximate' | 'closed' }) | null;
  /** An effect on the outcome, and none on anything before it: somebody should look how that came about. */
  readonly isCheck: boolean;
  readonly clusters: ClusterFigures | null;
};

export type ClusterFigures = {
  readonly arm: number;
  readonly usual: number;
  /** Cases a person (a repository) in a window, arm less usual, with Welch's interval; null before the end. */
  readonly difference: { readonly value: number; readonly lower: number; readonly upper: number } | null;
};

export type Readout = {
  readonly arms: readonly ArmFigures[];
  readonly comparisons: readonly Comparison[];
  readonly watchedUntil: number;
  readonly areWindowsClosed: boolean;
};

export type { Fault };
