import { type Kysely, sql } from 'kysely';

/** When each person was last coached, and which words are coaching. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table coaching (
    person text not null,
    is_shadow boolean not null,
    last_at bigint not null,
    primary key (person, is_shadow)
  )`,
  'create index coaching_last on coaching (last_at)',
  'alter table wants add column is_coaching boolean not null default false',
];
