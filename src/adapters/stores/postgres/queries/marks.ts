import { type Kysely, sql } from 'kysely';
import { type DeedRow, type MarkRow, marksPerKeyMax } from '../../../../ports/store.ts';
import { idOf, recordset, textArray } from '../rows.ts';

type Db = Kysely<unknown>;

const columns = 'key text, name text, who text, first_at bigint, last_at bigint';
const deedsPerKeyMax = 20;

export async function addMarks(db: Db, marks: readonly MarkRow[]): Promise<void> {
  if (marks.length === 0) return;
  const rows = widest(marks).map(({ key, name, who, firstAt, lastAt }) => {
    return { key, name, who, first_at: firstAt, last_at: lastAt };
  });
  await sql`insert into marks as m (key, name, who, first_at, last_at)
    select key, name, who, first_at, last_at from ${recordset(rows, columns)} order by key, name, who
    on conflict (key, name, who) do update
      set first_at = least(m.first_at, excluded.first_at), last_at = greatest(m.last_at, excluded.last_at)
      where m.first_at > excluded.first_at or m.last_at < excluded.last_at`.execute(db);
}

/** One row a mark: PostgreSQL refuses to touch a row twice in one statement. */
function widest(marks: readonly MarkRow[]): readonly MarkRow[] {
  const rows = new Map<string, MarkRow>();
  for (const mark of marks) {
    const id = JSON.stringify([mark.key, mark.name, mark.who]);
    const known = rows.get(id);
    rows.set(id, {
      ...mark,
      firstAt: Math.min(mark.firstAt, known?.firstAt ?? mark.firstAt),
      lastAt: Math.max(mark.lastAt, known?.lastAt ?? mark.lastAt),
    });
  }
  return [...rows.values()];
}

export async function marksOf(db: Db, keys: readonly string[]): Promise<readonly MarkRow[]> {
  if (keys.length === 0) return [];
  const found = await sql<{ key: string; name: string; who: string; first_at: number; last_at: number }>`
    select m.key, m.name, m.who, m.first_at, m.last_at
    from unnest(${textArray(keys)}) as k(key)
    cross join lateral (
      select * from marks where marks.key = k.key order by last_at desc, name, who limit ${marksPerKeyMax}
    ) m`.execute(db);
  return found.rows.map((row) => ({
    key: row.key,
    name: row.name,
    who: row.who,
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
  }));
}

export async function addWatches(
  db: Db,
  watches: readonly { readonly key: string; readonly loop: string }[],
): Promise<void> {
  if (watches.length === 0) return;
  const rows = watches.map(({ key, loop }) => ({ key, loop_id: loop }));
  await sql`insert into watches (key, loop_id)
    select key, loop_id from ${recordset(rows, 'key text, loop_id uuid')} order by key, loop_id
    on conflict do nothing`.execute(db);
}

/** Loops that wait for news under these keys. */
export async function watchersOf(db: Db, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const found = await sql<{ loop_id: string }>`
    select distinct loop_id from watches where key = any(${textArray(keys)})`.execute(db);
  return found.rows.map((row) => idOf(row.loop_id));
}

export async function addDeeds(db: Db, deeds: readonly DeedRow[]): Promise<void> {
  if (deeds.length === 0) return;
  const rows = deeds.map(({ key, event, at, body }) => ({ key, id: event, at, body }));
  await sql`insert into deeds (key, id, at, body)
    select key, id, at, body from ${recordset(rows, 'key text, id uuid, at bigint, body json')} order by key, id
    on conflict do nothing`.execute(db);
}

/** The latest deeds of each undertaking. */
export async function deedsOf(db: Db, keys: readonly string[]): Promise<readonly DeedRow[]> {
  if (keys.length === 0) return [];
  const found = await sql<{ key: string; id: string; at: number; body: DeedRow['body'] }>`
    select d.key, d.id, d.at, d.body
    from unnest(${textArray(keys)}) as k(key)
    cross join lateral (
      select * from deeds where deeds.key = k.key order by at desc, id limit ${deedsPerKeyMax}
    ) d`.execute(db);
  return found.rows.map((row) => ({ key: row.key, event: idOf(row.id), at: Number(row.at), body: row.body }));
}

/** Forgets marks last seen, and deeds done, before these instants; returns how many. */
export async function forgetMarks(
  db: Db,
  before: { readonly marks: number; readonly deeds: number },
  limit: number,
): Promise<number> {
  const marks = await sql`delete from marks where (key, name, who) in (
    select key, name, who from marks where last_at < ${before.marks} order by last_at limit ${limit})`.execute(
    db,
  );
  const deeds = await sql`delete from deeds where (key, id) in (
    select key, id from deeds where at < ${before.deeds} order by at limit ${limit})`.execute(db);
  return Number(marks.numAffectedRows ?? 0) + Number(deeds.numAffectedRows ?? 0);
}
