import { type Kysely, sql } from 'kysely';

/** People and groups that an identity provider pushes (SCIM), with when somebody left and when that was passed on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table directory_entries (
    id uuid primary key,
    kind text not null,
    -- The user name or name of the group, folded: what must be there once.
    name text not null,
    external_id text,
    is_active boolean not null,
    body json not null,
    created_at bigint not null,
    updated_at bigint not null,
    left_at bigint,
    reported_at bigint,
    deleted_at bigint
  )`,
  `create unique index directory_names on directory_entries (kind, name) where deleted_at is null`,
  `create index directory_external on directory_entries (kind, external_id) where external_id is not null`,
  `create index directory_changes on directory_entries (updated_at)`,
  `create index directory_leavers on directory_entries (left_at) where left_at is not null and reported_at is null`,
];
