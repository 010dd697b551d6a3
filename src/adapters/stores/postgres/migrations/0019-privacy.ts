import { type Kysely, sql } from 'kysely';

/** That somebody was erased, the one-time links by which people see what is held about them, and finding old detail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table erasures (
    id uuid primary key,
    at bigint not null,
    by_id text not null,
    by_name text not null,
    reason text not null,
    instead text not null,
    rows json not null
  )`,
  `create table person_links (
    hash text primary key,
    person text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
  )`,
  `create index person_links_expires on person_links (expires_at)`,
  // When a case was settled last while its detail, and those who were in it, were forgotten: settled again, it is due
  // again. What is done is in neither index.
  `alter table loops add column detail_forgotten_at bigint, add column people_forgotten_at bigint`,
  `create index loops_detail on loops (updated_at) where detail_forgotten_at is distinct from updated_at
    and state in ('held', 'dismissed', 'merged', 'unprovable')`,
  `create index loops_people on loops (updated_at) where people_forgotten_at is distinct from updated_at
    and state in ('held', 'dismissed', 'merged', 'unprovable')`,
  `create index loops_owner on loops (owner_id) where owner_id is not null`,
  `create index messages_forget on messages (created_at) where snapshot is not null`,
];
