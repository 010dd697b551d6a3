import { type Kysely, sql } from 'kysely';

/** Second factors of local accounts: the secret is sealed, of recovery codes only hashes are kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table account_factors (
    account_id uuid primary key references accounts (id),
    secret text not null,
    last_step bigint not null,
    made_at bigint not null
  )`,
  `create table account_recovery_codes (
    hash text primary key,
    account_id uuid not null references accounts (id),
    used_at bigint
  )`,
  `create index account_recovery_codes_of on account_recovery_codes (account_id)`,
];
