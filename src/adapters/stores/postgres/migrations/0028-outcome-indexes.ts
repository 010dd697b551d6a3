import { type Kysely, sql } from 'kysely';

/** Every question about units is of a behaviour, and is answered by its index: this one was written and never read. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index outcomes_unit`.execute(db);
}
