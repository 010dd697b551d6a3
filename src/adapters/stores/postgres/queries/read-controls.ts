import { type Kysely, sql } from 'kysely';
import { type ControlBody, type ControlScope, controlKinds } from '../../../../core/control/control.ts';
import { controlStates } from '../../../../core/control/states.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { ControlFilter, ControlRow, LedgerRow } from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;
type Instant = number | string;

export type ControlRecord = {
  readonly id: string;
  readonly behaviour: string;
  readonly behaviour_version: number;
  readonly kind: string;
  readonly template: string;
  readonly template_version: number;
  readonly scope_kind: string;
  readonly scope_id: string;
  readonly team: string | null;
  readonly state: string;
  readonly round: number;
  readonly decider_kind: string;
  readonly decider_id: string;
  readonly is_blocking: boolean;
  readonly proposed_at: Instant;
  readonly due_at: Instant;
  readonly lasts_ms: Instant;
  readonly accepted_by: string | null;
  readonly accepted_by_name: string | null;
  readonly accepted_at: Instant | null;
  readonly second_by: string | null;
  readonly second_by_name: string | null;
  readonly second_at: Instant | null;
  readonly applied_at: Instant | null;
  readonly applied_by: string | null;
  readonly applied_by_name: string | null;
  readonly closed_at: Instant | null;
  readonly closed_by_name: string | null;
  readonly reason: string | null;
  readonly not_again_before: Instant | null;
  readonly updated_at: Instant;
  readonly seq: number;
  readonly head: string;
  readonly body: ControlBody;
};

const scopeKinds = ['owner', 'team', 'everyone'] as const;

export function scopeOf(kind: string, id: string): ControlScope {
  return { kind: scopeKinds.find((one) => one === kind) ?? 'everyone', id };
}

export function controlOf(record: ControlRecord): ControlRow {
  const instant = (value: Instant | null) => (value === null ? undefined : Number(value));
  const kind = controlKinds.find((one) => one === record.kind);
  const state = controlStates.find((one) => one === record.state);
  if (kind === undefined || state === undefined)
    throw new TypeError('a control of another program is in the store');
  return {
    id: idOf(record.id),
    behaviour: record.behaviour,
    behaviourVersion: record.behaviour_version,
    kind,
    template: record.template,
    templateVersion: record.template_version,
    scope: scopeOf(record.scope_kind, record.scope_id),
    ...optional('team', record.team),
    state,
    round: record.round,
    decider: { kind: record.decider_kind === 'team' ? 'team' : 'duty', id: record.decider_id },
    isBlocking: record.is_blocking,
    proposedAt: Number(record.proposed_at),
    dueAt: Number(record.due_at),
    lastsMs: Number(record.lasts_ms),
    ...optional('acceptedBy', record.accepted_by),
    ...optional('acceptedByName', record.accepted_by_name),
    ...optional('acceptedAt', instant(record.accepted_at)),
    ...optional('secondBy', record.second_by),
    ...optional('secondByName', record.second_by_name),
    ...optional('secondAt', instant(record.second_at)),
    ...optional('appliedAt', instant(record.applied_at)),
    ...optional('appliedBy', record.applied_by),
    ...optional('appliedByName', record.applied_by_name),
    ...optional('closedAt', instant(record.closed_at)),
    ...optional('closedByName', record.closed_by_name),
    ...optional('reason', record.reason),
    ...optional('notAgainBefore', instant(record.not_again_before)),
    updatedAt: Number(record.updated_at),
    seq: record.seq,
    head: record.head,
    body: record.body,
  };
}

/** The latest first. */
export async function controls(
  db: Db,
  principal: Principal,
  filter: ControlFilter,
): Promise<readonly ControlRow[]> {
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = await sql<ControlRecord>`select * from controls where ${visible(principal, 'team')}
    and ${same('state', filter.state)} and ${same('behaviour', filter.behaviour)} and ${same('kind', filter.kind)}
    and ${same('team', filter.team)}
    order by proposed_at desc, id limit ${filter.limit}`.execute(db);
  return found.rows.map(controlOf);
}

export async function control(db: Db, principal: Principal, id: string): Promise<ControlRow | undefined> {
  if (!/^[0-9a-f]{32}$/u.test(id)) return undefined;
  const found = await sql<ControlRecord>`select * from controls
    where id = ${id}::uuid and ${visible(principal, 'team')}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : controlOf(record);
}

/** The entries of its chain; empty for one that may not be seen. */
export async function controlLedger(db: Db, principal: Principal, id: string): Promise<readonly LedgerRow[]> {
  const found = await sql<Omit<LedgerRow, 'loop'>>`select e.* from ledger_entries e
    where e.loop_id = ${id}::uuid
      and exists (select 1 from controls where id = ${id}::uuid and ${visible(principal, 'team')})
    order by e.seq`.execute(db);
  return found.rows.map(({ seq, at, kind, previous, hash, body }) => ({
    loop: id,
    seq,
    at: Number(at),
    kind,
    previous,
    hash,
    body,
  }));
}
