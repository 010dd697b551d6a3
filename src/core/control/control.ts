import type { Estimate } from '../measures/rates/interval.ts';
import type { IdentifierType } from './identifier.ts';

/** What kind of change a control is. */
export const controlKinds = [
  'pre-commit',
  'push-rule',
  'cedar-policy',
  'branch-protection',
  'environment-protection',
  'iam-narrowing',
  'codeowners',
  'ci-step',
] as const;
export type ControlKind = (typeof controlKinds)[number];

/**
 * Whose mistakes it makes harder. `owner`: those of one workload or agent, never of one person; `id` is the keyed hash of
 * its habit. `everyone`: of all teams, and `id` is empty.
 */
export type ControlScope = { readonly kind: 'owner' | 'team' | 'everyone'; readonly id: string };

/** One file of a patch. */
export type PatchFile = {
  /** The repository, or the system, in which it is applied. */
  readonly target: string;
  readonly path: string;
  /**
   * `create`: `text` is a unified diff that makes the file, or takes it away again. `append`: lines to add at its end,
   * whatever stands before. `remove`: those lines are taken out again.
   */
  readonly mode: 'create' | 'append' | 'remove';
  readonly text: string;
};

/** What an event named that cannot be written into a patch; a person looks at it. `shown` is masked and bounded. */
export type UnusableIdentifier = {
  readonly placeholder: string;
  readonly type: IdentifierType;
  readonly shown: string;
  readonly event: string;
};

export type ControlPatch = {
  readonly files: readonly PatchFile[];
  readonly rollback: readonly PatchFile[];
  /** What was written into it, by placeholder. */
  readonly identifiers: Readonly<Record<string, readonly string[]>>;
  readonly unusable: readonly UnusableIdentifier[];
};

/**
 * What the control would have done to what is kept. What was not evaluated is `notKnown` and no claim.
 */
export type BackTest = {
  /** Of the failures of the relapsed cases: counted, not estimated. */
  readonly failures: {
    readonly of: number;
    readonly caught: number;
    readonly missed: number;
    readonly notKnown: number;
  };
  /** Of good actions: from the sample that is kept. `total`: how many it stands for. */
  readonly good: {
    readonly sampled: number;
    readonly total: number;
    readonly notKnown: number;
    /** How many good actions would have been stopped; undefined: nothing of the sample could be evaluated. */
    readonly stopped?: Estimate;
  };
  readonly from: number;
  readonly to: number;
  /** Why something is not known, as a code; its sentence stands in the packs. */
  readonly gaps: readonly string[];
};

/** What a control was proposed for. */
export type ControlEvidence = {
  /** Relapses, the earliest first, at most `evidenceLoopsMax`. */
  readonly loops: readonly string[];
  readonly relapses: number;
  /** How many habits relapsed: people, workloads, agents, teams. */
  readonly habits: number;
  readonly firstAt: number;
  readonly lastAt: number;
};

export const evidenceLoopsMax = 50;
/** Failing events that are read for a patch and its back-test. */
export const evidenceEventsMax = 5_000;

export type ControlBody = {
  readonly evidence: ControlEvidence;
  readonly patch: ControlPatch;
  readonly backTest: BackTest;
};
