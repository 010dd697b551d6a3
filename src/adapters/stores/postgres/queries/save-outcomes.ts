import { type RawBuilder, sql } from 'kysely';
import { type Outcome, outcomeOf } from '../../../../core/measures/outcome.ts';
import type { LoopRow } from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';

const columns = `loop_id uuid, behaviour text, team text, kind text, unit uuid, source text, campaign text, state text,
  is_counted boolean, is_reported boolean, month text, occurred_at bigint, opened_at bigint, sent_at bigint,
  told_at bigint, owner_at bigint, answered_at bigint, claimed_at bigint, verified_at bigint, ended_at bigint,
  is_held boolean, is_owned boolean, relapse_of uuid, reroutes integer, messages integer, decisions integer,
  changed_at bigint, version integer, pack text, features jsonb, snoozes integer`;
const names = columns.split(',').map((column) => column.trim().split(' ')[0] ?? '');

/** What happened first stays; whose habit it is stays, too, once somebody was told and nobody said "not mine". */
const kept: Readonly<Record<string, string>> = {
  opened_at:
    'case when excluded.opened_at is null then null else coalesce(outcomes.opened_at, excluded.opened_at) end',
  ended_at:
    'case when excluded.ended_at is null then null else coalesce(outcomes.ended_at, excluded.ended_at) end',
  unit: `case when outcomes.told_at is not null and outcomes.unit is not null and outcomes.reroutes = excluded.reroutes
    then outcomes.unit else excluded.unit end`,
};
const assignments = names
  .filter((name) => name !== 'loop_id')
  .map((name) => `${name} = ${kept[name] ?? `excluded.${name}`}`)
  .join(', ');

/** Keeps what measures read of loops, in the statement that saves them; undefined where all are stubs, no case yet. */
export function outcomesInserted(rows: readonly LoopRow[]): RawBuilder<unknown> | undefined {
  const records = rows.filter(({ isStub }) => !isStub).map((row) => recordOf(outcomeOf(row)));
  if (records.length === 0) return undefined;
  return sql`insert into outcomes (${sql.raw(names.join(', '))}) select ${sql.raw(names.join(', '))}
    from ${recordset(records, columns)} on conflict (loop_id) do update set ${sql.raw(assignments)}`;
}

function recordOf(outcome: Outcome) {
  return {
    loop_id: outcome.loop,
    behaviour: outcome.behaviour,
    team: outcome.team,
    kind: outcome.kind,
    unit: outcome.unit,
    source: outcome.source,
    campaign: outcome.campaign,
    state: outcome.state,
    is_counted: outcome.isCounted,
    is_reported: outcome.isReported,
    month: outcome.month,
    occurred_at: outcome.occurredAt,
    opened_at: outcome.openedAt,
    sent_at: outcome.sentAt,
    told_at: outcome.toldAt,
    owner_at: outcome.ownerAt,
    answered_at: outcome.answeredAt,
    claimed_at: outcome.claimedAt,
    verified_at: outcome.verifiedAt,
    ended_at: outcome.endedAt,
    is_held: outcome.isHeld,
    is_owned: outcome.isOwned,
    relapse_of: outcome.relapseOf,
    reroutes: outcome.reroutes,
    messages: outcome.messages,
    snoozes: outcome.snoozes,
    decisions: outcome.decisions,
    changed_at: outcome.changedAt,
    version: outcome.version,
    pack: outcome.pack,
    features: outcome.features,
  };
}
