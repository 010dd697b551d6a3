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
import { groupOf, heldHours, ofBehaviour, outcomesOf } from './measure-filter.ts';

type Db = Kysely<unknown>;

const hourMs = 3_600_000;
const horizonMs = horizonHours * hourMs;

const spanOf: Readonly<Record<TimeName, readonly [from: string, to: string]>> = {
  owner: ['o.occurred_at', 'o.owner_at'],
  reply: ['o.told_at', 'o.answered_at'],
  claim: ['o.told_at', 'o.claimed_at'],
  fix: ['o.opened_at', 'o.verified_at'],
};

/**
 * From the start to the event, else to where it was last followed. Counted by the hour, so that few rows leave, and all
 * of them in one pass: each time is a number, twice the hours and one more for an event, and a grouping set of its own.
 */
export async function measureTimes(
  db: Db,
  principal: Principal,
  filter: MeasureFilter,
  names: readonly TimeName[],
): Promise<readonly TimeRow[]> {
  const { asOf } = filter;
  const column = (name: TimeName) => sql.ref(`t.${name}`);
  const codes = names.map((name) => {
    const [from, to] = spanOf[name].map((path) => sql.ref(path));
    const ms = sql`greatest(0, coalesce(${to}, least(o.ended_at, ${asOf}::bigint)) - ${from})`;
    return sql`(${heldHours(sql`least(${ms}, ${horizonMs}::bigint)`)} * 2 +
      case when ${to} - ${from} <= ${horizonMs}::bigint then 1 else 0 end)::integer as ${sql.ref(name)}`;
  });
  const sets = names.map((name) => sql`(t.g, ${column(name)})`);
  const code = sql`coalesce(${sql.join(names.map(column))})`;
  const ofSet = names.map((name) => sql`when grouping(${column(name)}) = 0 then ${sql.lit(name)}`);
  const found = await sql<{ g: string; name: TimeName; code: number; n: number | string }>`
    select t.g, case ${sql.join(ofSet, sql` `)} end as name, ${code} as code, count(*) as n
    from (select ${groupOf(filter)} as g, ${sql.join(codes)} from outcomes o
      where ${outcomesOf(principal, filter)} and o.opened_at is not null) t
    group by grouping sets (${sql.join(sets)}) having ${code} is not null`.execute(db);
  return found.rows.map(({ g, name, code: held, n }) => ({
    group: g,
    name,
    hours: Math.floor(held / 2),
    isEvent: held % 2 === 1,
    n: Number(n),
  }));
}

/** Each unit of a group once, from when somebody was first to be told of it there. */
function entries(principal: Principal, filter: MeasureFilter): RawBuilder<unknown> {
  return sql`select ${groupOf(filter)} as g, o.unit, min(o.opened_at) as start from outcomes o
    where ${outcomesOf(principal, filter)} and o.unit is not null and o.opened_at is not null group by 1, 2`;
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
  }>`with fixed as (select ${groupOf(filter)} as g, o.loop_id, o.unit, o.verified_at as start from outcomes o
      where ${outcomesOf(principal, filter)} and o.opened_at is not null and o.verified_at is not null),
    again as (select f.loop_id, min(a.occurred_at) as at from fixed f join outcomes a on a.relapse_of = f.loop_id
      where a.is_counted and a.relapse_of is not null and a.occurred_at >= f.start group by 1),
    exits as (select distinct on (f.loop_id) f.loop_id, x.at, x.reason
      from fixed f join unit_exits x on x.unit = f.unit and x.at >= f.start order by f.loop_id, x.at, x.reason),
    followed as (
      select f.g, f.start, x.at as exit_at, x.reason, r.at as again_at,
        least(x.at, ${asOf}::bigint, f.start + ${horizonMs}::bigint) as until
      from fixed f left join again r on r.loop_id = f.loop_id left join exits x on x.loop_id = f.loop_id)
    select g, ${heldHours(sql`greatest(0, least(again_at, until) - start)`)} as hours,
      case when again_at <= until then 'again' when exit_at = until then reason end as cause, count(*) as n
    from followed group by 1, 2, 3`.execute(db);
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
  const same = filter.by === 'behaviour' ? sql`${groupOf(filter)} = u.g` : ofBehaviour(filter, 'o');
  const found = await sql<{
    g: string;
    until: number | string;
    exit: RepeatRow['exit'];
    events: string | null;
    n: number | string;
  }>`with firsts as materialized (${entries(principal, filter)}),
    exits as (select distinct on (f.unit, f.g) f.unit, f.g, x.at, x.reason
      from firsts f join unit_exits x on x.unit = f.unit and x.at >= f.start order by f.unit, f.g, x.at, x.reason),
    units as materialized (select f.g, f.unit, f.start, x.reason, x.at as exit_at,
        least(x.at, ${asOf}::bigint, f.start + ${horizonMs}::bigint) as until
      from firsts f left join exits x on x.unit = f.unit and x.g = f.g),
    later as (select u.unit, u.g,
        string_agg((${heldHours(sql`(o.occurred_at - u.start)`)})::text, ' ' order by o.occurred_at) as events
      from units u join outcomes o on o.unit = u.unit and ${same}
        and o.is_counted and not o.is_reported
        and o.occurred_at > u.start + ${episodeMs} and o.occurred_at <= u.until group by 1, 2)
    select u.g, ${heldHours(sql`greatest(0, u.until - u.start)`)} as until,
      case when u.exit_at = u.until then u.reason end as exit, l.events, count(*) as n
    from units u left join later l on l.unit = u.unit and l.g = u.g group by 1, 2, 3, 4`.execute(db);
  return found.rows.map(({ g, until, exit, events, n }) => ({
    group: g,
    exit,
    until: Number(until),
    events: events === null ? [] : events.split(' ').map(Number),
    n: Number(n),
  }));
}
