import { type Kysely, sql } from 'kysely';

/**
 * Runtime policies: what an actor was refused before, exceptions with their two persons, the log of decisions; and for
 * tokens, on whom they may report attempts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table tokens add column kind text, add column subject_types json`,
  `create table policy_lessons (
    -- Who was refused, as the caller named them: type and id.
    actor text not null,
    rule_class text not null,
    rule text not null,
    -- The lesson and its wording, as it was told last.
    lesson text not null,
    -- Which action on which thing it was.
    form text not null,
    times bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    -- When the same was let through since then.
    settled_at bigint,
    primary key (actor, rule_class)
  )`,
  `create index policy_lessons_last on policy_lessons (last_at)`,
  `create table policy_exceptions (
    id uuid primary key,
    rule text not null,
    subject_type text not null,
    subject_id text not null,
    action text not null,
    resource_type text not null,
    resource_id text not null,
    reason text not null,
    asked_by text not null,
    asked_by_name text not null,
    asked_at bigint not null,
    duration_ms bigint not null,
    state text not null,
    decided_by text,
    decided_by_name text,
    decided_at bigint,
    until bigint,
    uses bigint not null default 0
  )`,
  `create index policy_exceptions_until on policy_exceptions (until) where until is not null`,
  `create index policy_exceptions_asked on policy_exceptions (asked_at)`,
  `create table policy_decisions (
    id uuid primary key,
    at bigint not null,
    outcome text not null,
    rule text,
    -- How many decisions this one stands for: grants are sampled.
    weight bigint not null,
    version text not null,
    body json not null
  )`,
  `create index policy_decisions_at on policy_decisions (at)`,
];
