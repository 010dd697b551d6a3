import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { EventRow, LoopRow } from '../../../../ports/store.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { uuidArray } from '../rows.ts';
import { type EventRecord, eventOf, visible } from './read-loops.ts';

type Db = Kysely<unknown>;

const isCase = sql`not is_stub and is_live and merged_into is null and state <> 'dismissed'`;

/** How many cases of each behaviour are relapses, of those that occurred since an instant. */
export async function relapseCounts(
  db: Db,
  principal: Principal,
  since: number,
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ behaviour: string; n: number | string }>`
    select behaviour, count(*) as n from loops where relapse_of is not null and first_occurred_at >= ${since}
      and ${isCase} and ${visible(principal, 'team')} group by behaviour order by behaviour`.execute(db);
  return new Map(found.rows.map(({ behaviour, n }) => [behaviour, Number(n)]));
}

export async function relapsedLoops(
  db: Db,
  principal: Principal,
  behaviour: string,
  since: number,
  limit: number,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where relapse_of is not null
      and behaviour = ${behaviour} and first_occurred_at >= ${since} and ${isCase} and ${visible(principal, 'team')}
    order by first_occurred_at desc, id limit ${limit}`.execute(db);
  return found.rows.map(loopOf);
}

/** Everything stored of these cases, in id order. */
export async function eventsOfLoops(
  db: Db,
  principal: Principal,
  loops: readonly string[],
  limit: number,
): Promise<readonly EventRow[]> {
  if (loops.length === 0) return [];
  const found = await sql<EventRecord>`select e.* from events e join loops l on l.id = e.loop_id
    where e.loop_id = any(${uuidArray(loops)}) and ${visible(principal, 'l.team')}
    order by e.id limit ${limit}`.execute(db);
  return found.rows.map(eventOf);
}

export async function loopsBetween(
  db: Db,
  principal: Principal,
  behaviour: string,
  from: number,
  to: number,
  limit: number,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops
    where behaviour = ${behaviour} and first_occurred_at >= ${from} and first_occurred_at < ${to}
      and ${isCase} and ${visible(principal, 'team')}
    order by first_occurred_at, id limit ${limit}`.execute(db);
  return found.rows.map(loopOf);
}
