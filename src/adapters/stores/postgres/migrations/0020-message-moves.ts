import { type Kysely, sql } from 'kysely';

/** Messages that went on to another channel, and why they left the one before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table message_moves (
    message_id uuid not null,
    channel text not null,
    outcome text not null check (outcome in ('bounced', 'refused')),
    at bigint not null,
    team text,
    primary key (message_id, channel)
  )`,
];
