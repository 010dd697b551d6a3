import { sql } from 'kysely';
import { reachedDatabase } from './open.ts';

/** Whether anything stands in a database already, whoever made it. */
export async function hasTables(url: string): Promise<boolean> {
  const db = await reachedDatabase(url, { connectionsMax: 1 });
  try {
    const found = await sql`select 1 from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') limit 1`.execute(db);
    return found.rows.length > 0;
  } finally {
    await db.destroy();
  }
}
