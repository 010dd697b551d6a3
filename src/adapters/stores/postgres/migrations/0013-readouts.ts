import { type Kysely, sql } from 'kysely';

/** What the last look at an experiment saw; pseudonyms under a salt that is destroyed when nobody is followed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table experiments add column pseudonym_key text, add column salt text, add column forgotten_at bigint`,
  `alter table experiment_units alter column loop_id drop not null`,
  `create table experiment_readouts (
    experiment text primary key,
    looked_at bigint not null,
    readout json not null
  )`,
];
