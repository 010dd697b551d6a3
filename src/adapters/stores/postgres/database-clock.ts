import { sql } from 'kysely';
import { reachedDatabase } from './open.ts';

/** What the clock of a database says, in epoch milliseconds. */
export async function databaseClock(url: string): Promise<number> {
  const db = await reachedDatabase(url, { connectionsMax: 1 });
  try {
    const found = await sql<{
      now: number;
    }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`.execute(db);
    return Number(found.rows[0]?.now);
  } finally {
    await db.destroy();
  }
}
