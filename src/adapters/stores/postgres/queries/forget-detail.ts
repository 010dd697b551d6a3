import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { ErasureRow, ForgottenClass, RetentionCutoffs } from '../../../../ports/store.ts';
import { idOf } from '../rows.ts';

type Db = Kysely<unknown>;

/** Where a case is over. What is verified still waits for its hold window. */
const ended = sql`l.state in ('held', 'dismissed', 'merged', 'unprovable')`;

/** See `PrivacyWrite`. Each statement takes its rows by an index and skips what others hold. */
export async function forgetDetail(
  db: Db,
  cutoffs: RetentionCutoffs,
  limit: number,
): Promise<Readonly<Record<ForgottenClass, number>>> {
  const count = async (statement: RawBuilder<unknown>): Promise<number> => {
    const done = await statement.execute(db);
    return Number(done.numAffectedRows ?? 0);
  };
  return {
    events: await forgetEvents(db, cutoffs.events, limit),
    outcomes: await forgetOutcomes(db, cutoffs.outcomes, limit),
    messages:
      await count(sql`update messages set snapshot = null, words = null, language = null, last_error = null, reference = null,
      token_hash = null, recipient_id = 'forgotten:' || id where id in (select id from messages where snapshot is not null
        and created_at < ${cutoffs.messages} and state not in ('queued', 'sending')
        order by created_at limit ${limit} for update skip locked)`),
    attention:
      (await count(sql`delete from attention where (recipient_kind, recipient_id, day) in
        (select recipient_kind, recipient_id, day from attention where day < ${dayOf(cutoffs.attention)} limit ${limit})`)) +
      (await count(sql`delete from coaching where (person, is_shadow) in
        (select person, is_shadow from coaching where last_at < ${cutoffs.attention} limit ${limit} for update skip locked)`)),
    learnt:
      (await forgetIdentities(db, cutoffs.outcomes, limit)) +
      (await count(sql`delete from identity_decisions where id in
        (select id from identity_decisions where at < ${cutoffs.outcomes} limit ${limit} for update skip locked)`)) +
      (await count(sql`delete from learnt_owners where scope in
      (select scope from learnt_owners where owner_kind = 'person' and at < ${cutoffs.outcomes} limit ${limit} for update skip locked)`)),
    denials: await count(sql`delete from policy_lessons where (actor, rule_class) in (select actor, rule_class
      from policy_lessons where last_at < ${cutoffs.outcomes} limit ${limit} for update skip locked)`),
    refusedReplies: await count(sql`delete from refused_replies where id in
      (select id from refused_replies where at < ${cutoffs.refusedReplies} limit ${limit} for update skip locked)`),
    audit: await count(sql`delete from report_exports where id in
      (select id from report_exports where at < ${cutoffs.audit} limit ${limit} for update skip locked)`),
  };
}

/** What was reported of cases that ended; the rows stay, so that the same report again is known. */
async function forgetEvents(db: Db, before: number, limit: number): Promise<number> {
  const done = await sql`with over as (
      select l.id from loops l where l.detail_forgotten_at is distinct from l.updated_at and ${ended}
        and l.updated_at < ${before} order by l.updated_at limit ${limit} for update skip locked
    ), emptied as (
      update events e set body = '{"forgotten":true}'::json from over where e.loop_id = over.id
    )
    update loops l set detail_forgotten_at = l.updated_at from over where l.id = over.id`.execute(db);
  return Number(done.numAffectedRows ?? 0);
}

/** Who owned, answered and was named in cases that ended long ago. The chain keeps its commitments. */
async function forgetOutcomes(db: Db, before: number, limit: number): Promise<number> {
  const done = await sql`with over as (
      select l.id from loops l where l.people_forgotten_at is distinct from l.updated_at and ${ended}
        and l.updated_at < ${before} order by l.updated_at limit ${limit} for update skip locked
    ), values_gone as (delete from ledger_private p using over where p.loop_id = over.id),
    replies_gone as (delete from replies r using over where r.loop_id = over.id),
    wants_gone as (delete from wants w using over where w.loop_id = over.id)
    update loops l set people_forgotten_at = l.updated_at,
      owner_id = case when l.owner_kind = 'person' then null else l.owner_id end,
      owner_kind = case when l.owner_kind = 'person' then 'unknown' else l.owner_kind end,
      facts = ((l.facts::jsonb - 'identity' - 'wanted' - 'snoozes')
        || '{"messages":[],"replies":[],"decisions":[],"mails":[]}'::jsonb
        || jsonb_build_object('kept', (select coalesce(jsonb_agg((s - 'network') || jsonb_build_object(
            'evidence', '[]'::jsonb, 'actor', jsonb_build_object('type', s->'actor'->'type'))), '[]'::jsonb)
          from jsonb_array_elements(l.facts::jsonb->'kept') s)))::json
    from over where l.id = over.id`.execute(db);
  return Number(done.numAffectedRows ?? 0);
}

/** Accounts and credentials that no directory lists, and of whose cases nobody knows any more whose they were. */
async function forgetIdentities(db: Db, before: number, limit: number): Promise<number> {
  const done = await sql`with over as (
      select i.id from identities i where not i.is_listed and i.last_at > 0 and i.last_at < ${before}
        and not exists (select 1 from identity_loops x join loops l on l.id = x.loop_id
          where x.identity_id = i.id and l.people_forgotten_at is null)
      order by i.last_at limit ${limit} for update skip locked
    ), cases_gone as (delete from identity_loops x using over where x.identity_id = over.id)
    delete from identities i using over where i.id = over.id`.execute(db);
  return Number(done.numAffectedRows ?? 0);
}

export async function recordErasure(db: Db, row: ErasureRow): Promise<void> {
  await sql`insert into erasures (id, at, by_id, by_name, reason, instead, rows)
    values (${row.id}::uuid, ${row.at}, ${row.byId}, ${row.byName}, ${row.reason}, ${row.instead},
      ${JSON.stringify(row.rows)}::text::json)`.execute(db);
}

export async function erasures(db: Db, principal: Principal, limit: number): Promise<readonly ErasureRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<ErasureRow & { by_id: string; by_name: string }>`select * from erasures
    order by at desc, id limit ${limit}`.execute(db);
  return found.rows.map(({ id, at, by_id, by_name, reason, instead, rows }) => {
    return { id: idOf(id), at: Number(at), byId: by_id, byName: by_name, reason, instead, rows };
  });
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
