import { type Kysely, sql } from 'kysely';
import type {
  DecisionRow,
  DenialNote,
  ExceptionRow,
  ExceptionVerdict,
  LessonRow,
} from '../../../../ports/store.ts';
import { recordset } from '../rows.ts';
import { type LessonRecord, lessonOf } from './read-policies.ts';

type Db = Kysely<unknown>;

/** Counts denials, each actor and class once a call. Returns what was known before of those that were. */
export async function noteDenials(db: Db, notes: readonly DenialNote[]): Promise<readonly LessonRow[]> {
  if (notes.length === 0) return [];
  const columns =
    'actor text, "ruleClass" text, rule text, lesson text, form text, round integer, version text, at bigint';
  const found = await sql<LessonRecord>`select l.* from policy_lessons l
    join ${recordset(notes, columns)} on t.actor = l.actor and t."ruleClass" = l.rule_class
    order by l.actor, l.rule_class for update of l`.execute(db);
  await sql`insert into policy_lessons (actor, rule_class, rule, lesson, form, round, version, times,
      first_at, last_at)
    select actor, "ruleClass", rule, lesson, form, round, version, 1, at, at from ${recordset(notes, columns)}
    order by actor, "ruleClass"
    on conflict (actor, rule_class) do update set rule = excluded.rule, lesson = excluded.lesson,
      form = excluded.form, round = greatest(policy_lessons.round, excluded.round), version = excluded.version,
      times = policy_lessons.times + 1,
      last_at = greatest(policy_lessons.last_at, excluded.last_at), settled_at = null`.execute(db);
  return found.rows.map(lessonOf);
}

/** Notes that the same was let through; false when that was known. */
export async function settleLesson(db: Db, actor: string, ruleClass: string, at: number): Promise<boolean> {
  const done = await sql`update policy_lessons set settled_at = ${at}
    where actor = ${actor} and rule_class = ${ruleClass} and settled_at is null returning actor`.execute(db);
  return done.rows.length === 1;
}

export async function insertException(db: Db, row: ExceptionRow): Promise<void> {
  await sql`insert into policy_exceptions (id, rule, subject_type, subject_id, action, resource_type, resource_id,
      reason, asked_by, asked_by_name, asked_at, duration_ms, state)
    values (${row.id}::uuid, ${row.rule}, ${row.subjectType}, ${row.subjectId}, ${row.action}, ${row.resourceType},
      ${row.resourceId}, ${row.reason}, ${row.askedBy}, ${row.askedByName}, ${row.askedAt}, ${row.durationMs},
      ${row.state})`.execute(db);
}

/** Decides what was asked, or ends what was approved; false when it stands otherwise by now, or the asker decides. */
export async function decideException(db: Db, verdict: ExceptionVerdict): Promise<boolean> {
  const { id, state, by, byName, at, until } = verdict;
  const from = state === 'ended' ? 'approved' : 'asked';
  const done = await sql`update policy_exceptions set state = ${state}, decided_by = ${by},
      decided_by_name = ${byName}, decided_at = ${at}, until = ${until ?? null}
    where id = ${id}::uuid and state = ${from} and (asked_by <> ${by} or ${state} = 'ended')
    returning id`.execute(db);
  return done.rows.length === 1;
}

export async function countExceptionUses(
  db: Db,
  uses: readonly { readonly id: string; readonly n: number }[],
): Promise<void> {
  if (uses.length === 0) return;
  await sql`update policy_exceptions e set uses = e.uses + t.n
    from ${recordset(uses, 'id uuid, n bigint')} where e.id = t.id`.execute(db);
}

export async function addDecisions(db: Db, rows: readonly DecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = 'id uuid, at bigint, outcome text, rule text, weight bigint, version text, body json';
  await sql`insert into policy_decisions (id, at, outcome, rule, weight, version, body)
    select id, at, outcome, rule, weight, version, body from ${recordset(rows, columns)}
    on conflict do nothing`.execute(db);
}

/** Returns how many were forgotten. */
export async function forgetDecisions(db: Db, before: number, limit: number): Promise<number> {
  const gone = await sql`delete from policy_decisions where id in
    (select id from policy_decisions where at < ${before} order by at limit ${limit}) returning id`.execute(
    db,
  );
  return gone.rows.length;
}
