import { type Kysely, sql } from 'kysely';

/** Accounts and credentials, each once, with who answers for it: what lists and counts read. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table identities (
    id uuid primary key,
    -- Folded. A name may be longer than an index takes, so its hash is what is there once.
    key text not null,
    type text not null,
    name text not null,
    provider text,
    standing text not null,
    owner_kind text not null,
    owner_id text,
    confidence real not null,
    team text,
    program text,
    loop_id uuid,
    last_at bigint not null default 0,
    is_listed boolean not null default false,
    named_at bigint
  )`,
  `create unique index identities_key on identities (md5(key))`,
  `create index identities_recent on identities (last_at desc, id desc)`,
  `create index identities_standing on identities (standing, last_at desc, id desc)`,
  `create index identities_type on identities (type, last_at desc, id desc)`,
  `create index identities_team on identities (team, last_at desc, id desc)`,
  `create index identities_owner on identities (owner_id, last_at desc, id desc) where owner_id is not null`,
  `create index identities_program on identities (program, last_at desc, id desc) where program is not null`,
  `create index identities_named on identities (md5(key)) where named_at is not null`,
  `create index identities_listed on identities (id) where is_listed`,
  // Punctuation parts words, whatever the language of the database.
  `create index identities_words on identities
    using gin (to_tsvector('simple', regexp_replace(key, '[!-/:-@[-\`{-~]+', ' ', 'g')))`,
  `create table identity_loops (
    identity_id uuid not null,
    loop_id uuid not null,
    primary key (identity_id, loop_id)
  )`,
  `create index identity_loops_loop on identity_loops (loop_id)`,
  // Loops of which an identity may have another owner by now; a worker takes them.
  `create table identity_news (
    n bigint generated always as identity primary key,
    loop_id uuid not null
  )`,
  `create table identity_decisions (
    id uuid primary key,
    subject text not null,
    kind text not null,
    to_kind text,
    to_id text,
    account text,
    reason text not null,
    by_id text not null,
    at bigint not null
  )`,
  `create index identity_decisions_subject on identity_decisions (subject, at desc)`,
  `insert into identity_news (loop_id)
    select id from loops where not is_stub and merged_into is null and facts->'identity' is not null
    order by last_occurred_at`,
];
