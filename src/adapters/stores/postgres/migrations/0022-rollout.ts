import { type Kysely, sql } from 'kysely';

/** Switches between shadow and live; words in shadow have occasions of their own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table rollout_switches (
    n bigint generated always as identity primary key,
    at bigint not null,
    by text not null,
    behaviour text,
    team text,
    stage text not null,
    share double precision,
    reason text not null
  )`,
  `update wants set occasion = wants.occasion || '~shadow' from messages
    where messages.id = wants.message_id and messages.is_shadow`,
];
