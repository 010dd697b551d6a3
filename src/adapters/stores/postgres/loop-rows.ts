import type { LoopFacts } from '../../../core/loop/facts.ts';
import type { Need } from '../../../core/loop/needs.ts';
import type { LoopState, Rung } from '../../../core/loop/states.ts';
import type { LoopRow } from '../../../ports/store.ts';
import { idOf, optional } from './rows.ts';

export type LoopRecord = {
  readonly id: string;
  readonly case_code: string;
  readonly behaviour: string;
  readonly state: LoopState;
  readonly is_stub: boolean;
  readonly rung: Rung;
  readonly is_live: boolean;
  readonly owner_kind: 'person' | 'team' | 'unknown';
  readonly owner_id: string | null;
  readonly team: string | null;
  readonly confidence: number;
  readonly habit: string | null;
  readonly repository: string | null;
  readonly first_occurred_at: number;
  readonly last_occurred_at: number;
  readonly verified_at: number | null;
  readonly relapse_of: string | null;
  readonly due_at: number | null;
  readonly updated_at: number;
  readonly merged_into: string | null;
  readonly needs: Need | null;
  readonly seq: number;
  readonly head: string;
  readonly facts: LoopFacts;
};

export const loopColumns = `id uuid, case_code text, behaviour text, state text, is_stub boolean, rung text,
  is_live boolean, owner_kind text, owner_id text, team text, confidence real, habit uuid, repository text,
  first_occurred_at bigint, last_occurred_at bigint, verified_at bigint, relapse_of uuid, due_at bigint,
  updated_at bigint, merged_into uuid, needs text, seq integer, head text, facts json`;

export const loopColumnNames = loopColumns
  .split(',')
  .map((column) => column.trim().split(' ')[0] ?? '')
  .filter((name) => name !== '');

export function loopOf(record: LoopRecord): LoopRow {
  return {
    id: idOf(record.id),
    caseCode: record.case_code,
    behaviour: record.behaviour,
    state: record.state,
    isStub: record.is_stub,
    rung: record.rung,
    isLive: record.is_live,
    owner: { kind: record.owner_kind, confidence: record.confidence, ...optional('id', record.owner_id) },
    ...optional('team', record.team),
    ...optional('habit', record.habit === null ? null : idOf(record.habit)),
    ...optional('repository', record.repository),
    firstOccurredAt: Number(record.first_occurred_at),
    lastOccurredAt: Number(record.last_occurred_at),
    ...optional('verifiedAt', record.verified_at),
    ...optional('relapseOf', record.relapse_of === null ? null : idOf(record.relapse_of)),
    ...optional('dueAt', record.due_at),
    updatedAt: Number(record.updated_at),
    ...optional('mergedInto', record.merged_into === null ? null : idOf(record.merged_into)),
    ...optional('needs', record.needs),
    seq: record.seq,
    head: record.head,
    facts: record.facts,
  };
}

export function recordOf(row: LoopRow): LoopRecord {
  return {
    id: row.id,
    case_code: row.caseCode,
    behaviour: row.behaviour,
    state: row.state,
    is_stub: row.isStub,
    rung: row.rung,
    is_live: row.isLive,
    owner_kind: row.owner.kind,
    owner_id: row.owner.id ?? null,
    team: row.team ?? null,
    confidence: row.owner.confidence,
    habit: row.habit ?? null,
    repository: row.repository ?? null,
    first_occurred_at: row.firstOccurredAt,
    last_occurred_at: row.lastOccurredAt,
    verified_at: row.verifiedAt ?? null,
    relapse_of: row.relapseOf ?? null,
    due_at: row.dueAt ?? null,
    updated_at: row.updatedAt,
    merged_into: row.mergedInto ?? null,
    needs: row.needs ?? null,
    seq: row.seq,
    head: row.head,
    facts: row.facts,
  };
}
