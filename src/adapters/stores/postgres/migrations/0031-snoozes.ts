import { type Kysely, sql } from 'kysely';

/** How often the words of a case were put off, for measures. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table outcomes add column snoozes integer not null default 0').execute(db);
}
