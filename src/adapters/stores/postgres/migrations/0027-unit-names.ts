import { type Kysely, sql } from 'kysely';

/**
 * Units of measures come under a key of their own, which the database does not have: where there are some, the next
 * start gives them their names. An empty database has none, so that rows of a backup may follow this step.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`insert into settings (name, value) select 'units-to-name', 'true'::json
    where exists (select 1 from loops where habit is not null) or exists (select 1 from unit_exits)`.execute(
    db,
  );
}
