import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { TrialFunnel } from '../../../../core/experiments/evidence.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  ExitRow,
  ExperimentArmRow,
  ExperimentRow,
  FollowedUnit,
  NewOutcome,
  OutcomeAsk,
  ReadoutRow,
  UnitAnswer,
} from '../../../../ports/store.ts';
import { idOf, optional, textArray, uuidArray } from '../rows.ts';
import {
  type ArmRecord,
  armOf,
  type ExperimentRecord,
  experimentOf,
  followedOf,
  type UnitRecord,
} from './experiment-rows.ts';

type Db = Kysely<unknown>;

/** What is registered concerns nobody by name and may be seen by whoever reads figures. */
export async function experiments(db: Db, _principal: Principal): Promise<readonly ExperimentRow[]> {
  const found =
    await sql<ExperimentRecord>`select * from experiments order by registered_at desc, id limit 500`.execute(
      db,
    );
  return found.rows.map(experimentOf);
}

export async function experiment(
  db: Db,
  _principal: Principal,
  id: string,
): Promise<ExperimentRow | undefined> {
  const found = await sql<ExperimentRecord>`select * from experiments where id = ${id}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : experimentOf(record);
}

export async function experimentArms(
  db: Db,
  _principal: Principal,
  id: string,
): Promise<readonly ExperimentArmRow[]> {
  const found = await sql<ArmRecord>`select * from experiment_arms where experiment = ${id}`.execute(db);
  return found.rows.map(armOf);
}

export async function experimentReadouts(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly ReadoutRow[]> {
  if (principal.teams !== 'all' || ids.length === 0) return [];
  const found = await sql<{ experiment: string; looked_at: number | string; readout: ReadoutRow['readout'] }>`
    select experiment, looked_at, readout from experiment_readouts
    where experiment = any(${textArray(ids)})`.execute(db);
  return found.rows.map(({ experiment: id, looked_at, readout }) => ({
    experiment: id,
    at: Number(looked_at),
    readout,
  }));
}

export async function followedUnits(
  db: Db,
  principal: Principal,
  id: string,
): Promise<readonly FollowedUnit[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<UnitRecord>`select * from experiment_units where experiment = ${id}
    order by assigned_at, unit`.execute(db);
  return found.rows.map(followedOf);
}

const firstDayMs = 86_400_000;

/** The earliest sighting of a case that a machine reported and that is trusted. */
function detectedAt(selfReporting: readonly string[]): RawBuilder<unknown> {
  return sql`cross join lateral (
    select min((k->>'at')::bigint) as at from json_array_elements(l.facts->'kept') k
    where k->>'trust' is null and not (k->>'source' = any(${textArray(selfReporting)}))
  ) seen`;
}

const counts = sql`l.is_live and not l.is_stub and l.merged_into is null
  and (l.facts->>'sightings')::integer > 0 and coalesce((l.facts->>'isUnsuppressed')::boolean, true)`;

function recurred({ experiment: id, behaviour, windowMs, selfReporting }: OutcomeAsk): RawBuilder<unknown> {
  return sql`select u.unit, seen.at, first.at as recorded_at, l.id as loop_id
    from experiment_units u
    join loops l on l.habit = u.habit and l.behaviour = ${behaviour} and l.id <> u.loop_id
      and l.last_occurred_at > u.assigned_at
    ${detectedAt(selfReporting)}
    join ledger_entries first on first.loop_id = l.id and first.seq = 1
    where u.experiment = ${id} and u.outcome_at is null and ${counts}
      and seen.at > u.assigned_at + ${firstDayMs} and seen.at <= u.assigned_at + ${windowMs}
      and (u.exit_at is null or u.exit_at >= seen.at)`;
}

/** Not verified within a time since the assignment: known when that time has passed and was watched. */
function unfixed({ experiment: id, watchedUntil }: OutcomeAsk, withinMs: number): RawBuilder<unknown> {
  return sql`select u.unit, u.assigned_at + ${withinMs} as at, u.assigned_at + ${withinMs} as recorded_at,
      null::uuid as loop_id
    from experiment_units u
    join loops own on own.id = u.loop_id
    left join loops l on l.id = own.merged_into
    where u.experiment = ${id} and u.outcome_at is null and u.assigned_at + ${withinMs} <= ${watchedUntil}
      and coalesce(coalesce(l.verified_at, own.verified_at) > u.assigned_at + ${withinMs}, true)
      and (u.exit_at is null or u.exit_at >= u.assigned_at + ${withinMs})`;
}

function outcomesOf(ask: OutcomeAsk): RawBuilder<unknown> {
  if (ask.outcome === 'recurred') return recurred(ask);
  if (ask.outcome === 'unfixed-7d') return unfixed(ask, 7 * firstDayMs);
  return sql`${recurred(ask)} union all ${unfixed(ask, ask.windowMs)}`;
}

/** First outcomes that are not noted yet, in the order of the ledger. */
export async function newOutcomes(
  db: Db,
  principal: Principal,
  ask: OutcomeAsk,
): Promise<readonly NewOutcome[]> {
  if (principal.teams !== 'all' || ask.unit !== 'person') return [];
  const found = await sql<{
    readonly unit: string;
    readonly at: number | string;
    readonly recorded_at: number | string;
    readonly source: string | null;
    readonly detector: string | null;
  }>`with found as (
      select distinct on (unit) unit, at, recorded_at, loop_id from (${outcomesOf(ask)}) o
      order by unit, at, recorded_at
    )
    select f.unit, f.at, f.recorded_at, e.source,
      concat_ws('@', e.body->'detector'->>'name', e.body->'detector'->>'version') as detector
    from found f left join lateral (
      select source, body from events where loop_id = f.loop_id and occurred_at >= f.at
        and not (source = any(${textArray(ask.selfReporting)}))
      order by occurred_at, id limit 1
    ) e on true
    order by f.recorded_at, f.unit`.execute(db);
  return found.rows.map(({ unit, at, recorded_at, source, detector }) => ({
    unit: idOf(unit),
    at: Number(at),
    recordedAt: Number(recorded_at),
    ...optional('source', source),
    ...optional('detector', detector === '' ? null : detector),
  }));
}

/**
 * The words of the first day, over whichever channels: what is said at a later case does not stand in for them. Messages
 * that are still on their way fall due after a day; withdrawn ones were never due.
 */
export async function experimentFunnel(
  db: Db,
  principal: Principal,
  id: string,
  now: number,
): Promise<readonly TrialFunnel[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<TrialFunnel>`
    select u.unit, coalesce(m.due, false) as due, coalesce(m.sent, false) as sent,
      coalesce(m.delivered, false) as delivered,
      exists (select 1 from replies r where r.loop_id = u.loop_id and r.at >= u.assigned_at) as answered,
      coalesce(coalesce(l.rung, own.rung) in ('verified', 'held'), false) as verified,
      coalesce(coalesce(l.rung, own.rung) = 'held', false) as held
    from experiment_units u
    join loops own on own.id = u.loop_id
    left join loops l on l.id = own.merged_into
    left join (
      select unit, bool_or(state in ('accepted', 'refused', 'bounced', 'dead', 'uncertain')
          or created_at < ${now - firstDayMs}) as due,
        bool_or(sent_at is not null) as sent, bool_or(state = 'accepted') as delivered
      from (
        select *, min(created_at) over (partition by unit) as first_at from messages
        where experiment = ${id} and state <> 'withdrawn'
      ) firsts where created_at < first_at + ${firstDayMs} group by unit
    ) m on m.unit = u.unit
    where u.experiment = ${id}`.execute(db);
  return found.rows.map((row) => ({ ...row, unit: idOf(row.unit) }));
}

export async function experimentAnswers(
  db: Db,
  principal: Principal,
  id: string,
): Promise<readonly UnitAnswer[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ unit: string; answer: string; at: number | string }>`
    select m.unit, r.answer, min(r.at) as at from messages m join replies r on r.message_id = m.id
    where m.experiment = ${id} group by m.unit, r.answer order by min(r.at), m.unit`.execute(db);
  return found.rows.map(({ unit, answer, at }) => ({ unit: idOf(unit), answer, at: Number(at) }));
}

export async function wantedBy(
  db: Db,
  principal: Principal,
  behaviour: string,
  since: number,
): Promise<readonly { readonly owner: string; readonly at: number }[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ owner: string; at: number | string }>`
    select owner_id as owner, (facts->'wanted'->>'at')::bigint as at from loops
    where behaviour = ${behaviour} and owner_kind = 'person' and owner_id is not null
      and last_occurred_at >= ${since} and (facts->'wanted'->>'at')::bigint >= ${since}
    order by 2, 1`.execute(db);
  return found.rows.map(({ owner, at }) => ({ owner, at: Number(at) }));
}

export async function clusterCases(
  db: Db,
  principal: Principal,
  ask: OutcomeAsk,
): Promise<readonly { readonly unit: string; readonly n: number }[]> {
  if (principal.teams !== 'all') return [];
  const cluster = ask.unit === 'team' ? sql`l.team` : sql`l.repository`;
  const found = await sql<{ unit: string; n: number | string }>`
    select u.unit, count(l.id) as n from experiment_units u
    join loops l on ${cluster} = u.team and l.behaviour = ${ask.behaviour} and l.id <> u.loop_id
    ${detectedAt(ask.selfReporting)}
    where u.experiment = ${ask.experiment} and ${counts}
      and seen.at > u.assigned_at + ${firstDayMs} and seen.at <= u.assigned_at + ${ask.windowMs}
      and (u.exit_at is null or u.exit_at >= seen.at)
    group by u.unit`.execute(db);
  return found.rows.map(({ unit, n }) => ({ unit: idOf(unit), n: Number(n) }));
}

/** Sources are looked up one after the other, so that only the days of the windows are read of each. */
export async function clusterChances(
  db: Db,
  principal: Principal,
  { experiment: id, behaviour, windowMs }: Pick<OutcomeAsk, 'experiment' | 'behaviour' | 'windowMs'>,
): Promise<readonly { readonly unit: string; readonly n: number }[]> {
  if (principal.teams !== 'all') return [];
  const dayOf = (at: RawBuilder<unknown>) =>
    sql`to_char(to_timestamp((${at}) / 1000.0) at time zone 'UTC', 'YYYY-MM-DD')`;
  const opportunity = sql`k.name = 'opportunity' and k.behaviour = ${behaviour}`;
  const found = await sql<{ unit: string; n: number | string }>`
    with recursive u as materialized (select unit, team, ${dayOf(sql`assigned_at + ${firstDayMs - 1}`)} as lo,
        ${dayOf(sql`least(exit_at, assigned_at + ${windowMs}::bigint)`)} as hi
      from experiment_units where experiment = ${id} and team is not null),
    sources as (
      (select k.source from counters k where ${opportunity} order by 1 limit 1)
      union all select (select k.source from counters k where ${opportunity} and k.source > s.source order by 1 limit 1)
      from sources s where s.source is not null),
    days as materialized (select k.scope, k.day, sum(k.n) as n from sources s join counters k on k.source = s.source
      where ${opportunity} and k.day >= (select min(lo) from u) and k.day < (select max(hi) from u) group by 1, 2)
    select u.unit, coalesce(sum(d.n), 0) as n from u
    left join days d on d.scope = u.team and d.day >= u.lo and d.day < u.hi group by 1 order by 1`.execute(
    db,
  );
  return found.rows.map(({ unit, n }) => ({ unit: idOf(unit), n: Number(n) }));
}

export async function unitExits(
  db: Db,
  principal: Principal,
  units: readonly string[],
): Promise<readonly ExitRow[]> {
  if (principal.teams !== 'all' || units.length === 0) return [];
  const found = await sql<ExitRow>`select unit, at, reason from unit_exits
    where unit = any(${uuidArray(units)}) order by at, unit, reason`.execute(db);
  return found.rows.map(({ unit, at, reason }) => ({ unit: idOf(unit), at: Number(at), reason }));
}

export async function repositoriesSeen(db: Db, principal: Principal): Promise<number> {
  if (principal.teams !== 'all') return 0;
  const found = await sql<{ n: number | string }>`select count(distinct repository) as n from loops
    where repository is not null`.execute(db);
  return Number(found.rows[0]?.n ?? 0);
}

export async function behaviourSources(
  db: Db,
  principal: Principal,
  behaviour: string,
  since: number,
): Promise<readonly { readonly source: string; readonly last: string }[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ source: string; last: string }>`
    select d.source, max(d.day) as last from source_days d
    where d.source in (
      select distinct s.value from loops l cross join lateral json_array_elements_text(l.facts->'sources') s
      where l.behaviour = ${behaviour} and l.last_occurred_at >= ${since}
    ) group by d.source order by d.source`.execute(db);
  return found.rows;
}
