import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import {
  type DecisionRow,
  type ExceptionRow,
  type ExceptionState,
  exceptionStates,
  type LessonRow,
} from '../../../../ports/store.ts';
import { idOf, optional } from '../rows.ts';

type Db = Kysely<unknown>;

export type LessonRecord = {
  readonly actor: string;
  readonly rule_class: string;
  readonly rule: string;
  readonly lesson: string;
  readonly form: string;
  readonly times: number | string;
  readonly first_at: number | string;
  readonly last_at: number | string;
  readonly settled_at: number | string | null;
  readonly round: number;
  readonly version: string | null;
};

export function lessonOf(record: LessonRecord): LessonRow {
  const { actor, rule, lesson, form } = record;
  const settledAt = record.settled_at === null ? undefined : Number(record.settled_at);
  return {
    actor,
    ruleClass: record.rule_class,
    rule,
    lesson,
    form,
    times: Number(record.times),
    firstAt: Number(record.first_at),
    lastAt: Number(record.last_at),
    ...optional('settledAt', settledAt),
    round: record.round,
    ...optional('version', record.version),
  };
}

/** What was refused since an instant, the latest first. They concern people of all teams. */
export async function lessons(
  db: Db,
  principal: Principal,
  filter: {
    readonly since: number;
    readonly actor?: string;
    readonly ruleClass?: string;
    readonly limit: number;
  },
): Promise<readonly LessonRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<LessonRecord>`select * from policy_lessons where last_at >= ${filter.since}
    and (${filter.actor ?? null}::text is null or actor = ${filter.actor ?? null}::text)
    and (${filter.ruleClass ?? null}::text is null or rule_class = ${filter.ruleClass ?? null}::text)
    order by last_at desc, actor, rule_class limit ${filter.limit}`.execute(db);
  return found.rows.map(lessonOf);
}

type ExceptionRecord = {
  readonly id: string;
  readonly rule: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_by_name: string;
  readonly asked_at: number | string;
  readonly duration_ms: number | string;
  readonly state: string;
  readonly decided_by: string | null;
  readonly decided_by_name: string | null;
  readonly decided_at: number | string | null;
  readonly until: number | string | null;
  readonly uses: number | string;
};

function exceptionOf(record: ExceptionRecord): ExceptionRow {
  const number = (value: number | string | null) => (value === null ? undefined : Number(value));
  const state: ExceptionState = exceptionStates.find((one) => one === record.state) ?? 'ended';
  return {
    id: idOf(record.id),
    rule: record.rule,
    subjectType: record.subject_type,
    subjectId: record.subject_id,
    action: record.action,
    resourceType: record.resource_type,
    resourceId: record.resource_id,
    reason: record.reason,
    askedBy: record.asked_by,
    askedByName: record.asked_by_name,
    askedAt: Number(record.asked_at),
    durationMs: Number(record.duration_ms),
    state,
    ...optional('decidedBy', record.decided_by),
    ...optional('decidedByName', record.decided_by_name),
    ...optional('decidedAt', number(record.decided_at)),
    ...optional('until', number(record.until)),
    uses: Number(record.uses),
  };
}

export async function exceptions(
  db: Db,
  principal: Principal,
  filter: { readonly inForceAt?: number; readonly limit: number },
): Promise<readonly ExceptionRow[]> {
  if (principal.teams !== 'all') return [];
  const at = filter.inForceAt ?? null;
  const found = await sql<ExceptionRecord>`select * from policy_exceptions
    where (${at}::bigint is null or (state = 'approved' and until > ${at}::bigint))
    order by asked_at desc, id limit ${filter.limit}`.execute(db);
  return found.rows.map(exceptionOf);
}

export async function exception(db: Db, principal: Principal, id: string): Promise<ExceptionRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<ExceptionRecord>`select * from policy_exceptions where id = ${id}::uuid`.execute(
    db,
  );
  const record = found.rows[0];
  return record === undefined ? undefined : exceptionOf(record);
}

/** The log of decisions, the latest first. */
export async function decisions(
  db: Db,
  principal: Principal,
  filter: { readonly since: number; readonly limit: number },
): Promise<readonly DecisionRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{
    readonly id: string;
    readonly at: number | string;
    readonly outcome: string;
    readonly rule: string | null;
    readonly weight: number | string;
    readonly version: string;
    readonly body: Json;
  }>`select * from policy_decisions where at >= ${filter.since} order by at desc, id limit ${filter.limit}`.execute(
    db,
  );
  return found.rows.map(({ id, at, outcome, rule, weight, version, body }) => ({
    id: idOf(id),
    at: Number(at),
    outcome,
    ...optional('rule', rule),
    weight: Number(weight),
    version,
    body,
  }));
}
