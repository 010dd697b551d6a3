import { type Kysely, sql } from 'kysely';

/** What programs that follow cases are to be told, written with the change itself; and threads found by their name. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table notices (
    -- In the order of the changes of each loop: its row is locked while they are written.
    n bigint generated always as identity primary key,
    id uuid not null,
    channel text not null,
    loop_id uuid not null,
    type text not null,
    at bigint not null,
    body json not null,
    state text not null default 'queued',
    due_at bigint not null,
    attempt integer not null default 0,
    last_error text,
    lease text,
    leased_until bigint,
    unique (id, channel)
  )`,
  `create index notices_due on notices (channel, due_at) where state = 'queued'`,
  `create index notices_order on notices (channel, loop_id, n) where state = 'queued'`,
  `create index messages_reference on messages (channel, reference) where reference is not null`,
];
