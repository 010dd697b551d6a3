import { type Kysely, sql } from 'kysely';

/** Experiments as registered, whom chance assigned, what became of them, and the words that a message was given. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table experiments (
    id text primary key,
    state text not null,
    behaviour text not null,
    moment text not null,
    -- Canonical JSON, exactly as hashed.
    document text not null,
    hash text not null,
    registered_at bigint not null,
    registered_by text not null,
    registered_by_name text not null,
    started_at bigint,
    started_by_name text,
    ended_at bigint,
    end_reason text,
    chain uuid not null unique,
    seq integer not null,
    head text not null
  )`,
  // One at a time a behaviour: two would each be part of what the other calls usual.
  `create unique index experiments_running on experiments (behaviour) where state = 'running'`,
  `create table experiment_units (
    experiment text not null,
    unit uuid not null,
    arm text not null,
    shares json not null,
    assigned_at bigint not null,
    loop_id uuid not null,
    habit uuid,
    team text,
    taxonomy text not null,
    outcome_at bigint,
    outcome_n integer,
    outcome_recorded_at bigint,
    outcome_source text,
    outcome_detector text,
    exit_at bigint,
    exit_kind text,
    primary key (experiment, unit)
  )`,
  `create index experiment_units_open on experiment_units (experiment, habit) where outcome_at is null`,
  `create table experiment_arms (
    experiment text not null,
    arm text not null,
    crossed_lower_at bigint,
    crossed_higher_at bigint,
    stopped_at bigint,
    primary key (experiment, arm)
  )`,
  `alter table messages add column variant text, add column experiment text, add column unit uuid`,
  `create index messages_experiment on messages (experiment, unit) where experiment is not null`,
];
