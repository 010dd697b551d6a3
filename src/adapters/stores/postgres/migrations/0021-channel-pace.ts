import { type Kysely, sql } from 'kysely';

/** When the latest few messages went to a place that takes so many in a time only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = ['create table channel_pace (key text primary key, times json not null)'];
