import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import { type NoticeType, noticeTypes } from '../../../../core/loop/notices.ts';
import type { ClaimedNotice, NoticeRow, NoticeUpdate } from '../../../../ports/store-notices.ts';
import { idOf, recordset } from '../rows.ts';

type Db = Kysely<unknown>;

export async function addNotices(db: Db, notices: readonly NoticeRow[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ id, channel, loop, type, at, body }) => ({
    id,
    channel,
    loop,
    type,
    at,
    body,
  }));
  await sql`insert into notices (id, channel, loop_id, type, at, body, due_at)
    select id, channel, loop, type, at, body, at
    from ${recordset(rows, 'id uuid, channel text, loop uuid, type text, at bigint, body json')}
    on conflict (id, channel) do nothing`.execute(db);
}

/** The earliest of each loop only: what became of a case is told in its order. */
export async function claimNotices(
  db: Db,
  now: number,
  channel: string,
  limit: number,
  lease: string,
  leasedUntil: number,
): Promise<readonly ClaimedNotice[]> {
  const found = await sql<NoticeRecord>`update notices set lease = ${lease}, leased_until = ${leasedUntil}
    where n in (select n from notices this where channel = ${channel} and state = 'queued' and due_at <= ${now}
      and (leased_until is null or leased_until < ${now})
      and not exists (select 1 from notices earlier where earlier.channel = this.channel
        and earlier.loop_id = this.loop_id and earlier.state = 'queued' and earlier.n < this.n)
      order by due_at, n limit ${limit} for update skip locked)
    returning *`.execute(db);
  return found.rows.toSorted((a, b) => Number(a.n) - Number(b.n)).map(noticeOf);
}

/** What was taken is forgotten: the story of the case has it. What nobody takes any more stays, to be seen. */
export async function recordNotices(db: Db, lease: string, updates: readonly NoticeUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map((update) => ({
    i: update.id,
    c: update.channel,
    o: update.outcome,
    d: update.outcome === 'later' ? update.dueAt : null,
    e: update.outcome === 'taken' ? null : update.lastError,
  }));
  const given = recordset(rows, 'i uuid, c text, o text, d bigint, e text');
  await sql`delete from notices using ${given}
    where id = t.i and channel = t.c and lease = ${lease} and t.o = 'taken'`.execute(db);
  await sql`update notices set state = case when t.o = 'dead' then 'dead' else 'queued' end,
      due_at = coalesce(t.d, due_at), attempt = attempt + 1, last_error = t.e, lease = null, leased_until = null
    from ${given} where id = t.i and channel = t.c and lease = ${lease}`.execute(db);
}

type NoticeRecord = {
  readonly n: number | string;
  readonly id: string;
  readonly channel: string;
  readonly loop_id: string;
  readonly type: string;
  readonly at: number | string;
  readonly body: Json;
  readonly attempt: number;
};

function noticeOf(row: NoticeRecord): ClaimedNotice {
  const type: NoticeType | undefined = noticeTypes.find((one) => one === row.type);
  if (type === undefined) throw new TypeError('a notice of another program is in the store');
  return {
    id: idOf(row.id),
    channel: row.channel,
    loop: idOf(row.loop_id),
    type,
    at: Number(row.at),
    body: row.body,
    attempt: row.attempt,
  };
}
