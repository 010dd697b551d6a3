import { type Kysely, sql } from 'kysely';

/** A small sample of what is counted and not kept, for back-tests; relapses by behaviour; what reviews propose. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // The smallest keyed hashes of each day, source and behaviour: an event's id is a keyed hash already.
  `create table samples (
    name text not null,
    behaviour text not null,
    source text not null,
    day text not null,
    event uuid not null,
    kind text not null,
    occurred_at bigint not null,
    body json not null,
    primary key (name, behaviour, source, day, event)
  )`,
  `create index samples_day on samples (day)`,
  `create index loops_relapsed on loops (behaviour, first_occurred_at) where relapse_of is not null`,
  `create index loops_behaviour_time on loops (behaviour, first_occurred_at) where not is_stub`,
  // By which version a case was judged, and by what kinds of it may be told apart. Null of what is older.
  `alter table outcomes add column version integer, add column pack text, add column features jsonb`,
  // What a review of the taxonomy proposes. The same evidence is the same row.
  `create table reviews (
    id uuid primary key,
    behaviour text not null,
    kind text not null,
    subject text not null,
    round integer not null,
    state text not null,
    message_version integer not null,
    first_at bigint not null,
    last_at bigint not null,
    decided_at bigint,
    decided_by text,
    decided_by_name text,
    reason text,
    not_again_before bigint,
    seq integer not null,
    head text not null,
    body json not null
  )`,
  `create index reviews_latest on reviews (first_at desc, id)`,
];
