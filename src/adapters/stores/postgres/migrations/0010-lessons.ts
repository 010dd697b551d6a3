import { type Kysely, sql } from 'kysely';

/** What is different since a denial: under which policies it was, and which case of its class it belongs to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `alter table policy_lessons
        -- Another form after a proven fix is a case of its own, the next round.
        add column round integer not null default 0,
        -- The set of policies that was in force at the last denial.
        add column version text`,
    )
    .execute(db);
}
