import { type Kysely, sql } from 'kysely';

/** People who sign in, and sessions that are theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table accounts (
    id uuid primary key,
    name text not null,
    email text,
    issuer text,
    subject text,
    login text unique,
    password_hash text,
    invite_hash text unique,
    invite_expires_at bigint,
    roles json not null,
    teams json not null,
    created_at bigint not null,
    signed_in_at bigint,
    expires_at bigint,
    disabled_at bigint,
    unique (issuer, subject),
    check ((issuer is null) = (subject is null) and (issuer is null) <> (login is null))
  )`,
  `alter table sessions alter column token_id drop not null`,
  `alter table sessions add column account_id uuid references accounts (id)`,
  `alter table sessions add column seen_at bigint`,
  `alter table sessions add constraint sessions_stand check ((token_id is null) <> (account_id is null))`,
  `create index sessions_of_accounts on sessions (account_id) where account_id is not null and revoked_at is null`,
];
