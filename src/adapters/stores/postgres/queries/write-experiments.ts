import { type Kysely, sql } from 'kysely';
import type {
  ExperimentArmRow,
  ExperimentRow,
  ExperimentUnitRow,
  NewExit,
  NewOutcome,
  ReadoutRow,
} from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';
import {
  type ArmRecord,
  armOf,
  assignedOf,
  type ExperimentRecord,
  experimentOf,
  type UnitRecord,
} from './experiment-rows.ts';

type Db = Kysely<unknown>;

export async function insertExperiment(db: Db, row: ExperimentRow): Promise<boolean> {
  const added =
    await sql`insert into experiments (id, state, behaviour, moment, document, hash, registered_at,
      registered_by, registered_by_name, chain, seq, head)
    values (${row.id}, ${row.state}, ${row.behaviour}, ${row.moment}, ${row.document}, ${row.hash},
      ${row.registeredAt}, ${row.registeredBy}, ${row.registeredByName}, ${row.chain}::uuid, ${row.seq}, ${row.head})
    on conflict do nothing returning id`.execute(db);
  return added.rows.length === 1;
}

export async function lockExperiment(db: Db, id: string): Promise<ExperimentRow | undefined> {
  const found = await sql<ExperimentRecord>`select * from experiments where id = ${id} for update`.execute(
    db,
  );
  const record = found.rows[0];
  return record === undefined ? undefined : experimentOf(record);
}

/** The document and its hash stay as they were registered. */
export async function saveExperiment(db: Db, row: ExperimentRow): Promise<void> {
  await sql`update experiments set state = ${row.state}, started_at = ${row.startedAt ?? null},
      started_by_name = ${row.startedByName ?? null}, ended_at = ${row.endedAt ?? null},
      end_reason = ${row.endReason ?? null}, pseudonym_key = ${row.pseudonymKey ?? null},
      salt = ${row.salt ?? null}, forgotten_at = ${row.forgottenAt ?? null}, seq = ${row.seq}, head = ${row.head}
    where id = ${row.id}`.execute(db);
}

export async function runningExperiments(
  db: Db,
): Promise<readonly { readonly row: ExperimentRow; readonly arms: readonly ExperimentArmRow[] }[]> {
  const found =
    await sql<ExperimentRecord>`select * from experiments where state = 'running' order by id`.execute(db);
  if (found.rows.length === 0) return [];
  const arms = await sql<ArmRecord>`select a.* from experiment_arms a
    join experiments e on e.id = a.experiment and e.state = 'running'`.execute(db);
  return found.rows.map((record) => ({
    row: experimentOf(record),
    arms: arms.rows.filter(({ experiment }) => experiment === record.id).map(armOf),
  }));
}

export async function assignedUnits(
  db: Db,
  pairs: readonly { readonly experiment: string; readonly unit: string }[],
): Promise<readonly ExperimentUnitRow[]> {
  if (pairs.length === 0) return [];
  const found = await sql<UnitRecord>`select u.* from experiment_units u
    join ${recordset(pairs, 'experiment text, unit uuid')}
      on t.experiment = u.experiment and t.unit = u.unit`.execute(db);
  return found.rows.map(assignedOf);
}

export async function assignUnits(db: Db, rows: readonly ExperimentUnitRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = `experiment text, unit uuid, arm text, shares json, "assignedAt" bigint, loop uuid, habit uuid,
    team text, taxonomy text`;
  // Sorted, so that two workers take the same rows in one order.
  await sql`insert into experiment_units (experiment, unit, arm, shares, assigned_at, loop_id, habit, team, taxonomy)
    select experiment, unit, arm, shares, "assignedAt", loop, habit, team, taxonomy from ${recordset(rows, columns)}
    order by experiment, unit on conflict do nothing`.execute(db);
}

/** Numbers go on from the greatest: a late report never moves what was counted before. */
export async function recordOutcomes(
  db: Db,
  experiment: string,
  outcomes: readonly NewOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = outcomes.map((outcome, n) => ({ ...outcome, n }));
  const columns = 'unit uuid, at bigint, "recordedAt" bigint, source text, detector text, n integer';
  await sql`update experiment_units u set outcome_at = t.at, outcome_recorded_at = t."recordedAt",
      outcome_source = t.source, outcome_detector = t.detector,
      outcome_n = t.n + (select coalesce(max(outcome_n), -1) + 1 from experiment_units where experiment = ${experiment})
    from ${recordset(rows, columns)}
    where u.experiment = ${experiment} and u.unit = t.unit and u.outcome_at is null`.execute(db);
}

export async function recordExits(db: Db, experiment: string, exits: readonly NewExit[]): Promise<void> {
  if (exits.length === 0) return;
  await sql`update experiment_units u set exit_at = t.at, exit_kind = t.kind
    from ${recordset(exits, 'unit uuid, at bigint, kind text')}
    where u.experiment = ${experiment} and u.unit = t.unit and u.exit_at is null`.execute(db);
}

export async function saveReadout(db: Db, row: ReadoutRow): Promise<void> {
  await sql`insert into experiment_readouts (experiment, looked_at, readout)
    select experiment, at, readout from ${recordset([row], 'experiment text, at bigint, readout json')}
    on conflict (experiment) do update set looked_at = excluded.looked_at, readout = excluded.readout`.execute(
    db,
  );
}

export async function forgetUnits(db: Db, experiment: string): Promise<void> {
  await sql`update experiment_units set loop_id = null, habit = null, team = null
    where experiment = ${experiment}`.execute(db);
  await sql`update messages set unit = null where experiment = ${experiment}`.execute(db);
}

export async function saveExperimentArms(db: Db, rows: readonly ExperimentArmRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns =
    'experiment text, arm text, "crossedLowerAt" bigint, "crossedHigherAt" bigint, "stoppedAt" bigint';
  await sql`insert into experiment_arms (experiment, arm, crossed_lower_at, crossed_higher_at, stopped_at)
    select experiment, arm, "crossedLowerAt", "crossedHigherAt", "stoppedAt" from ${recordset(rows, columns)}
    order by experiment, arm
    on conflict (experiment, arm) do update set
      crossed_lower_at = coalesce(experiment_arms.crossed_lower_at, excluded.crossed_lower_at),
      crossed_higher_at = coalesce(experiment_arms.crossed_higher_at, excluded.crossed_higher_at),
      stopped_at = coalesce(experiment_arms.stopped_at, excluded.stopped_at)`.execute(db);
}
