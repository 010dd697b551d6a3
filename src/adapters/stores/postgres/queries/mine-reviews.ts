import { type Kysely, type RawBuilder, sql } from 'kysely';
import { episodeMs, horizonHours } from '../../../../core/measures/measure-rows.ts';
import type { Features } from '../../../../core/taxonomy/features.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  AnswerCount,
  Click,
  FirstCase,
  NoteRow,
  SpokenCount,
  SpokenSince,
} from '../../../../ports/store.ts';
import { idOf, recordset } from '../rows.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;
type Count = number | string;

const weekMs = 7 * 86_400_000;
const horizonMs = horizonHours * 3_600_000;
const human = sql`('person', 'team', 'duty')`;

function asked(since: readonly SpokenSince[]): RawBuilder<unknown> {
  return recordset(since, 'behaviour text, since bigint');
}

export async function spokenCounts(
  db: Db,
  principal: Principal,
  since: readonly SpokenSince[],
  now: number,
): Promise<readonly SpokenCount[]> {
  const found = await sql<{ behaviour: string; people: Count; opened: Count; fixed: Count }>`
    select o.behaviour, count(distinct coalesce(o.unit, o.loop_id)) filter (where o.told_at is not null) as people,
      count(*) filter (where o.opened_at <= ${now - weekMs}) as opened,
      count(*) filter (where o.opened_at <= ${now - weekMs} and o.verified_at <= o.opened_at + ${weekMs}) as fixed
    from outcomes o join ${asked(since)} on t.behaviour = o.behaviour
    where o.is_counted and o.opened_at >= t.since and ${visible(principal, 'o.team')}
    group by 1 order by 1`.execute(db);
  return found.rows.map(({ behaviour, people, opened, fixed }) => ({
    behaviour,
    people: Number(people),
    opened: Number(opened),
    fixed: Number(fixed),
  }));
}

export async function answerCounts(
  db: Db,
  principal: Principal,
  since: readonly SpokenSince[],
): Promise<readonly AnswerCount[]> {
  const found = await sql<{ behaviour: string; answer: string; people: Count }>`
    select o.behaviour, r.answer, count(distinct coalesce(o.unit, o.loop_id)) as people
    from replies r join outcomes o on o.loop_id = r.loop_id join ${asked(since)} on t.behaviour = o.behaviour
    where r.at >= t.since and o.opened_at >= t.since and o.told_at is not null
      and r.body #>> '{by,kind}' in ${human} and ${visible(principal, 'o.team')}
    group by 1, 2 order by 1, 2`.execute(db);
  return found.rows.map(({ people, ...row }) => ({ ...row, people: Number(people) }));
}

export async function replyNotes(
  db: Db,
  principal: Principal,
  since: readonly SpokenSince[],
  limit: number,
): Promise<readonly NoteRow[]> {
  const found = await sql<NoteRow>`
    select o.behaviour, r.answer, r.body #>> '{by,id}' as by, r.body ->> 'reason' as text
    from replies r join outcomes o on o.loop_id = r.loop_id join ${asked(since)} on t.behaviour = o.behaviour
    where r.at >= t.since and r.body ->> 'reason' <> '' and r.body #>> '{by,id}' is not null
      and r.body #>> '{by,kind}' in ${human} and ${visible(principal, 'o.team')}
    order by r.at desc, r.id limit ${limit}`.execute(db);
  return found.rows;
}

export async function firstCases(
  db: Db,
  principal: Principal,
  from: number,
  to: number,
  unitsMax: number,
): Promise<readonly FirstCase[]> {
  const found = await sql<FirstCase>`
    with firsts as (select distinct on (o.behaviour, o.unit) o.behaviour, o.unit, o.source, o.campaign, o.features,
        o.occurred_at as at
      from outcomes o where o.is_counted and not o.is_reported and o.unit is not null and o.features is not null
        and o.occurred_at >= ${from} and o.occurred_at < ${to} and ${visible(principal, 'o.team')}
      order by o.behaviour, o.unit, o.occurred_at, o.loop_id),
    numbered as (select *, row_number() over (partition by behaviour order by unit) as n from firsts),
    again as (select distinct f.behaviour, f.unit from firsts f
      join outcomes a on a.behaviour = f.behaviour and a.unit = f.unit and a.is_counted and not a.is_reported
        and a.occurred_at > f.at + ${episodeMs}::bigint and a.occurred_at <= f.at + ${horizonMs}::bigint)
    select f.behaviour, f.unit, f.source, f.campaign, f.features, a.unit is not null as again
    from numbered f left join again a on a.behaviour = f.behaviour and a.unit = f.unit
    where f.n <= ${unitsMax} order by f.behaviour, f.unit`.execute(db);
  return found.rows.map((row) => ({
    ...row,
    unit: idOf(row.unit),
    features: row.features satisfies Features,
  }));
}

export async function clicks(
  db: Db,
  principal: Principal,
  since: number,
  limit: number,
): Promise<readonly Click[]> {
  const found = await sql<Click>`
    select distinct o.behaviour, o.unit, o.source, o.campaign from outcomes o
    where o.is_counted and o.unit is not null and o.campaign <> '' and o.occurred_at >= ${since}
      and ${visible(principal, 'o.team')}
    order by o.behaviour, o.unit, o.source, o.campaign limit ${limit}`.execute(db);
  return found.rows.map((row) => ({ ...row, unit: idOf(row.unit) }));
}
