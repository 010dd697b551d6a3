import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { EventRow, LoopRow } from '../../../../ports/store.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { type EventRecord, eventOf, visible } from './read-loops.ts';

type Db = Kysely<unknown>;

/** Cases that nobody may have heard of yet, in id order. */
export async function untoldLoops(
  db: Db,
  principal: Principal,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and ${visible(principal, 'team')} and state in ('backlog', 'triage', 'open', 'dismissed')
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid) order by id limit ${limit}`.execute(
    db,
  );
  return found.rows.map(loopOf);
}

/** Everything reported of a case, in id order: a case may have very many sightings. */
export async function eventsOfLoop(
  db: Db,
  principal: Principal,
  loop: string,
  limit: number,
  after?: string,
): Promise<readonly EventRow[]> {
  const found = await sql<EventRecord>`select e.* from events e join loops l on l.id = e.loop_id
    where e.loop_id = ${loop}::uuid and ${visible(principal, 'l.team')}
    and (${after ?? null}::uuid is null or e.id > ${after ?? null}::uuid) order by e.id limit ${limit}`.execute(
    db,
  );
  return found.rows.map(eventOf);
}
