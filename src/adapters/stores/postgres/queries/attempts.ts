import { type Kysely, sql } from 'kysely';
import type { AttemptRow } from '../../../../ports/store-attempts.ts';
import { recordset, textArray } from '../rows.ts';

type Db = Kysely<unknown>;

/** Rows that one sweep takes: the next one takes the rest. */
const prunedMax = 10_000;

async function holdAttempts(db: Db, keys: readonly string[]): Promise<readonly AttemptRow[]> {
  // In one order, so that two processes wait for each other and never both.
  const sorted = keys.toSorted();
  await sql`insert into access_attempts (key, failures, at) select k, 0, 0 from unnest(${textArray(sorted)}) as k
    on conflict (key) do nothing`.execute(db);
  const found = await sql<AttemptRow>`select key, failures, at from access_attempts
    where key = any(${textArray(sorted)}) order by key for update`.execute(db);
  return found.rows.map(({ key, failures, at }) => ({ key, failures: Number(failures), at: Number(at) }));
}

async function saveAttempts(db: Db, rows: readonly AttemptRow[]): Promise<void> {
  const given = rows.map(({ key, failures, at }) => ({ k: key, f: failures, a: at }));
  await sql`update access_attempts set failures = t.f, at = t.a
    from ${recordset(given, 'k text, f integer, a bigint')} where key = t.k`.execute(db);
}

async function forgiveAttempts(db: Db, forgotten: string, one: readonly string[]): Promise<void> {
  await holdAttempts(db, [forgotten, ...one]);
  await sql`update access_attempts set failures = case when key = ${forgotten} then 0 else greatest(failures - 1, 0) end
    where key = any(${textArray([forgotten, ...one])})`.execute(db);
}

async function pruneAttempts(db: Db, before: number, few: number, keptMax: number): Promise<number> {
  const old = await sql`delete from access_attempts where key in (
    select key from access_attempts where at < ${before} order by at limit ${prunedMax}
    for update skip locked) returning 1 as n`.execute(db);
  const surplus = await sql`delete from access_attempts where key in (
    select key from access_attempts where at < (
      select at from access_attempts where failures < ${few} order by at desc offset ${keptMax} limit 1
    ) and failures < ${few} order by at limit ${prunedMax} for update skip locked) returning 1 as n`.execute(
    db,
  );
  return old.rows.length + surplus.rows.length;
}

export const attemptWrites = { holdAttempts, saveAttempts, forgiveAttempts, pruneAttempts };
