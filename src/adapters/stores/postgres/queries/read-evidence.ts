import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Rung } from '../../../../core/loop/states.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  CheckpointRow,
  EvidenceCount,
  EvidenceStory,
  ExportRow,
  LedgerRow,
  Period,
  PrivateRow,
} from '../../../../ports/store.ts';
import { idOf, optional, uuidArray } from '../rows.ts';
import { visible } from './read-loops.ts';
import { checkpointOf } from './write-ledger.ts';

type Db = Kysely<unknown>;

/** Whatever has a chain in the ledger; of what is no case and no control, only those who see all teams see it. */
const subjects = sql`select id, case_code, behaviour, state, rung, team, first_occurred_at, verified_at from loops
  union all select id, 'control', behaviour, state, 'none', team, proposed_at, null from controls
  union all select e.loop_id, 'other', e.kind, 'recorded', 'none', null, e.at, null from ledger_entries e
    where e.seq = 1 and not exists (select 1 from loops l where l.id = e.loop_id)
      and not exists (select 1 from controls c where c.id = e.loop_id)`;

type SubjectRecord = {
  readonly id: string;
  readonly case_code: string;
  readonly behaviour: string;
  readonly state: string;
  readonly rung: Rung;
  readonly team: string | null;
  readonly first_occurred_at: number | string;
  readonly verified_at: number | string | null;
};

function subjectOf(record: SubjectRecord): EvidenceStory['subject'] {
  const { id, case_code: caseCode, behaviour, state, rung, team } = record;
  const verifiedAt = record.verified_at === null ? undefined : Number(record.verified_at);
  return {
    id: idOf(id),
    caseCode,
    behaviour,
    state,
    rung,
    ...optional('team', team),
    firstOccurredAt: Number(record.first_occurred_at),
    ...optional('verifiedAt', verifiedAt),
  };
}

/** What was recorded in the period, and what its checkpoints sealed: the two differ at the edges. */
function changedIn({ from, until }: Period): RawBuilder<unknown> {
  return sql`select loop_id from ledger_entries where at >= ${from} and at < ${until}
    union select (leaf->>'loop')::uuid from checkpoints c, json_array_elements(c.leaves) leaf
    where c.at >= ${from} and c.at < ${until}`;
}

export async function evidenceSubjects(
  db: Db,
  principal: Principal,
  period: Period,
): Promise<readonly string[]> {
  const found = await sql<{
    id: string;
  }>`select s.id from (${subjects}) s
    join (${changedIn(period)}) e on e.loop_id = s.id where ${visible(principal, 's.team')} order by s.id`.execute(
    db,
  );
  return found.rows.map(({ id }) => idOf(id));
}

export async function evidenceCounts(
  db: Db,
  principal: Principal,
  period: Period,
): Promise<readonly EvidenceCount[]> {
  const found = await sql<Record<Exclude<keyof EvidenceCount, 'behaviour'>, number> & { behaviour: string }>`
    select l.behaviour,
      count(*) filter (where l.state not in ('dismissed', 'merged')) as loops,
      count(*) filter (where l.state not in ('dismissed', 'merged') and l.rung = 'verified') as verified,
      count(*) filter (where l.state not in ('dismissed', 'merged') and l.rung = 'held') as held,
      count(*) filter (where l.state in ('dismissed', 'merged')) as dismissed
    from loops l join (${changedIn(period)}) e on e.loop_id = l.id
    where ${visible(principal, 'l.team')} and not l.is_stub group by l.behaviour order by l.behaviour`.execute(
    db,
  );
  return found.rows.map((row) => ({
    behaviour: row.behaviour,
    loops: Number(row.loops),
    verified: Number(row.verified),
    held: Number(row.held),
    dismissed: Number(row.dismissed),
  }));
}

export async function evidenceStories(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly EvidenceStory[]> {
  const found = await sql<SubjectRecord>`select * from (${subjects}) s where id = any(${uuidArray(ids)})
    and ${visible(principal, 's.team')} order by id`.execute(db);
  const seen = found.rows.map(({ id }) => idOf(id));
  const entries = await sql<LedgerRow & { loop_id: string }>`select * from ledger_entries
    where loop_id = any(${uuidArray(seen)}) order by loop_id, seq`.execute(db);
  const personal = await sql<PrivateRow & { loop_id: string }>`select * from ledger_private
    where loop_id = any(${uuidArray(seen)}) order by loop_id, seq, path collate "C"`.execute(db);
  const entriesBy = Map.groupBy(entries.rows, (row) => idOf(row.loop_id));
  const personalBy = Map.groupBy(personal.rows, (row) => idOf(row.loop_id));
  return found.rows.map(subjectOf).map((subject) => ({
    subject,
    entries: (entriesBy.get(subject.id) ?? []).map(({ seq, at, kind, previous, hash, body }) => {
      return { loop: subject.id, seq, at: Number(at), kind, previous, hash, body };
    }),
    personal: (personalBy.get(subject.id) ?? []).map(({ seq, path, salt, value }) => {
      return { loop: subject.id, seq, path, salt, value };
    }),
  }));
}

export async function checkpointsSince(
  db: Db,
  _principal: Principal,
  from: number,
): Promise<readonly number[]> {
  const found = await sql<{ n: number }>`select n from checkpoints where at >= ${from} order by n`.execute(
    db,
  );
  return found.rows.map(({ n }) => Number(n));
}

/** With all its heads: who passes it on leaves out those of other teams. */
export async function checkpoint(
  db: Db,
  _principal: Principal,
  n: number,
): Promise<CheckpointRow | undefined> {
  const found = await sql<
    CheckpointRow & { key_id: string }
  >`select * from checkpoints where n = ${n}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : checkpointOf(record);
}

export async function exports(db: Db, principal: Principal, limit: number): Promise<readonly ExportRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<ExportRow & { by_id: string; by_name: string }>`select * from report_exports
    order by at desc, id limit ${limit}`.execute(db);
  return found.rows.map(({ id, at, by_id, by_name, report, purpose, about }) => {
    return { id: idOf(id), at: Number(at), byId: by_id, byName: by_name, report, purpose, about };
  });
}
