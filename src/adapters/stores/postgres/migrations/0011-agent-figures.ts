import { type Kysely, sql } from 'kysely';

/** Counts of attempts by agent, version and prompt, a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table agent_counts (
    agent text not null,
    -- As the caller says, cleaned; 'unknown' where it says nothing.
    version text not null,
    -- Hash or name of the prompt, never its text.
    prompt text not null,
    -- UTC day.
    day text not null,
    attempts bigint not null,
    denials bigint not null,
    -- Denials of a class that this agent had been refused before.
    repeats bigint not null,
    primary key (agent, version, prompt, day)
  )`,
  `create index agent_counts_day on agent_counts (day)`,
];
