import { type Kysely, sql } from 'kysely';

/** Decisions about access, in a chain of their own whose heads are noted in the ledger. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table audit_entries (
    seq integer primary key,
    at bigint not null,
    kind text not null,
    by_id text not null,
    body text not null,
    previous text not null,
    hash text not null,
    address text,
    salt text
  )`,
  `create index audit_entries_kinds on audit_entries (kind, seq)`,
  `create index audit_entries_callers on audit_entries (by_id, seq)`,
  // One row, under the id of its chain in the ledger.
  `create table audit_chain (
    id uuid primary key,
    seq integer not null,
    head text not null,
    noted_seq integer not null,
    noted_head text not null,
    noted_at bigint not null
  )`,
];
