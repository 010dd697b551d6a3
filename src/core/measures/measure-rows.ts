import type { Actor } from '../event.ts';
import type { Move } from '../taxonomy/remap.ts';
import type { UnitSums } from './rates/unit-sums.ts';

/** What is asked of the store. Months are UTC, `YYYY-MM`, both inclusive. */
export type MeasureFilter = {
  /** All of them unless given. */
  readonly behaviour?: string;
  readonly teams: 'all' | readonly string[];
  readonly kind?: Actor['type'];
  readonly months?: { readonly from: string; readonly to: string };
  /** What the answer is grouped by; one group, named by an empty text, unless given. */
  readonly by?: 'team' | 'kind' | 'behaviour';
  readonly asOf: number;
  /** Cases that count elsewhere than where they were judged. Chances stay where they were counted. */
  readonly moves?: readonly Move[];
};

/** Failures and opportunities; the units are months of a team. `uncounted` failures had no opportunities logged. */
export type CellRow = { readonly group: string; readonly sums: UnitSums; readonly uncounted: number };

export const timeNames = ['owner', 'reply', 'claim', 'fix'] as const;
export type TimeName = (typeof timeNames)[number];

/** So many loops were followed for so many hours, to the event or to the end of sight. */
export type TimeRow = {
  readonly group: string;
  readonly name: TimeName;
  readonly hours: number;
  readonly isEvent: boolean;
  readonly n: number;
};

/**
 * How a unit goes out of sight without having learnt. `left`: the person left. `moved`: the person works for another
 * team. `gone`: the workload or agent was disabled, deleted or retired.
 */
export const exitReasons = ['left', 'moved', 'gone'] as const;
export type ExitReason = (typeof exitReasons)[number];

/** A loop, from the proof of its fix, to a case that goes back to it. */
export type RelapseRow = {
  readonly group: string;
  readonly hours: number;
  /** Null while it is followed. */
  readonly cause: 'again' | ExitReason | null;
  readonly n: number;
};

/**
 * So many units were followed for so many hours from when somebody was first to be told of them, and had new cases at
 * these, a day later or more: the first of them is the recurrence.
 */
export type RepeatRow = {
  readonly group: string;
  readonly until: number;
  /** Why sight ends then; null where they are followed still. */
  readonly exit: ExitReason | null;
  readonly events: readonly number[];
  readonly n: number;
};

export type CountRow = {
  readonly group: string;
  /** Cases that stand, and those of them that nobody's habit is known for. */
  readonly failures: number;
  readonly withoutUnit: number;
  readonly assigned: number;
  readonly sent: number;
  readonly delivered: number;
  readonly answered: number;
  readonly verified: number;
  readonly held: number;
  /** A message reached an owner who is known surely enough. */
  readonly reached: number;
  readonly reroutes: number;
  /** How often words were put off by whoever was asked. */
  readonly snoozes: number;
  /** Of loops opened thirty days ago or earlier. */
  readonly settled: {
    readonly loops: number;
    readonly verified: number;
    readonly messages: number;
    readonly decisions: number;
  };
};

/** Of one simulation; an empty one stands for what belongs to none. */
export type StratumRow = {
  readonly group: string;
  readonly source: string;
  readonly campaign: string;
  readonly failures: number;
  readonly opportunities: number;
};

/** Cases of units in two windows of equal length, one after the other. */
export type ChangeRow = {
  readonly group: string;
  readonly units: number;
  /** Units with a case in the first window, and their cases in both. */
  readonly affected: number;
  readonly before: number;
  readonly beforeSquares: number;
  readonly after: number;
};

/** A month as it stood when it was closed, and as it stands. */
export type RevisionRow = {
  readonly month: string;
  readonly closedAt: number | null;
  readonly was: { readonly failures: number; readonly opportunities: number };
  readonly is: { readonly failures: number; readonly opportunities: number };
};

/** Up to where figures count. */
export type Watermark = {
  /** Cases that were looked at. */
  readonly loops: number;
  /** The latest change of one of them. */
  readonly changedAt: number | null;
  /** The latest receipt that was taken. */
  readonly receiptAt: number | null;
  /** The latest signed checkpoint of the ledger. */
  readonly checkpoint: number | null;
};

/** How many units of a team had a case that stands. */
export type AffectedRow = { readonly team: string; readonly units: number };

/** Curves go as far as this. */
export const horizonHours = 90 * 24;
/** A new case so soon is the same episode. */
export const episodeMs = 86_400_000;
/** Windows of the comparison before and after. */
export const changeWindowMs = 90 * 86_400_000;
/** A loop younger than this may still be mended. */
export const settledMs = 30 * 86_400_000;
