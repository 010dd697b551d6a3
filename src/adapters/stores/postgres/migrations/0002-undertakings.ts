import { type Kysely, sql } from 'kysely';

/** What was observed of undertakings and identities, and which loops wait to hear of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // A step of a path, a sign of a fix, or what is usual for an identity. The key is a keyed hash already.
  `create table marks (
    key text not null,
    name text not null,
    who text not null,
    first_at bigint not null,
    last_at bigint not null,
    primary key (key, name, who)
  )`,
  `create index marks_last_at on marks (last_at)`,
  // Deeds that stood on their path, while news of it may still come: who proposed a change may be told last.
  `create table deeds (
    key text not null,
    id uuid not null,
    at bigint not null,
    body json not null,
    primary key (key, id)
  )`,
  `create index deeds_at on deeds (at)`,
  `create table watches (
    key text not null,
    loop_id uuid not null,
    primary key (key, loop_id)
  )`,
  `create index watches_loop on watches (loop_id)`,
];
