import { type Kysely, sql } from 'kysely';

/** Who is away as operators noted it, and words that wait for somebody's return or go to whoever stands in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table leaves (
    id uuid primary key,
    person text not null,
    from_day text not null,
    until_day text not null,
    stand_in text,
    by_id text not null,
    at bigint not null
  )`,
  `create index leaves_until on leaves (until_day)`,
  'alter table wants add column held_until bigint',
  'alter table wants add column stand_in_for text',
];
