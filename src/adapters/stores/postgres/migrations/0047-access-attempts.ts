import { type Kysely, sql } from 'kysely';

/** Attempts to sign in, counted over all processes. They are forgotten after an hour. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'create table access_attempts (key text primary key, failures integer not null, at bigint not null)',
  'create index access_attempts_at on access_attempts (at)',
];
