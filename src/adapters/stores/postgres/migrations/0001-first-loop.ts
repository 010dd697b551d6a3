import { type Kysely, sql } from 'kysely';

/** Events, loops, ledger, messages, replies, counters and settings. Times are epoch milliseconds (bigint). */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table events (
    id uuid primary key,
    loop_id uuid not null,
    source text not null,
    kind text not null,
    occurred_at bigint not null,
    received_at bigint not null,
    key_ids text not null,
    body json not null
  )`,
  `create index events_loop on events (loop_id)`,
  `create table loops (
    id uuid primary key,
    case_code text not null,
    behaviour text not null,
    state text not null,
    is_stub boolean not null,
    rung text not null,
    is_live boolean not null,
    owner_kind text not null,
    owner_id text,
    team text,
    confidence real not null,
    habit uuid,
    repository text,
    first_occurred_at bigint not null,
    last_occurred_at bigint not null,
    verified_at bigint,
    relapse_of uuid,
    due_at bigint,
    updated_at bigint not null,
    merged_into uuid,
    seq integer not null,
    head text not null,
    facts json not null
  )`,
  // Not unique: a rare collision must not stop an import; a look-up takes the older loop.
  `create index loops_case_code on loops (case_code)`,
  `create index loops_due on loops (due_at) where due_at is not null`,
  `create index loops_state on loops (state, team, last_occurred_at desc, id)`,
  `create index loops_recent on loops (last_occurred_at desc, id) where not is_stub`,
  // Relapses: the last verification of a habit before a case, and the live cases after a verification.
  `create index loops_verified on loops (habit, behaviour, verified_at) where verified_at is not null`,
  `create index loops_live on loops (habit, behaviour, first_occurred_at) where is_live`,
  `create index loops_repository on loops (repository, behaviour) where repository is not null`,
  // Fingerprint keys: which loop a thing belongs to. The key text is a keyed hash already.
  `create table loop_keys (
    key text primary key,
    loop_id uuid not null
  )`,
  `create index loop_keys_loop on loop_keys (loop_id)`,
  // Where a finding stands in an immutable commit, to prove that two sources speak of the same bytes.
  `create table loop_spans (
    place text not null,
    loop_id uuid not null,
    source text not null,
    provider text not null,
    start_column integer not null,
    end_column integer not null,
    has_content boolean not null,
    -- Two reports of one span may differ in what they know of it; each of them may be what joins a third.
    primary key (place, loop_id, source, provider, start_column, end_column, has_content)
  )`,
  `create table loop_aliases (
    alias text primary key,
    loop_id uuid not null
  )`,
  `create index loop_aliases_loop on loop_aliases (loop_id)`,
  `create table ledger_entries (
    loop_id uuid not null,
    seq integer not null,
    at bigint not null,
    kind text not null,
    previous text not null,
    hash text not null,
    body text not null,
    primary key (loop_id, seq)
  )`,
  `create table ledger_private (
    loop_id uuid not null,
    seq integer not null,
    path text not null,
    salt text not null,
    value text not null,
    primary key (loop_id, seq, path)
  )`,
  `create table ledger_unsealed (
    loop_id uuid primary key
  )`,
  `create table checkpoints (
    n integer primary key,
    at bigint not null,
    size integer not null,
    root text not null,
    previous text not null,
    key_id text not null,
    signature text not null,
    leaves json not null
  )`,
  `create table messages (
    id uuid primary key,
    recipient_kind text not null,
    recipient_id text not null,
    moment text not null,
    occasion text not null,
    behaviour text not null,
    lane smallint not null,
    is_shadow boolean not null,
    is_replay boolean not null default false,
    channel text not null,
    state text not null,
    due_at bigint not null,
    leased_until bigint,
    lease text,
    attempt integer not null default 0,
    created_at bigint not null,
    sent_at bigint,
    snapshot json,
    reference text,
    last_error text,
    token_hash text,
    token_expires_at bigint,
    team text,
    unique (recipient_kind, recipient_id, moment, occasion)
  )`,
  `create index messages_due on messages (lane, due_at) where state = 'queued'`,
  `create index messages_sending on messages (leased_until) where state = 'sending'`,
  `create index messages_token on messages (token_hash) where token_hash is not null`,
  `create index messages_recent on messages (created_at desc, id)`,
  `create index messages_state on messages (state, created_at desc)`,
  // Words due for a loop. Without a message they still wait to be planned into one.
  `create table wants (
    loop_id uuid not null,
    occasion text not null,
    message_id uuid,
    moment text not null,
    behaviour text not null,
    recipient_kind text not null,
    recipient_id text not null,
    lane smallint not null,
    due_at bigint not null,
    team text,
    primary key (loop_id, occasion)
  )`,
  `create index wants_due on wants (lane, due_at) where message_id is null`,
  `create index wants_recipient on wants (recipient_kind, recipient_id, behaviour, lane) where message_id is null`,
  `create index wants_message on wants (message_id) where message_id is not null`,
  `create table attention (
    recipient_kind text not null,
    recipient_id text not null,
    day text not null,
    messages integer not null,
    released integer not null,
    primary key (recipient_kind, recipient_id, day)
  )`,
  `create table replies (
    id uuid primary key,
    loop_id uuid not null,
    message_id uuid,
    at bigint not null,
    answer text not null,
    body json not null
  )`,
  `create index replies_loop on replies (loop_id)`,
  `create table refused_replies (
    id uuid primary key,
    at bigint not null,
    reason text not null,
    body json not null
  )`,
  `create table receipts (
    id text primary key,
    source text not null,
    at bigint not null
  )`,
  `create table counters (
    name text not null,
    behaviour text not null,
    source text not null,
    day text not null,
    scope text not null,
    n bigint not null,
    primary key (name, behaviour, source, day, scope)
  )`,
  `create table source_days (
    source text not null,
    day text not null,
    primary key (source, day)
  )`,
  `create table settings (
    name text primary key,
    value json not null
  )`,
  `create table tokens (
    id uuid primary key,
    hash text not null unique,
    name text not null,
    scopes json not null,
    teams json not null,
    created_at bigint not null,
    expires_at bigint not null,
    last_used_at bigint,
    revoked_at bigint
  )`,
  `create table suppressions (
    id uuid primary key,
    kind text not null,
    pattern text not null,
    reason text not null,
    by text not null,
    until bigint not null,
    created_at bigint not null
  )`,
  `create table learnt_owners (
    scope text primary key,
    owner_kind text not null,
    owner_id text not null,
    at bigint not null,
    body json not null
  )`,
  `create table imports (
    id text primary key,
    source text not null,
    started_at bigint not null,
    finished_at bigint,
    position bigint not null,
    counts json not null
  )`,
];
