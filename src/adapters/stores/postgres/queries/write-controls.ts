import { type Kysely, sql } from 'kysely';
import { openControlStates } from '../../../../core/control/states.ts';
import type { ControlRow, LoopRow, StandingOrders } from '../../../../ports/store.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { idOf, recordset } from '../rows.ts';
import { type ControlRecord, controlOf, scopeOf } from './read-controls.ts';
import { rulesOf, type SwitchState } from './rollout-rows.ts';

type Db = Kysely<unknown>;

const columns = `id uuid, behaviour text, behaviour_version integer, kind text, template text,
  template_version integer, scope_kind text, scope_id text, team text, state text, round integer, decider_kind text,
  decider_id text, is_blocking boolean, proposed_at bigint, due_at bigint, lasts_ms bigint, accepted_by text,
  accepted_by_name text, accepted_at bigint, second_by text, second_by_name text, second_at bigint,
  applied_at bigint, applied_by text, applied_by_name text, closed_at bigint, closed_by_name text, reason text,
  not_again_before bigint, updated_at bigint, seq integer, head text, body json`;
const names = sql.raw(
  columns
    .split(',')
    .map((column) => column.trim().split(' ')[0])
    .join(', '),
);

/** False when it is there already, or another open one of its behaviour, scope and kind is. */
export async function insertControl(db: Db, row: ControlRow): Promise<boolean> {
  const done = await sql`insert into controls (${names})
    select ${names} from ${recordset([recordOf(row)], columns)} on conflict do nothing returning id`.execute(
    db,
  );
  return done.rows.length === 1;
}

/** What may change of one: the rest is its identity. */
export async function updateControl(db: Db, row: ControlRow): Promise<void> {
  await sql`update controls c set state = t.state, due_at = t.due_at, accepted_by = t.accepted_by,
      accepted_by_name = t.accepted_by_name, accepted_at = t.accepted_at, second_by = t.second_by,
      second_by_name = t.second_by_name, second_at = t.second_at, applied_at = t.applied_at,
      applied_by = t.applied_by, applied_by_name = t.applied_by_name, closed_at = t.closed_at,
      closed_by_name = t.closed_by_name, reason = t.reason, not_again_before = t.not_again_before,
      updated_at = t.updated_at, seq = t.seq, head = t.head, body = t.body
    from ${recordset([recordOf(row)], columns)} where c.id = t.id`.execute(db);
}

export async function lockControl(db: Db, id: string): Promise<ControlRow | undefined> {
  const found = await sql<ControlRecord>`select * from controls where id = ${id}::uuid for update`.execute(
    db,
  );
  const record = found.rows[0];
  return record === undefined ? undefined : controlOf(record);
}

export async function standingOrders(db: Db): Promise<StandingOrders> {
  const found = await sql<{
    rules: readonly SwitchState[];
    scopes: readonly Pick<ControlRecord, 'id' | 'behaviour' | 'scope_kind' | 'scope_id' | 'state'>[];
  }>`select (select coalesce(json_agg(r), '[]'::json) from (
        select distinct on (behaviour, team) behaviour, team, stage, share from rollout_switches
        order by behaviour, team, n desc) r) as rules,
      (select coalesce(json_agg(c order by c.id), '[]'::json) from (
        select id, behaviour, scope_kind, scope_id, state from controls
        where state in ('proposed', 'accepted', 'applied')) c) as scopes`.execute(db);
  const { rules = [], scopes = [] } = found.rows[0] ?? {};
  return {
    rules: rulesOf(rules),
    scopes: scopes.flatMap(({ id, behaviour, scope_kind, scope_id, state: given }) => {
      const state = openControlStates.find((one) => one === given);
      const scope = scopeOf(scope_kind, scope_id);
      return state === undefined ? [] : [{ control: idOf(id), behaviour, scope, state }];
    }),
  };
}

/** Open cases of a scope, in id order, locked. */
export async function lockOpenLoops(
  db: Db,
  behaviour: string,
  team: string | undefined,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where behaviour = ${behaviour} and not is_stub
      and state not in ('backlog', 'held', 'merged') and ${team === undefined ? sql`true` : sql`team = ${team}`}
      and ${after === undefined ? sql`true` : sql`id > ${after}::uuid`}
    order by id limit ${limit} for update`.execute(db);
  return found.rows.map(loopOf);
}

/** Open controls whose time has come, locked, others' locks skipped. */
export async function claimDueControls(db: Db, now: number, limit: number): Promise<readonly ControlRow[]> {
  const found = await sql<ControlRecord>`select * from controls
    where state in ('proposed', 'accepted', 'applied') and due_at <= ${now}
    order by due_at, id limit ${limit} for update skip locked`.execute(db);
  return found.rows.map(controlOf);
}

function recordOf(row: ControlRow): { readonly [K in keyof ControlRecord]: unknown } {
  return {
    id: row.id,
    behaviour: row.behaviour,
    behaviour_version: row.behaviourVersion,
    kind: row.kind,
    template: row.template,
    template_version: row.templateVersion,
    scope_kind: row.scope.kind,
    scope_id: row.scope.id,
    team: row.team,
    state: row.state,
    round: row.round,
    decider_kind: row.decider.kind,
    decider_id: row.decider.id,
    is_blocking: row.isBlocking,
    proposed_at: row.proposedAt,
    due_at: row.dueAt,
    lasts_ms: row.lastsMs,
    accepted_by: row.acceptedBy,
    accepted_by_name: row.acceptedByName,
    accepted_at: row.acceptedAt,
    second_by: row.secondBy,
    second_by_name: row.secondByName,
    second_at: row.secondAt,
    applied_at: row.appliedAt,
    applied_by: row.appliedBy,
    applied_by_name: row.appliedByName,
    closed_at: row.closedAt,
    closed_by_name: row.closedByName,
    reason: row.reason,
    not_again_before: row.notAgainBefore,
    updated_at: row.updatedAt,
    seq: row.seq,
    head: row.head,
    body: row.body,
  };
}
