import { type Kysely, sql } from 'kysely';

/** Simulations: the mail that was sent, as far as it may be shown, and how hard it was. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table campaigns (
    source text not null,
    id text not null,
    name text,
    reconstruction jsonb not null,
    cues jsonb not null,
    difficulty jsonb not null,
    updated_at bigint not null,
    primary key (source, id)
  )`,
];
