import type { Readout, TrialFunnel, TrialUnit } from '../core/experiments/evidence.ts';
import type { Moment } from '../core/message.ts';
import type { Principal } from './principal.ts';
import type { ExitRow } from './store-measures.ts';

export const experimentStates = ['registered', 'running', 'stopped', 'ended'] as const;
export type ExperimentState = (typeof experimentStates)[number];

/** A registered experiment. Epoch milliseconds. */
export type ExperimentRow = {
  readonly id: string;
  readonly state: ExperimentState;
  readonly behaviour: string;
  readonly moment: Moment;
  /** Canonical JSON, exactly as hashed; never changed. */
  readonly document: string;
  readonly hash: string;
  readonly registeredAt: number;
  /** Id of the principal. */
  readonly registeredBy: string;
  readonly registeredByName: string;
  readonly startedAt?: number;
  readonly startedByName?: string;
  readonly endedAt?: number;
  /** `stopped` by a person with their reason, `end-date`, `recurrences` or `harm`. */
  readonly endReason?: string;
  /** Key and salt of its pseudonyms from the start until nobody is followed any more: then the salt is gone for ever. */
  readonly pseudonymKey?: string;
  readonly salt?: string;
  readonly forgottenAt?: number;
  /** Its own ledger chain: the id under which entries stand, their number and the hash of the last. */
  readonly chain: string;
  readonly seq: number;
  readonly head: string;
};

/** Assigned for ever. */
export type ExperimentUnitRow = {
  readonly experiment: string;
  /** Pseudonym. */
  readonly unit: string;
  readonly arm: string;
  /** The allocation at that moment, in the order of the arms. */
  readonly shares: readonly number[];
  readonly assignedAt: number;
  /** The case about which words fell due; gone when nobody is followed any more. */
  readonly loop?: string;
  readonly habit?: string;
  readonly team?: string;
  /** Version of the behaviour in the packs. */
  readonly taxonomy: string;
};

/** What became of a unit. The first of it stays. */
export type FollowedUnit = ExperimentUnitRow & TrialUnit & { readonly exitKind?: string };

/** An outcome that is not noted yet. */
export type NewOutcome = {
  readonly unit: string;
  readonly at: number;
  readonly recordedAt: number;
  readonly source?: string;
  readonly detector?: string;
};

export type NewExit = { readonly unit: string; readonly at: number; readonly kind: string };

/** What an arm came to. What was reached once stays. */
export type ExperimentArmRow = {
  readonly experiment: string;
  readonly arm: string;
  /** When evidence reached the threshold for it, or against it. */
  readonly crossedLowerAt?: number;
  readonly crossedHigherAt?: number;
  /** From then on nobody new is assigned to it. */
  readonly stoppedAt?: number;
};

/** What the last look saw. */
export type ReadoutRow = { readonly experiment: string; readonly at: number; readonly readout: Readout };

/** What outcomes are looked for. */
export type OutcomeAsk = {
  readonly experiment: string;
  readonly behaviour: string;
  readonly outcome: string;
  readonly unit: 'person' | 'team' | 'repository';
  readonly windowMs: number;
  /** That something did not happen is known as far as somebody listened. */
  readonly watchedUntil: number;
  /** Sources in which people report themselves or others: they never count as a recurrence. */
  readonly selfReporting: readonly string[];
};

/** The first time that a unit answered so. */
export type UnitAnswer = { readonly unit: string; readonly answer: string; readonly at: number };

/** Part of `StoreRead`. Figures are of people of all teams: others see the experiments and no units. */
export interface ExperimentRead {
  experiments(principal: Principal): Promise<readonly ExperimentRow[]>;
  experiment(principal: Principal, id: string): Promise<ExperimentRow | undefined>;
  experimentArms(principal: Principal, id: string): Promise<readonly ExperimentArmRow[]>;
  /** As the last look left them; none for whoever does not see all teams. */
  experimentReadouts(principal: Principal, ids: readonly string[]): Promise<readonly ReadoutRow[]>;
  /** In the order of assignment. */
  followedUnits(principal: Principal, id: string): Promise<readonly FollowedUnit[]>;
  /** First outcomes that happened and are not noted yet, in the order of the ledger. */
  newOutcomes(principal: Principal, ask: OutcomeAsk): Promise<readonly NewOutcome[]>;
  experimentFunnel(principal: Principal, id: string, now: number): Promise<readonly TrialFunnel[]>;
  experimentAnswers(principal: Principal, id: string): Promise<readonly UnitAnswer[]>;
  /** When owners did what is hoped for, since an instant. */
  wantedBy(
    principal: Principal,
    behaviour: string,
    since: number,
  ): Promise<readonly { readonly owner: string; readonly at: number }[]>;
  /** Cases of each team or repository since an instant, machine-detected ones. */
  clusterCases(
    principal: Principal,
    ask: OutcomeAsk,
  ): Promise<readonly { readonly unit: string; readonly n: number }[]>;
  /** Chances of the behaviour that the team of each unit had in its window. */
  clusterChances(
    principal: Principal,
    ask: Pick<OutcomeAsk, 'experiment' | 'behaviour' | 'windowMs'>,
  ): Promise<readonly { readonly unit: string; readonly n: number }[]>;
  /** When units of measures went out of sight, the earliest first. */
  unitExits(principal: Principal, units: readonly string[]): Promise<readonly ExitRow[]>;
  /** Repositories with cases. */
  repositoriesSeen(principal: Principal): Promise<number>;
  /** Last days on which the sources of a behaviour's cases spoke, `YYYY-MM-DD`. */
  behaviourSources(
    principal: Principal,
    behaviour: string,
    since: number,
  ): Promise<readonly { readonly source: string; readonly last: string }[]>;
}

/** Part of `StoreWrite`. */
export interface ExperimentWrite {
  /** False when the id is taken. */
  insertExperiment(row: ExperimentRow): Promise<boolean>;
  /** Locks it. */
  lockExperiment(id: string): Promise<ExperimentRow | undefined>;
  saveExperiment(row: ExperimentRow): Promise<void>;
  runningExperiments(): Promise<
    readonly { readonly row: ExperimentRow; readonly arms: readonly ExperimentArmRow[] }[]
  >;
  assignedUnits(
    pairs: readonly { readonly experiment: string; readonly unit: string }[],
  ): Promise<readonly ExperimentUnitRow[]>;
  /** Those that are known already stay as they are. */
  assignUnits(rows: readonly ExperimentUnitRow[]): Promise<void>;
  recordOutcomes(experiment: string, outcomes: readonly NewOutcome[]): Promise<void>;
  recordExits(experiment: string, exits: readonly NewExit[]): Promise<void>;
  saveReadout(row: ReadoutRow): Promise<void>;
  /** Cuts what leads from the units of an experiment to people: the case, the habit, the team, the messages. */
  forgetUnits(experiment: string): Promise<void>;
  /** What was reached before stays. */
  saveExperimentArms(rows: readonly ExperimentArmRow[]): Promise<void>;
}
