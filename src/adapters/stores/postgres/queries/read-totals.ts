import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  ChannelCount,
  ChannelCountFilter,
  CheckpointRow,
  DueMessages,
  LoopRow,
  MessageState,
  Totals,
} from '../../../../ports/store.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { uuidArray } from '../rows.ts';
import { visible } from './read-loops.ts';
import { checkpointOf } from './write-ledger.ts';

type Db = Kysely<unknown>;

export async function loopsByIds(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly LoopRow[]> {
  if (ids.length === 0) return [];
  const found = await sql<LoopRecord>`select * from loops where id = any(${uuidArray(ids)})
    and ${visible(principal, 'team')} order by last_occurred_at desc, id`.execute(db);
  return found.rows.map(loopOf);
}

/** One statement whatever it finds, so that its duration tells as little as can be. */
export async function firstSentAt(
  db: Db,
  principal: Principal,
  caseCode: string,
): Promise<number | undefined> {
  const found = await sql<{ at: number | null }>`select min(m.sent_at) as at from messages m
    join wants w on w.message_id = m.id join loops l on l.id = w.loop_id
    where l.case_code = ${caseCode} and ${visible(principal, 'l.team')}
      and m.state in ('accepted', 'uncertain')`.execute(db);
  const at = found.rows[0]?.at ?? null;
  return at === null ? undefined : Number(at);
}

/** Counting ten million rows for a start page would be dear: exact up to here. */
const exactMax = 100_000;

export async function totals(db: Db, principal: Principal): Promise<Totals> {
  const events = await sql<{ n: number }>`select count(*) as n from (
      select 1 from events e ${principal.teams === 'all' ? sql`` : sql`join loops l on l.id = e.loop_id where ${visible(principal, 'l.team')}`}
      limit ${exactMax}) counted`.execute(db);
  const counted = Number(events.rows[0]?.n ?? 0);
  const messages = await sql<{ state: MessageState; n: number }>`select state, count(*) as n from messages
    where ${visible(principal, 'team')} group by state order by state`.execute(db);
  const wants = await sql<{ n: number }>`select count(*) as n from wants w
    ${principal.teams === 'all' ? sql`` : sql`join loops l on l.id = w.loop_id`}
    where message_id is null and ${principal.teams === 'all' ? sql`true` : visible(principal, 'l.team')}`.execute(
    db,
  );
  return {
    events: counted < exactMax || principal.teams !== 'all' ? counted : await estimate(db, counted),
    messages: messages.rows.map(({ state, n }) => ({ state, n: Number(n) })),
    wants: Number(wants.rows[0]?.n ?? 0),
  };
}

/** What should be on its way by now. */
export async function dueMessages(db: Db, principal: Principal, now: number): Promise<DueMessages> {
  const found = await sql<{ n: number; oldest: number | null }>`
    select count(*) as n, min(due_at) as oldest from messages
    where state = 'queued' and due_at <= ${now} and ${visible(principal, 'team')}`.execute(db);
  const row = found.rows[0];
  const oldest = row?.oldest ?? null;
  return { n: Number(row?.n ?? 0), ...(oldest === null ? {} : { oldestDueAt: Number(oldest) }) };
}

/** What went on to another channel counts in the one that lost it too. */
export async function channelCounts(
  db: Db,
  principal: Principal,
  { since, until }: ChannelCountFilter = {},
): Promise<readonly ChannelCount[]> {
  const found = await sql<ChannelCount>`select channel, count(*) as n, case
      when state = 'queued' and attempt > 0 then 'throttled'
      else state end as outcome
    from messages where ${visible(principal, 'team')}
      and ${since === undefined ? sql`true` : sql`created_at >= ${since}`}
      and ${until === undefined ? sql`true` : sql`created_at < ${until}`}
    group by 1, 3
    union all select channel, count(*), outcome from message_moves where ${visible(principal, 'team')}
      and ${since === undefined ? sql`true` : sql`at >= ${since}`} and ${until === undefined ? sql`true` : sql`at < ${until}`}
    group by 1, 3 order by 1, 3`.execute(db);
  return found.rows.map(({ channel, outcome, n }) => ({ channel, outcome, n: Number(n) }));
}

async function estimate(db: Db, least: number): Promise<number> {
  const found = await sql<{ n: number }>`
    select reltuples::bigint as n from pg_class where oid = 'events'::regclass`.execute(db);
  return Math.max(least, Number(found.rows[0]?.n ?? 0));
}

export async function lastSourceDays(db: Db, _principal: Principal): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ source: string; day: string }>`
    select source, max(day) as day from source_days group by source order by source`.execute(db);
  return new Map(found.rows.map((row) => [row.source, row.day]));
}

export async function checkpointsOf(
  db: Db,
  principal: Principal,
  loop: string,
): Promise<readonly CheckpointRow[]> {
  const seen =
    await sql`select id from loops where id = ${loop}::uuid and ${visible(principal, 'team')}`.execute(db);
  if (seen.rows.length === 0) return [];
  // An id is hex, so it has no wildcard; what matches by chance holds no leaf of this loop and is left out later.
  const found = await sql<CheckpointRow & { key_id: string }>`
    select * from checkpoints where leaves::text like ${`%${loop}%`} order by n`.execute(db);
  return found.rows.map(checkpointOf);
}
