import { type Kysely, sql } from 'kysely';

/** When whoever has a session proved who they are: some deeds ask for a proof of just now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table sessions add column proved_at bigint').execute(db);
}
