import { type Kysely, sql } from 'kysely';

/** How many loops stand where is asked often, and is read from here alone: the rows themselves are long. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index loops_counted on loops (behaviour, state, team) where not is_stub`.execute(db);
}
