import { type Kysely, type RawBuilder, sql } from 'kysely';
import { lanes } from '../../../../core/loop/wants.ts';
import type {
  AttentionAsk,
  ClaimedMessage,
  LaneLimits,
  MessageRow,
  MessageUpdate,
  WantRow,
} from '../../../../ports/store.ts';
import { idOf, recordset, uuidArray } from '../rows.ts';
import { type MessageRecord, messageOf, type WantRecord, wantOf } from './message-rows.ts';

type Db = Kysely<unknown>;

const isLive = sql`lane < ${sql.lit(lanes.released)}`;
const isReleased = sql`lane >= ${sql.lit(lanes.released)}`;
const wantColumns = `loop_id uuid, occasion text, message_id uuid, moment text, behaviour text, recipient_kind text,
  recipient_id text, lane smallint, due_at bigint, team text, held_until bigint, stand_in_for text, is_coaching boolean`;

function wantRecord(want: WantRow, message: string | null): WantRecord {
  return {
    loop_id: want.loop,
    occasion: want.occasion,
    message_id: message,
    moment: want.moment,
    behaviour: want.behaviour,
    recipient_kind: want.to.kind,
    recipient_id: want.to.id,
    lane: want.lane,
    due_at: want.dueAt,
    team: want.team ?? null,
    held_until: want.heldUntil ?? null,
    stand_in_for: want.standInFor ?? null,
    is_coaching: want.isCoaching === true,
  };
}

export async function replaceWants(
  db: Db,
  loops: readonly string[],
  wants: readonly WantRow[],
): Promise<void> {
  if (loops.length === 0) return;
  const rows = wants.map((want) => wantRecord(want, null));
  await sql`delete from wants where loop_id = any(${uuidArray(loops)}) and message_id is null
    and not exists (select 1 from ${recordset(rows, wantColumns)}
      where t.loop_id = wants.loop_id and t.occasion = wants.occasion)`.execute(db);
  if (rows.length === 0) return;
  // The addressee may change while the words wait; their due time does not start again, unless somebody's return moved, or
  // they became graver: what waited for its turn waits no longer.
  await sql`insert into wants (loop_id, occasion, message_id, moment, behaviour, recipient_kind, recipient_id, lane, due_at, team,
      held_until, stand_in_for, is_coaching)
    select loop_id, occasion, message_id, moment, behaviour, recipient_kind, recipient_id, lane, due_at, team,
      held_until, stand_in_for, is_coaching
    from ${recordset(rows, wantColumns)}
    on conflict (loop_id, occasion) do update set moment = excluded.moment, recipient_kind = excluded.recipient_kind,
      recipient_id = excluded.recipient_id, lane = excluded.lane, team = excluded.team,
      due_at = case when wants.held_until is distinct from excluded.held_until then excluded.due_at
        when excluded.lane < wants.lane or (wants.is_coaching and not excluded.is_coaching)
        then least(wants.due_at, excluded.due_at) else wants.due_at end,
      held_until = excluded.held_until, stand_in_for = excluded.stand_in_for, is_coaching = excluded.is_coaching
    where wants.message_id is null`.execute(db);
}

/** Due words of the most urgent recipients, a bounded number each, so that one digest can speak for many loops. */
export async function claimDueWants(
  db: Db,
  now: number,
  recipients: LaneLimits,
  perRecipientMax: number,
): Promise<readonly WantRow[]> {
  const due = (lane: RawBuilder<unknown>, limit: number) => sql`
    select recipient_kind, recipient_id, behaviour, lane, min(due_at) as first_due from wants
    where message_id is null and due_at <= ${now} and ${lane}
    group by recipient_kind, recipient_id, behaviour, lane order by lane, first_due limit ${limit}`;
  const found = await sql<WantRecord>`
    with due as ((${due(isLive, recipients.live)}) union all (${due(isReleased, recipients.released)}))
    select w.* from due cross join lateral (
      select * from wants where message_id is null and due_at <= ${now}
        and recipient_kind = due.recipient_kind and recipient_id = due.recipient_id
        and behaviour = due.behaviour and lane = due.lane
      order by due_at, loop_id limit ${perRecipientMax} for update skip locked
    ) w`.execute(db);
  return found.rows.map(wantOf);
}

/** Puts off everything that waits for a recipient in one lane. */
export async function postponeRecipients(
  db: Db,
  recipients: readonly { readonly to: WantRow['to']; readonly lane: number; readonly dueAt: number }[],
): Promise<void> {
  if (recipients.length === 0) return;
  const rows = recipients.map(({ to, lane, dueAt }) => ({ k: to.kind, i: to.id, l: lane, d: dueAt }));
  await sql`update wants set due_at = t.d from ${recordset(rows, 'k text, i text, l smallint, d bigint')}
    where recipient_kind = t.k and recipient_id = t.i and lane = t.l and message_id is null
      and due_at < t.d`.execute(db);
}

/** One upsert both reads and writes the rows, so that two workers cannot both take a recipient's last place. */
export async function takeAttention(db: Db, asks: readonly AttentionAsk[]): Promise<readonly boolean[]> {
  const taken = asks.map(() => false);
  for (const round of attentionRounds(asks)) {
    const [first] = round;
    if (first === undefined) continue;
    const { messagesMax, releasedMax } = first.ask;
    const rows = round.map(({ ask }) => ({
      k: ask.to.kind,
      i: ask.to.id,
      d: ask.day,
      r: ask.isReleased ? 1 : 0,
    }));
    const done = await sql<{ key: string }>`
      insert into attention (recipient_kind, recipient_id, day, messages, released)
      select k, i, d, 1, r from ${recordset(rows, 'k text, i text, d text, r integer')}
      where ${messagesMax}::integer > 0 and (r = 0 or ${releasedMax}::integer > 0) order by k, i, d
      on conflict (recipient_kind, recipient_id, day) do update
        set messages = attention.messages + 1, released = attention.released + excluded.released
        where attention.messages < ${messagesMax}::integer
          and (excluded.released = 0 or attention.released < ${releasedMax}::integer)
      returning concat_ws(' ', recipient_kind, day, recipient_id) as key`.execute(db);
    const granted = new Set(done.rows.map((row) => row.key));
    for (const { ask, at } of round) taken[at] = granted.has(attentionKey(ask));
  }
  return taken;
}

function attentionKey({ to, day }: AttentionAsk): string {
  return `${to.kind} ${day} ${to.id}`;
}

/** Asks that can go in one statement: the same caps, and every recipient once; later ones of a recipient go later. */
function attentionRounds(
  asks: readonly AttentionAsk[],
): readonly (readonly { readonly ask: AttentionAsk; readonly at: number }[])[] {
  const times = new Map<string, number>();
  const rounds: Map<string, { ask: AttentionAsk; at: number }[]>[] = [];
  for (const [at, ask] of asks.entries()) {
    const key = attentionKey(ask);
    const time = times.get(key) ?? 0;
    times.set(key, time + 1);
    const byCaps = rounds[time] ?? new Map<string, { ask: AttentionAsk; at: number }[]>();
    rounds[time] = byCaps;
    const caps = `${ask.messagesMax} ${ask.releasedMax}`;
    byCaps.set(caps, [...(byCaps.get(caps) ?? []), { ask, at }]);
  }
  return rounds.flatMap((byCaps) => [...byCaps.values()]);
}

const messageColumns = `id uuid, recipient_kind text, recipient_id text, moment text, occasion text, behaviour text,
  lane smallint, is_shadow boolean, channel text, state text, due_at bigint, created_at bigint, team text, variant text,
  experiment text, unit uuid`;
const messageNames = messageColumns
  .split(',')
  .map((column) => column.trim().split(' ')[0])
  .join(', ');

export async function queueMessages(
  db: Db,
  messages: readonly { readonly message: MessageRow; readonly wants: readonly WantRow[] }[],
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map(({ message }) => ({
    id: message.id,
    recipient_kind: message.to.kind,
    recipient_id: message.to.id,
    moment: message.moment,
    occasion: message.occasion,
    behaviour: message.behaviour,
    lane: message.lane,
    is_shadow: message.isShadow,
    channel: message.channel,
    state: message.state,
    due_at: message.dueAt,
    created_at: message.createdAt,
    team: message.team ?? null,
    variant: message.variant ?? null,
    experiment: message.experiment ?? null,
    unit: message.unit ?? null,
  }));
  // What was withdrawn unsaid may be wanted again: its key is taken, so the same message waits again.
  await sql`insert into messages (${sql.raw(messageNames)}) select ${sql.raw(messageNames)}
    from ${recordset(rows, messageColumns)}
    on conflict (id) do update set state = excluded.state, due_at = excluded.due_at, lane = excluded.lane,
      is_shadow = excluded.is_shadow, is_replay = false, channel = excluded.channel, last_error = null, variant = excluded.variant,
      experiment = excluded.experiment, unit = excluded.unit
    where messages.state = 'withdrawn'`.execute(db);
  const bound = messages.flatMap(({ message, wants }) => wants.map((want) => wantRecord(want, message.id)));
  await sql`update wants set message_id = t.message_id from ${recordset(bound, wantColumns)}
    where wants.loop_id = t.loop_id and wants.occasion = t.occasion and wants.message_id is null`.execute(db);
}

export async function withWants(
  db: Db,
  messages: readonly MessageRecord[],
): Promise<readonly ClaimedMessage[]> {
  if (messages.length === 0) return [];
  const found = await sql<WantRecord>`select * from wants
    where message_id = any(${uuidArray(messages.map((message) => message.id))}) order by loop_id, occasion`.execute(
    db,
  );
  const byMessage = new Map<string, WantRow[]>();
  for (const record of found.rows) {
    const id = idOf(record.message_id ?? '');
    const list = byMessage.get(id);
    if (list === undefined) byMessage.set(id, [wantOf(record)]);
    else list.push(wantOf(record));
  }
  return messages.map((record) => {
    const message = messageOf(record);
    return { message, wants: byMessage.get(message.id) ?? [] };
  });
}

export async function claimMessages(
  db: Db,
  now: number,
  limits: LaneLimits,
  lease: string,
  leasedUntil: number,
): Promise<readonly ClaimedMessage[]> {
  const due = (lane: RawBuilder<unknown>, limit: number) => sql`
    select id from messages where state = 'queued' and due_at <= ${now}
      and (leased_until is null or leased_until < ${now}) and ${lane}
      order by lane, due_at limit ${limit} for update skip locked`;
  const found = await sql<MessageRecord>`
    with live as (${due(isLive, limits.live)}), released as (${due(isReleased, limits.released)})
    update messages set leased_until = ${leasedUntil}, lease = ${lease}
    where id in (select id from live union all select id from released)
    returning *`.execute(db);
  const claimed = await withWants(db, found.rows);
  return claimed.toSorted((a, b) => a.message.lane - b.message.lane || a.message.dueAt - b.message.dueAt);
}

export async function claimAbandoned(
  db: Db,
  now: number,
  limit: number,
  lease: string,
  leasedUntil: number,
): Promise<readonly ClaimedMessage[]> {
  const found = await sql<MessageRecord>`
    update messages set leased_until = ${leasedUntil}, lease = ${lease}
    where id in (select id from messages where state = 'sending' and leased_until < ${now}
      order by leased_until limit ${limit} for update skip locked)
    returning *`.execute(db);
  return withWants(db, found.rows);
}

export async function recordMessages(
  db: Db,
  updates: readonly MessageUpdate[],
): Promise<ReadonlySet<string>> {
  if (updates.length === 0) return new Set();
  const rows = updates.map((update) => ({
    i: update.id,
    s: update.state,
    l: update.lease ?? null,
    d: update.dueAt ?? null,
    a: update.attempt ?? null,
    t: update.sentAt ?? null,
    n: update.snapshot ?? null,
    r: update.reference ?? null,
    e: update.lastError ?? null,
    h: update.tokenHash ?? null,
    x: update.tokenExpiresAt ?? null,
    p: update.isReplay ?? false,
  }));
  const columns =
    'i uuid, s text, l text, d bigint, a integer, t bigint, n json, r text, e text, h text, x bigint, p boolean';
  // `sending` keeps its lease; every other state gives it back.
  const done = await sql<{
    id: string;
  }>`update messages set state = t.s, due_at = coalesce(t.d, due_at), attempt = coalesce(t.a, attempt),
      sent_at = coalesce(t.t, sent_at), snapshot = coalesce(t.n, snapshot),
      words = coalesce(t.n->>'version', words), language = coalesce(t.n->>'language', language), reference = coalesce(t.r, reference),
      last_error = coalesce(t.e, last_error), token_hash = coalesce(t.h, token_hash),
      token_expires_at = coalesce(t.x, token_expires_at), is_replay = is_replay or t.p,
      lease = case when t.s = 'sending' then lease end,
      leased_until = case when t.s = 'sending' then leased_until end
    from ${recordset(rows, columns)}
    where id = t.i and (t.l is null or lease = t.l) returning messages.id`.execute(db);
  return new Set(done.rows.map((row) => idOf(row.id)));
}

export async function releaseWants(
  db: Db,
  wants: readonly { readonly loop: string; readonly occasion: string }[],
): Promise<void> {
  if (wants.length === 0) return;
  const rows = wants.map(({ loop, occasion }) => ({ loop, occasion }));
  await sql`delete from wants using ${recordset(rows, 'loop uuid, occasion text')}
    where wants.loop_id = t.loop and wants.occasion = t.occasion and message_id is not null`.execute(db);
}

export async function messageByToken(db: Db, tokenHash: string): Promise<ClaimedMessage | undefined> {
  const found = await sql<MessageRecord>`select * from messages where token_hash = ${tokenHash}`.execute(db);
  return (await withWants(db, found.rows))[0];
}

export async function messageById(db: Db, id: string): Promise<ClaimedMessage | undefined> {
  const found = await sql<MessageRecord>`select * from messages where id = ${id}::uuid`.execute(db);
  return (await withWants(db, found.rows))[0];
}

export async function messagesByIds(db: Db, ids: readonly string[]): Promise<readonly ClaimedMessage[]> {
  const found = await sql<MessageRecord>`select * from messages
    where id = any(${uuidArray(ids)}) order by created_at, id`.execute(db);
  return withWants(db, found.rows);
}

export async function messagesByReference(
  db: Db,
  channel: string,
  reference: string,
  limit: number,
): Promise<readonly ClaimedMessage[]> {
  const found = await sql<MessageRecord>`select * from messages
    where channel = ${channel} and reference = ${reference} order by created_at desc, id limit ${limit}`.execute(
    db,
  );
  return withWants(db, found.rows);
}

export async function requeueMessage(db: Db, id: string, at: number): Promise<boolean> {
  // The state is part of the condition: of two who ask at once, or beside a worker, one changes it.
  const done =
    await sql`update messages set state = 'queued', is_replay = true, due_at = ${at}, attempt = 0, lease = null,
    leased_until = null where id = ${id}::uuid and state in ('dead', 'refused', 'bounced', 'uncertain') returning id`.execute(
      db,
    );
  return done.rows.length === 1;
}
