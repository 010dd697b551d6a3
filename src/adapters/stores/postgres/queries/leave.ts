import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { LoopRow } from '../../../../ports/store.ts';
import type { LeaveRow } from '../../../../ports/store-leave.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

type LeaveRecord = {
  readonly id: string;
  readonly person: string;
  readonly from_day: string;
  readonly until_day: string;
  readonly stand_in: string | null;
  readonly by_id: string;
  readonly at: number | string;
};

export async function leaves(
  db: Db,
  _principal: Principal,
  day: string,
  limit: number,
): Promise<readonly LeaveRow[]> {
  const found = await sql<LeaveRecord>`select * from leaves where until_day >= ${day}
    order by from_day, person, id limit ${limit}`.execute(db);
  return found.rows.map((record) => ({
    id: idOf(record.id),
    person: record.person,
    from: record.from_day,
    until: record.until_day,
    by: record.by_id,
    at: Number(record.at),
    ...optional('standIn', record.stand_in),
  }));
}

export async function addLeave(db: Db, row: LeaveRow): Promise<void> {
  await sql`insert into leaves (id, person, from_day, until_day, stand_in, by_id, at)
    values (${row.id}::uuid, ${row.person}, ${row.from}, ${row.until}, ${row.standIn ?? null}, ${row.by}, ${row.at})
    on conflict (id) do nothing`.execute(db);
}

export async function removeLeave(db: Db, id: string): Promise<boolean> {
  const done = await sql`delete from leaves where id = ${id}::uuid returning id`.execute(db);
  return done.rows.length === 1;
}

export async function forgetLeaves(db: Db, day: string): Promise<number> {
  const done = await sql`delete from leaves where until_day < ${day}`.execute(db);
  return Number(done.numAffectedRows ?? 0);
}

export async function lockLoopsOfPerson(
  db: Db,
  person: string,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and state in ('triage', 'open', 'told', 'answered', 'escalated', 'observed', 'reassigned', 'verified', 'incident',
      'disputed')
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    and id in (select id from loops where owner_id = ${person} and owner_kind = 'person'
      union select loop_id from wants where message_id is null and stand_in_for = ${person}
      union select loop_id from wants where message_id is null and recipient_kind = 'person' and recipient_id = ${person})
    order by id limit ${limit} for update`.execute(db);
  return found.rows.map(loopOf);
}
