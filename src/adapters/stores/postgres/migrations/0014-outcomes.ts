import { type Kysely, sql } from 'kysely';

/**
 * What measures are made of: one narrow row a loop without a name in it, opportunities by month, who left, and figures
 * as they stood when their month was closed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Of loops that are there already, as `outcomeOf` makes them; a test holds the two together. */
export const backfillOutcomes = `insert into outcomes (loop_id, behaviour, team, kind, unit, source, campaign, state, is_counted, is_reported, month, occurred_at,
      opened_at, sent_at, told_at, owner_at, answered_at, claimed_at, verified_at, ended_at, is_held, is_owned,
      relapse_of, reroutes, messages, decisions, changed_at)
    select l.id, l.behaviour, coalesce(l.team, ''), coalesce(f.first #>> '{actor,type}', 'unknown'), l.habit,
      coalesce(f.first ->> 'source', ''), coalesce(f.first #>> '{joins,campaign}', ''), l.state,
      l.merged_into is null and l.state not in ('dismissed', 'merged') and (f.facts ->> 'sightings')::integer > 0,
      json_array_length(l.facts -> 'sources') = 1
        and coalesce(f.facts #>> '{secret,rule}', '') = 'reported-by-hand',
      to_char(to_timestamp(l.first_occurred_at / 1000.0) at time zone 'UTC', 'YYYY-MM'), l.first_occurred_at,
      case when l.is_live then coalesce((select e.at from ledger_entries e where e.loop_id = l.id and e.seq = 1),
        l.updated_at) end,
      (select min((m ->> 'at')::bigint) from jsonb_array_elements(f.facts -> 'messages') m
        where m ->> 'isShadow' is distinct from 'true'),
      (select min((m ->> 'at')::bigint) from jsonb_array_elements(f.facts -> 'messages') m
        where m ->> 'isShadow' is distinct from 'true' and m ->> 'outcome' = 'accepted'),
      case when l.owner_kind <> 'unknown' and l.state <> 'reassigned' then
        (select min((m ->> 'at')::bigint) from jsonb_array_elements(f.facts -> 'messages') m
          where m ->> 'isShadow' is distinct from 'true' and m ->> 'outcome' = 'accepted'
            and m #>> '{recipient,kind}' = l.owner_kind and m #>> '{recipient,id}' = l.owner_id) end,
      (select min((r ->> 'at')::bigint) from jsonb_array_elements(f.facts -> 'replies') r
        where r #>> '{by,kind}' in ('person', 'team', 'duty')),
      (select min((r ->> 'at')::bigint) from jsonb_array_elements(f.facts -> 'replies') r
        where r #>> '{by,kind}' in ('person', 'team', 'duty') and r ->> 'answer' = 'done'),
      case when l.rung in ('verified', 'held') then l.verified_at end,
      case when l.state in ('accepted', 'unprovable', 'orphaned') then l.updated_at end,
      l.state = 'held', l.owner_kind <> 'unknown' and l.confidence >= 0.6, l.relapse_of,
      (select count(*) from jsonb_array_elements(f.facts -> 'replies') r where r ->> 'answer' = 'not-mine')
        + (select count(*) from jsonb_array_elements(f.facts -> 'decisions') d where d ->> 'kind' = 'hand-over'),
      (select count(*) from jsonb_array_elements(f.facts -> 'messages') m
        where m ->> 'isShadow' is distinct from 'true' and m ->> 'outcome' <> 'refused'),
      jsonb_array_length(f.facts -> 'decisions')
        + (select count(*) from jsonb_array_elements(f.facts -> 'replies') r where r #>> '{by,kind}' = 'operator'),
      l.updated_at
    from loops l cross join lateral (select l.facts::jsonb as facts, l.facts::jsonb #> '{kept,0}' as first) f
    where not l.is_stub`;

const statements = [
  `create table outcomes (
    loop_id uuid primary key,
    behaviour text not null,
    -- Empty where there is none, so that it can be part of a key.
    team text not null,
    kind text not null,
    -- The habit: a keyed hash of whose it is.
    unit uuid,
    source text not null,
    campaign text not null,
    state text not null,
    is_counted boolean not null,
    -- Known by what a person wrote down only: no machine saw it.
    is_reported boolean not null,
    month text not null,
    occurred_at bigint not null,
    -- When it was first live or released: from then on somebody was to be told.
    opened_at bigint,
    sent_at bigint,
    told_at bigint,
    owner_at bigint,
    answered_at bigint,
    claimed_at bigint,
    verified_at bigint,
    -- When it left by a side door: no longer followed.
    ended_at bigint,
    is_held boolean not null,
    is_owned boolean not null,
    relapse_of uuid,
    reroutes integer not null,
    messages integer not null,
    decisions integer not null,
    changed_at bigint not null
  )`,
  `create index outcomes_unit on outcomes (unit, occurred_at) where unit is not null`,
  `create index receipts_at on receipts (at)`,
  `create index outcomes_behaviour on outcomes (behaviour, month)`,
  `create index outcomes_relapse on outcomes (relapse_of) where relapse_of is not null`,
  `create table opportunities (
    behaviour text not null,
    month text not null,
    scope text not null,
    kind text not null,
    source text not null,
    campaign text not null,
    n bigint not null,
    primary key (behaviour, month, scope, kind, source, campaign)
  )`,
  `create table unit_exits (
    unit uuid primary key,
    at bigint not null,
    reason text not null
  )`,
  `create table closed_months (
    behaviour text not null,
    month text not null,
    team text not null,
    failures bigint not null,
    opportunities bigint not null,
    closed_at bigint not null,
    primary key (behaviour, month, team)
  )`,
  `insert into opportunities (behaviour, month, scope, kind, source, campaign, n)
    select behaviour, left(day, 7), scope, 'unknown', '', '', sum(n) from counters
    where name = 'opportunity' group by behaviour, left(day, 7), scope`,
  backfillOutcomes,
];
