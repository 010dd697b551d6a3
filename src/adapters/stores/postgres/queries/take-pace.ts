import { type Kysely, sql } from 'kysely';
import type { PaceAsk } from '../../../../ports/store-pace.ts';
import { recordset, textArray } from '../rows.ts';

type Db = Kysely<unknown>;

/** Keeps the times of the latest few of each place: those within the time count, by a clock that may have been set back too. */
export async function takePace(db: Db, asks: readonly PaceAsk[], now: number): Promise<readonly number[]> {
  if (asks.length === 0) return [];
  // In one order, so that two processes wait for each other and never both.
  const keys = asks.map(({ key }) => key).toSorted();
  await sql`insert into channel_pace (key, times) select t, '[]'::json from unnest(${textArray(keys)}) as t
    on conflict (key) do nothing`.execute(db);
  const found = await sql<{ key: string; times: readonly number[] }>`select key, times from channel_pace
    where key = any(${textArray(keys)}) order by key for update`.execute(db);
  const kept = new Map(found.rows.map(({ key, times }) => [key, times]));
  const granted = asks.map(({ key, n, max, withinMs }) => {
    const recent = (kept.get(key) ?? []).filter((at) => Math.abs(now - at) < withinMs);
    const count = Math.max(0, Math.min(n, max - recent.length));
    return { key, count, times: [...recent, ...Array<number>(count).fill(now)] };
  });
  const rows = granted.filter(({ count }) => count > 0).map(({ key, times }) => ({ k: key, t: times }));
  if (rows.length > 0)
    await sql`update channel_pace set times = t.t from ${recordset(rows, 'k text, t json')}
      where key = t.k`.execute(db);
  return granted.map(({ count }) => count);
}
