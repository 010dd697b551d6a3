import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  episodeMs,
  horizonHours,
  type MeasureFilter,
  type RelapseRow,
  type RepeatRow,
  type TimeName,
  type TimeRow,
} from '../../../../core/measures/measure-rows.ts';
import type { Principal } from '../../../../ports/principal.ts';
import { groupOf, heldHours, outcomesOf } from './measure-filter.ts';

type Db = Kysely<unknown>;

const hourMs = 3_600_000;
const horizonMs = horizonHours * hourMs;

const spanOf: Readonly<Record<TimeName, string>> = {
  owner: 'o.occurred_at, o.owner_at',
  reply: 'o.told_at, o.answered_at',
  claim: 'o.told_at, o.claimed_at',
  fix: 'o.opened_at, o.verified_at',
};

/** From the start to the event, else to where it was last followed; counted by the hour, so that few rows leave. */
export async function measureTimes(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
  names: readonly TimeName[],
): Promise<readonly TimeRow[]> {
  const { asOf } = filter;
  const spans = names.map((name) => sql`(${name}::text, ${sql.raw(spanOf[name])})`);
  const found = await sql<{
    g: string;
    name: TimeName;
    hours: number | string;
    is_event: boolean;
    n: number | string;
  }>`select g, name, ${heldHours(sql`least(ms, ${horizonMs}::bigint)`)} as hours, (is_event and ms <= ${horizonMs}) as is_event, count(*) as n
    from (select ${groupOf(filter)} as g, m.name, m.to_at is not null as is_event,
        greatest(0, coalesce(m.to_at, least(o.ended_at, ${asOf}::bigint)) - m.from_at) as ms
      from outcomes o cross join lateral (values ${sql.join(spans)}) m (name, from_at, to_at)
      where ${outcomesOf(principal, filter)} and o.opened_at is not null and m.from_at is not null) times
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
  return found.rows.map(({ g, name, hours, is_event, n }) => ({
    group: g,
    name,
    hours: Number(hours),
    isEvent: is_event,
    n: Number(n),
  }));
}

/** Each unit once, from when somebody was first to be told of it, and when it left after that. */
function entries(principal: Principal, filter: MeasureFilter): RawBuilder<unknown> {
  return sql`select f.g, f.unit, f.start, x.at as left_at from (
      select distinct on (o.unit) ${groupOf(filter)} as g, o.unit, o.opened_at as start from outcomes o
      where ${outcomesOf(principal, filter)} and o.unit is not null and o.opened_at is not null
      order by o.unit, o.opened_at, o.loop_id) f
    left join unit_exits x on x.unit = f.unit and x.at >= f.start`;
}

export async function measureRelapses(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly RelapseRow[]> {
  const { asOf } = filter;
  const found = await sql<{
    g: string;
    hours: number | string;
    cause: RelapseRow['cause'];
    n: number | string;
  }>`with followed as (
      select ${groupOf(filter)} as g, o.verified_at as start, x.at as left_at, r.at as again_at,
        least(x.at, ${asOf}::bigint, o.verified_at + ${horizonMs}::bigint) as until
      from outcomes o
      left join (select a.relapse_of, min(a.occurred_at) as at from outcomes a
        where a.is_counted and a.relapse_of is not null group by 1) r
        on r.relapse_of = o.loop_id and r.at >= o.verified_at
      left join unit_exits x on x.unit = o.unit and x.at >= o.verified_at
      where ${outcomesOf(principal, filter)} and o.opened_at is not null and o.verified_at is not null)
    select g, ${heldHours(sql`greatest(0, least(again_at, until) - start)`)} as hours,
      case when again_at <= until then 'again' when left_at = until then 'left' end as cause, count(*) as n
    from followed group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  return found.rows.map(({ g, hours, cause, n }) => ({
    group: g,
    hours: Number(hours),
    cause,
    n: Number(n),
  }));
}

export async function measureRepeats(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly RepeatRow[]> {
  const { asOf } = filter;
  const found = await sql<{
    g: string;
    until: number | string;
    has_left: boolean;
    events: string;
    n: number | string;
  }>`
    with firsts as (select e.*, least(e.left_at, ${asOf}::bigint, e.start + ${horizonMs}::bigint) as until
      from (${entries(principal, filter)}) e),
    units as (
      select f.g, ${heldHours(sql`greatest(0, f.until - f.start)`)} as until, coalesce(f.left_at = f.until, false) as has_left,
        coalesce(string_agg((${heldHours(sql`(o.occurred_at - f.start)`)})::text, ' ' order by o.occurred_at), '') as events
      from firsts f left join outcomes o on o.unit = f.unit and o.is_counted and not o.is_reported
        and o.occurred_at > f.start + ${episodeMs} and o.occurred_at <= f.until
      group by f.unit, f.g, f.start, f.left_at, f.until)
    select g, until, has_left, events, count(*) as n from units group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(
    db,
  );
  return found.rows.map(({ g, until, has_left: hasLeft, events, n }) => ({
    group: g,
    hasLeft,
    until: Number(until),
    events: events === '' ? [] : events.split(' ').map(Number),
    n: Number(n),
  }));
}
