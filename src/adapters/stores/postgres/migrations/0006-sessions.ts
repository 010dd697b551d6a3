import { type Kysely, sql } from 'kysely';

/** Browsers that operators signed in: hashes only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table sessions (
    id uuid primary key,
    hash text not null unique,
    token_id uuid not null references tokens (id),
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
  )`,
  `create index sessions_running on sessions (expires_at) where revoked_at is null`,
];
