import { type Kysely, type RawBuilder, sql } from 'kysely';
import {
  episodeMs,
  horizonHours,
  type MeasureFilter,
  type RepeatRow,
  type RiskName,
  type RiskRow,
  type TimeName,
  type TimeRow,
} from '../../../../core/measures/measure-rows.ts';
import type { Principal } from '../../../../ports/principal.ts';
import { groupOf, outcomesOf } from './measure-filter.ts';

type Db = Kysely<unknown>;

const hourMs = 3_600_000;
const horizonMs = horizonHours * hourMs;

/** From the start to the event, else to where it was last followed; counted by the hour, so that few rows leave. */
export async function measureTimes(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly TimeRow[]> {
  const { asOf } = filter;
  const found = await sql<{
    g: string;
    name: TimeName;
    hours: number | string;
    is_event: boolean;
    n: number | string;
  }>`select g, name, least(ms, ${horizonMs}) / ${hourMs}::bigint as hours, (is_event and ms <= ${horizonMs}) as is_event, count(*) as n
    from (select ${groupOf(filter)} as g, m.name, m.to_at is not null as is_event,
        greatest(0, coalesce(m.to_at, least(o.ended_at, ${asOf}::bigint)) - m.from_at) as ms
      from outcomes o cross join lateral (values
        ('owner', o.occurred_at, o.owner_at), ('reply', o.told_at, o.answered_at),
        ('claim', o.told_at, o.claimed_at), ('fix', o.opened_at, o.verified_at)) m (name, from_at, to_at)
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

export async function measureRisks(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
): Promise<readonly RiskRow[]> {
  const { asOf } = filter;
  const found = await sql<{
    g: string;
    name: RiskName;
    hours: number | string;
    cause: 'again' | 'left' | null;
    n: number | string;
  }>`with firsts as (${entries(principal, filter)}),
    followed as (
      select f.g, 'recurrence' as name, f.start, f.left_at, min(o.occurred_at) as again_at from firsts f
      left join outcomes o on o.unit = f.unit and o.is_counted and not o.is_reported
        and o.occurred_at > f.start + ${episodeMs}
      group by f.unit, f.g, f.start, f.left_at
      union all
      select ${groupOf(filter)}, 'relapse', o.verified_at, x.at, min(r.occurred_at) from outcomes o
      left join outcomes r on r.relapse_of = o.loop_id and r.is_counted and r.occurred_at >= o.verified_at
      left join unit_exits x on x.unit = o.unit and x.at >= o.verified_at
      where ${outcomesOf(principal, filter)} and o.opened_at is not null and o.verified_at is not null
      group by o.loop_id, 1, o.verified_at, x.at),
    ended as (
      select g, name, least(again_at, left_at, ${asOf}::bigint, start + ${horizonMs}::bigint) - start as ms,
        case when again_at <= least(left_at, ${asOf}::bigint, start + ${horizonMs}::bigint) then 'again'
          when left_at <= least(${asOf}::bigint, start + ${horizonMs}::bigint) then 'left' end as cause
      from followed)
    select g, name, greatest(0, ms) / ${hourMs}::bigint as hours, cause, count(*) as n from ended
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
  return found.rows.map(({ g, name, hours, cause, n }) => ({
    group: g,
    name,
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
  const found = await sql<{ g: string; until: number | string; events: string; n: number | string }>`
    with firsts as (select e.*, least(e.left_at, ${asOf}::bigint, e.start + ${horizonMs}::bigint) as until
      from (${entries(principal, filter)}) e),
    units as (
      select f.g, greatest(0, f.until - f.start) / ${hourMs}::bigint as until,
        coalesce(string_agg(((o.occurred_at - f.start) / ${hourMs}::bigint)::text, ' ' order by o.occurred_at), '') as events
      from firsts f left join outcomes o on o.unit = f.unit and o.is_counted and not o.is_reported
        and o.occurred_at > f.start + ${episodeMs} and o.occurred_at <= f.until
      group by f.unit, f.g, f.start, f.until)
    select g, until, events, count(*) as n from units group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  return found.rows.map(({ g, until, events, n }) => ({
    group: g,
    until: Number(until),
    events: events === '' ? [] : events.split(' ').map(Number),
    n: Number(n),
  }));
}
