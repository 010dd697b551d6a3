import { type Kysely, sql } from 'kysely';

/** Words by their content, as servers had them; and with which words, in which language, a message was said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table wordings (
    hash text primary key,
    behaviour text not null,
    moment text not null,
    variant text not null,
    language text not null,
    version integer not null,
    parts json not null,
    first_loaded_at bigint not null,
    last_loaded_at bigint not null
  )`,
  `create index wordings_behaviour on wordings (behaviour, first_loaded_at desc, hash)`,
  `alter table messages add column words text, add column language text`,
  `update messages set words = snapshot->>'version', language = snapshot->>'language' where snapshot is not null`,
  `create index messages_words on messages (behaviour, moment, words, language) where words is not null`,
];
