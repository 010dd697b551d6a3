import { type Kysely, sql } from 'kysely';

/** Proposed and applied controls. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table controls (
    id uuid primary key,
    behaviour text not null,
    behaviour_version integer not null,
    kind text not null,
    template text not null,
    template_version integer not null,
    scope_kind text not null,
    scope_id text not null,
    team text,
    state text not null,
    round integer not null,
    decider_kind text not null,
    decider_id text not null,
    is_blocking boolean not null,
    proposed_at bigint not null,
    due_at bigint not null,
    lasts_ms bigint not null,
    accepted_by text,
    accepted_by_name text,
    accepted_at bigint,
    second_by text,
    second_by_name text,
    second_at bigint,
    applied_at bigint,
    applied_by text,
    applied_by_name text,
    closed_at bigint,
    closed_by_name text,
    reason text,
    not_again_before bigint,
    updated_at bigint not null,
    seq integer not null,
    head text not null,
    body json not null
  )`,
  // One open proposal of a behaviour, a scope and a kind.
  `create unique index controls_open on controls (behaviour, scope_kind, scope_id, kind)
    where state in ('proposed', 'accepted', 'applied')`,
  `create index controls_due on controls (due_at) where state in ('proposed', 'accepted', 'applied')`,
  `create index controls_latest on controls (proposed_at desc, id)`,
];
