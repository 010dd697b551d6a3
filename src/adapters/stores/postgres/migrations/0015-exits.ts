import { type Kysely, sql } from 'kysely';

/** A unit may go out of sight more than once: who moved to another team can leave later. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table unit_exits drop constraint unit_exits_pkey`,
  `alter table unit_exits add primary key (unit, at, reason)`,
];
