import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { MessageRow } from '../../../../ports/store.ts';
import type { RepeatedMessage, ReplayFilter } from '../../../../ports/store-operators.ts';
import { idOf, recordset, uuidArray } from '../rows.ts';
import { visible } from './read-loops.ts';

type Db = Kysely<unknown>;

export async function failedMessages(
  db: Db,
  principal: Principal,
  filter: ReplayFilter,
): Promise<readonly string[]> {
  const { state, channel, since, limit } = filter;
  const found = await sql<{ id: string }>`select id from messages where state = ${state}
    and ${visible(principal, 'team')} and not is_shadow
    and ${channel === undefined ? sql`true` : sql`channel = ${channel}`}
    and ${since === undefined ? sql`true` : sql`created_at >= ${since}`}
    order by created_at, id limit ${limit}`.execute(db);
  return found.rows.map(({ id }) => idOf(id));
}

export async function repeatsOf(
  db: Db,
  principal: Principal,
  { to, moment }: MessageRow,
  occasionPrefix: string,
): Promise<{ readonly n: number; readonly waiting: number }> {
  // The unique key of messages leads to them.
  const found = await sql<{ n: number; waiting: number }>`select count(*) as n,
      count(*) filter (where state in ('queued', 'sending')) as waiting from messages
    where recipient_kind = ${to.kind} and recipient_id = ${to.id} and moment = ${moment}
      and starts_with(occasion, ${occasionPrefix}) and ${visible(principal, 'team')}`.execute(db);
  const row = found.rows[0];
  return { n: Number(row?.n ?? 0), waiting: Number(row?.waiting ?? 0) };
}

export async function withdrawMessage(db: Db, id: string, reason: string): Promise<boolean> {
  // The state is part of the condition: a worker that takes it at the same time is waited for, and then it is said.
  const done = await sql`update messages set state = 'withdrawn', is_replay = false, last_error = ${reason},
    lease = null, leased_until = null where id = ${id}::uuid and state = 'queued' returning id`.execute(db);
  return done.rows.length === 1;
}

export async function confirmMessage(db: Db, id: string): Promise<boolean> {
  const done = await sql`update messages set state = 'accepted', last_error = null
    where id = ${id}::uuid and state = 'uncertain' returning id`.execute(db);
  return done.rows.length === 1;
}

export async function requeueFailed(
  db: Db,
  ids: readonly string[],
  at: number,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const done = await sql<{ id: string }>`update messages set state = 'queued', is_replay = true,
      due_at = ${at}, attempt = 0, lease = null, leased_until = null
    where id = any(${uuidArray(ids)}) and state in ('dead', 'refused', 'bounced') returning id`.execute(db);
  return new Set(done.rows.map(({ id }) => idOf(id)));
}

export async function repeatMessage(db: Db, { message, wants }: RepeatedMessage): Promise<boolean> {
  const { to } = message;
  const snapshot = message.snapshot === undefined ? null : JSON.stringify(message.snapshot);
  const done =
    await sql`insert into messages (id, recipient_kind, recipient_id, moment, occasion, behaviour, lane,
      is_shadow, is_replay, channel, state, due_at, created_at, snapshot, words,
      language, team)
    values (${message.id}::uuid, ${to.kind}, ${to.id}, ${message.moment}, ${message.occasion}, ${message.behaviour},
      ${message.lane}, ${message.isShadow}, true, ${message.channel}, 'queued', ${message.dueAt}, ${message.createdAt},
      ${snapshot}::json, ${snapshot}::json->>'version', ${snapshot}::json->>'language', ${message.team ?? null})
    on conflict do nothing returning id`.execute(db);
  if (done.rows.length === 0) return false;
  const rows = wants.map((want) => ({
    l: want.loop,
    o: want.occasion,
    m: want.moment,
    b: want.behaviour,
    k: want.to.kind,
    i: want.to.id,
    a: want.lane,
    d: want.dueAt,
    t: want.team ?? null,
  }));
  const columns = 'l uuid, o text, m text, b text, k text, i text, a smallint, d bigint, t text';
  await sql`insert into wants (loop_id, occasion, message_id, moment, behaviour, recipient_kind, recipient_id, lane,
      due_at, team)
    select l, o, ${message.id}::uuid, m, b, k, i, a, d, t from ${recordset(rows, columns)}`.execute(db);
  return true;
}
