import { type Kysely, sql } from 'kysely';
import {
  type AffectedRow,
  type CellRow,
  type ChangeRow,
  type CountRow,
  changeWindowMs,
  type MeasureFilter,
  type RevisionRow,
  type StratumRow,
  settledMs,
  type Watermark,
} from '../../../../core/measures/measure-rows.ts';
import type { Move, VersionSeen } from '../../../../core/taxonomy/remap.ts';
import type { Principal } from '../../../../ports/principal.ts';
import { groupOf, movedBehaviour, opportunitiesOf, outcomesOf } from './measure-filter.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;

/** Numbers as the drivers give them: counts come as text from one of them. */
type Numbers<K extends string> = { readonly [P in K]: number | string | null };

export async function measureCells(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly CellRow[]> {
  const found = await sql<
    { g: string } & Numbers<'units' | 'events' | 'exposure' | 'xx' | 'xn' | 'nn' | 'xxn' | 'uncounted'>
  >`with p as (select ${groupOf(filter, 'p', 'scope')} as g, p.scope as team, p.month, sum(p.n)::float8 as n
      from opportunities p where ${opportunitiesOf(principal, filter)} group by 1, 2, 3),
    o as (select ${groupOf(filter)} as g, o.team, o.month, count(*)::float8 as x
      from outcomes o where ${outcomesOf(principal, filter)} group by 1, 2, 3),
    cells as (select coalesce(p.g, o.g) as g, coalesce(p.n, 0) as n, coalesce(o.x, 0) as x
      from p full join o on o.g = p.g and o.team = p.team and o.month = p.month)
    select g, count(*) filter (where n > 0) as units, sum(x) filter (where n > 0) as events, sum(n) as exposure,
      sum(x * x) filter (where n > 0) as xx, sum(x * n) as xn, sum(n * n) as nn,
      sum(x * x / nullif(n, 0)) as xxn, sum(x) filter (where n = 0) as uncounted
    from cells group by g order by g`.execute(db);
  return found.rows.map((row) => ({
    group: row.g,
    sums: {
      units: Number(row.units),
      events: Number(row.events),
      exposure: Number(row.exposure),
      eventSquares: Number(row.xx),
      products: Number(row.xn),
      exposureSquares: Number(row.nn),
      eventSquaresPerExposure: Number(row.xxn),
    },
    uncounted: Number(row.uncounted),
  }));
}

export async function measureCounts(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly CountRow[]> {
  const { asOf } = filter;
  const old = sql`o.opened_at <= ${asOf - settledMs}`;
  const found = await sql<
    { g: string } & Numbers<
      | 'failures'
      | 'without_unit'
      | 'assigned'
      | 'sent'
      | 'delivered'
      | 'answered'
      | 'verified'
      | 'held'
      | 'reached'
      | 'reroutes'
      | 'snoozes'
      | 'old_loops'
      | 'old_verified'
      | 'old_messages'
      | 'old_decisions'
    >
  >`select ${groupOf(filter)} as g, count(*) as failures, count(*) filter (where o.unit is null) as without_unit,
      count(o.opened_at) as assigned,
      count(*) filter (where o.opened_at is not null and o.sent_at is not null) as sent,
      count(*) filter (where o.opened_at is not null and o.told_at is not null) as delivered,
      count(*) filter (where o.opened_at is not null and o.answered_at is not null) as answered,
      count(*) filter (where o.opened_at is not null and o.verified_at is not null) as verified,
      count(*) filter (where o.opened_at is not null and o.is_held) as held,
      count(*) filter (where o.opened_at is not null and o.is_owned and o.owner_at is not null) as reached,
      coalesce(sum(o.reroutes) filter (where o.opened_at is not null), 0) as reroutes,
      coalesce(sum(o.snoozes) filter (where o.opened_at is not null), 0) as snoozes,
      count(*) filter (where ${old}) as old_loops,
      count(*) filter (where ${old} and o.verified_at is not null) as old_verified,
      coalesce(sum(o.messages) filter (where ${old}), 0) as old_messages,
      coalesce(sum(o.decisions) filter (where ${old}), 0) as old_decisions
    from outcomes o where ${outcomesOf(principal, filter)} group by 1 order by 1`.execute(db);
  return found.rows.map((row) => ({
    group: row.g,
    failures: Number(row.failures),
    withoutUnit: Number(row.without_unit),
    assigned: Number(row.assigned),
    sent: Number(row.sent),
    delivered: Number(row.delivered),
    answered: Number(row.answered),
    verified: Number(row.verified),
    held: Number(row.held),
    reached: Number(row.reached),
    reroutes: Number(row.reroutes),
    snoozes: Number(row.snoozes),
    settled: {
      loops: Number(row.old_loops),
      verified: Number(row.old_verified),
      messages: Number(row.old_messages),
      decisions: Number(row.old_decisions),
    },
  }));
}

export async function measureStrata(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly StratumRow[]> {
  const found = await sql<
    { g: string; source: string; campaign: string } & Numbers<'failures' | 'opportunities'>
  >`select g, source, campaign, sum(x) as failures, sum(n) as opportunities from (
      select ${groupOf(filter, 'p', 'scope')} as g, p.source, p.campaign, sum(p.n) as n, 0 as x
      from opportunities p where p.campaign <> '' and ${opportunitiesOf(principal, filter)} group by 1, 2, 3
      union all select ${groupOf(filter)}, o.source, o.campaign, 0, count(*)
      from outcomes o where o.campaign <> '' and ${outcomesOf(principal, filter)} group by 1, 2, 3) both_of
    group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  return found.rows.map(({ g, source, campaign, failures, opportunities }) => ({
    group: g,
    source,
    campaign,
    failures: Number(failures),
    opportunities: Number(opportunities),
  }));
}

export async function measureChanges(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly ChangeRow[]> {
  const middle = filter.asOf - changeWindowMs;
  const found = await sql<
    { g: string } & Numbers<'units' | 'affected' | 'before' | 'squares' | 'after'>
  >`select g, count(*) as units, count(*) filter (where b > 0) as affected, sum(b) as before, sum(b * b) as squares,
      coalesce(sum(a) filter (where b > 0), 0) as after
    from (select ${groupOf(filter)} as g, o.unit,
        count(*) filter (where o.occurred_at < ${middle}) as b,
        count(*) filter (where o.occurred_at >= ${middle}) as a
      from outcomes o where ${outcomesOf(principal, filter)} and o.unit is not null
        and o.occurred_at >= ${middle - changeWindowMs} and o.occurred_at < ${filter.asOf} group by 1, 2) units
    group by g order by g`.execute(db);
  return found.rows.map((row) => ({
    group: row.g,
    units: Number(row.units),
    affected: Number(row.affected),
    before: Number(row.before),
    beforeSquares: Number(row.squares),
    after: Number(row.after),
  }));
}

export async function measureRevisions(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
  closedThrough: string,
): Promise<readonly RevisionRow[]> {
  const { kind: _kind, ...rest } = filter;
  const found = await sql<
    { month: string } & Numbers<'closed_at' | 'was_x' | 'was_n' | 'is_x' | 'is_n'>
  >`select month, max(closed_at) as closed_at, sum(was_x) as was_x, sum(was_n) as was_n, sum(is_x) as is_x,
      sum(is_n) as is_n from (
      select c.month, c.closed_at, c.failures as was_x, c.opportunities as was_n, 0 as is_x, 0 as is_n
      from (select behaviour, month, team, failures, opportunities, closed_at, true as is_counted from closed_months) c
      where ${outcomesOf(principal, rest, 'c')}
      union all select o.month, null, 0, 0, 1, 0 from outcomes o where ${outcomesOf(principal, rest)}
      union all select p.month, null, 0, 0, 0, p.n from opportunities p where ${opportunitiesOf(principal, rest)}) rows_of
    where month <= ${closedThrough} group by month
    having sum(was_x) <> sum(is_x) or sum(was_n) <> sum(is_n) order by month`.execute(db);
  return found.rows.map((row) => ({
    month: row.month,
    closedAt: row.closed_at === null ? null : Number(row.closed_at),
    was: { failures: Number(row.was_x), opportunities: Number(row.was_n) },
    is: { failures: Number(row.is_x), opportunities: Number(row.is_n) },
  }));
}

export async function measureWatermark(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<Watermark> {
  const found = await sql<Numbers<'loops' | 'changed_at' | 'receipt_at' | 'checkpoint'>>`
    select count(*) as loops, max(o.changed_at) as changed_at, (select max(at) from receipts) as receipt_at,
      (select max(n) from checkpoints) as checkpoint
    from outcomes o where ${outcomesOf(principal, filter)}`.execute(db);
  const row = found.rows[0];
  const number = (value: number | string | null | undefined) =>
    value === null || value === undefined ? null : Number(value);
  return {
    loops: Number(row?.loops ?? 0),
    changedAt: number(row?.changed_at),
    receiptAt: number(row?.receipt_at),
    checkpoint: number(row?.checkpoint),
  };
}

export async function measureAffected(
  db: Db,
  principal: Principal,
  behaviour: string,
  moves: readonly Move[] = [],
): Promise<readonly AffectedRow[]> {
  const found = await sql<{ team: string; units: number | string }>`
    select team, count(*) as units from (
      select distinct o.team, coalesce(o.unit, o.loop_id) from outcomes o
      where o.is_counted and ${movedBehaviour(moves)} = ${behaviour} and ${visible(principal, 'o.team')}) units_of
    group by 1 order by 1`.execute(db);
  return found.rows.map(({ team, units }) => ({ team, units: Number(units) }));
}

/** By which versions cases of a behaviour were judged. */
export async function measureVersions(
  db: Db,
  principal: Principal,
  behaviour: string,
): Promise<readonly VersionSeen[]> {
  const found = await sql<{ version: number | null; pack: string | null; first: number | string }>`
    select version, pack, min(coalesce(opened_at, occurred_at)) as first from outcomes o
    where o.is_counted and o.behaviour = ${behaviour} and ${visible(principal, 'o.team')} group by 1, 2`.execute(
    db,
  );
  return found.rows.map(({ version, pack, first }) => ({ version, pack, firstAt: Number(first) }));
}
