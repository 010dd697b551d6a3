import type { Json } from '../core/event.ts';

/** A denied attempt, as it is remembered. Epoch milliseconds. */
export type DenialNote = {
  /** `workload:shop-deploy`: type and id, as the caller named them. */
  readonly actor: string;
  readonly ruleClass: string;
  readonly rule: string;
  readonly lesson: string;
  /** Which action on which thing: `issue_token environment:production`. */
  readonly form: string;
  /** Which case of its class it belongs to: another form after a proven fix begins the next one. */
  readonly round: number;
  /** The policies in force. */
  readonly version: string;
  readonly at: number;
};

/** What an actor was refused, by class of rule. */
export type LessonRow = {
  readonly actor: string;
  readonly ruleClass: string;
  readonly rule: string;
  readonly lesson: string;
  readonly form: string;
  readonly times: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly settledAt?: number;
  readonly round: number;
  /** The policies that were in force at the last denial; undefined for those of older programs. */
  readonly version?: string;
};

export const exceptionStates = ['asked', 'approved', 'refused', 'ended'] as const;
export type ExceptionState = (typeof exceptionStates)[number];

/** One subject is let past one rule for one action on one thing, for a while. */
export type ExceptionRow = {
  readonly id: string;
  readonly rule: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly reason: string;
  /** Id of the principal who asked: never the one who decides. */
  readonly askedBy: string;
  readonly askedByName: string;
  readonly askedAt: number;
  readonly durationMs: number;
  readonly state: ExceptionState;
  readonly decidedBy?: string;
  readonly decidedByName?: string;
  readonly decidedAt?: number;
  readonly until?: number;
  /** Decisions that it changed. */
  readonly uses: number;
};

export type ExceptionVerdict = {
  readonly id: string;
  readonly state: Exclude<ExceptionState, 'asked'>;
  readonly by: string;
  readonly byName: string;
  readonly at: number;
  readonly until?: number;
};

/** A decision of the log. `body`: the request as far as policies see it, masked, and who asked. */
export type DecisionRow = {
  readonly id: string;
  readonly at: number;
  readonly outcome: string;
  readonly rule?: string;
  readonly weight: number;
  readonly version: string;
  readonly body: Json;
};
