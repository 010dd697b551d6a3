import type { Moment } from '../../../../core/message.ts';
import {
  type ExperimentArmRow,
  type ExperimentRow,
  type ExperimentUnitRow,
  experimentStates,
  type FollowedUnit,
} from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Big = number | string;

const numberOf = (value: Big | null) => (value === null ? undefined : Number(value));

export type ExperimentRecord = {
  readonly id: string;
  readonly state: string;
  readonly behaviour: string;
  readonly moment: Moment;
  readonly document: string;
  readonly hash: string;
  readonly registered_at: Big;
  readonly registered_by: string;
  readonly registered_by_name: string;
  readonly started_at: Big | null;
  readonly started_by_name: string | null;
  readonly ended_at: Big | null;
  readonly end_reason: string | null;
  readonly pseudonym_key: string | null;
  readonly salt: string | null;
  readonly forgotten_at: Big | null;
  readonly chain: string;
  readonly seq: number;
  readonly head: string;
};

export function experimentOf(record: ExperimentRecord): ExperimentRow {
  const { id, behaviour, moment, document, hash, seq, head } = record;
  return {
    id,
    state: experimentStates.find((state) => state === record.state) ?? 'ended',
    behaviour,
    moment,
    document,
    hash,
    registeredAt: Number(record.registered_at),
    registeredBy: record.registered_by,
    registeredByName: record.registered_by_name,
    ...optional('startedAt', numberOf(record.started_at)),
    ...optional('startedByName', record.started_by_name),
    ...optional('endedAt', numberOf(record.ended_at)),
    ...optional('endReason', record.end_reason),
    ...optional('pseudonymKey', record.pseudonym_key),
    ...optional('salt', record.salt),
    ...optional('forgottenAt', numberOf(record.forgotten_at)),
    chain: idOf(record.chain),
    seq,
    head,
  };
}

export type UnitRecord = {
  readonly experiment: string;
  readonly unit: string;
  readonly arm: string;
  readonly shares: readonly number[];
  readonly assigned_at: Big;
  readonly loop_id: string | null;
  readonly habit: string | null;
  readonly team: string | null;
  readonly taxonomy: string;
  readonly outcome_at: Big | null;
  readonly outcome_n: number | null;
  readonly outcome_recorded_at: Big | null;
  readonly outcome_source: string | null;
  readonly outcome_detector: string | null;
  readonly exit_at: Big | null;
  readonly exit_kind: string | null;
};

export function assignedOf(record: UnitRecord): ExperimentUnitRow {
  const { experiment, unit, arm, shares, taxonomy } = record;
  return {
    experiment,
    unit: idOf(unit),
    arm,
    shares,
    assignedAt: Number(record.assigned_at),
    ...optional('loop', record.loop_id === null ? null : idOf(record.loop_id)),
    ...optional('habit', record.habit === null ? null : idOf(record.habit)),
    ...optional('team', record.team),
    taxonomy,
  };
}

export function followedOf(record: UnitRecord): FollowedUnit {
  return {
    ...assignedOf(record),
    ...optional('outcomeAt', numberOf(record.outcome_at)),
    ...optional('outcomeN', record.outcome_n),
    ...optional('outcomeRecordedAt', numberOf(record.outcome_recorded_at)),
    ...optional('outcomeSource', record.outcome_source),
    ...optional('outcomeDetector', record.outcome_detector),
    ...optional('exitAt', numberOf(record.exit_at)),
    ...optional('exitKind', record.exit_kind),
  };
}

export type ArmRecord = {
  readonly experiment: string;
  readonly arm: string;
  readonly crossed_lower_at: Big | null;
  readonly crossed_higher_at: Big | null;
  readonly stopped_at: Big | null;
};

export function armOf(record: ArmRecord): ExperimentArmRow {
  return {
    experiment: record.experiment,
    arm: record.arm,
    ...optional('crossedLowerAt', numberOf(record.crossed_lower_at)),
    ...optional('crossedHigherAt', numberOf(record.crossed_higher_at)),
    ...optional('stoppedAt', numberOf(record.stopped_at)),
  };
}
