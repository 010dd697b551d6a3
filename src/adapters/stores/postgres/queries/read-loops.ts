import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Need } from '../../../../core/loop/needs.ts';
import type { LoopState } from '../../../../core/loop/states.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  EventRow,
  LoopCounts,
  LoopFilter,
  LoopRow,
  LoopStory,
  Page,
  ReplyRow,
} from '../../../../ports/store.ts';
import { type LoopRecord, loopOf } from '../loop-rows.ts';
import { idOf, optional, textArray, uuidArray } from '../rows.ts';
import { type MessageRecord, messageOf } from './message-rows.ts';

type Db = Kysely<unknown>;

/** The team filter of every read: what a principal may not see does not exist for them. */
export function visible(principal: Principal, column: string): RawBuilder<unknown> {
  return principal.teams === 'all' ? sql`true` : sql`${sql.ref(column)} = any(${textArray(principal.teams)})`;
}

const cursorPattern = /^(\d{1,16})\.([0-9a-f]{32})$/u;

export async function loops(db: Db, principal: Principal, filter: LoopFilter): Promise<Page<LoopRow>> {
  const cursor = cursorPattern.exec(filter.after ?? '');
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = await sql<LoopRecord>`select * from loops where not is_stub and ${visible(principal, 'team')}
    and ${filter.state === 'merged' ? sql`true` : sql`merged_into is null`}
    and ${same('state', filter.state)} and ${same('behaviour', filter.behaviour)} and ${same('team', filter.team)}
    and ${same('needs', filter.needs)} and ${same('owner_id', filter.owner)} and ${same('owner_kind', filter.ownerKind)} and ${same('repository', filter.repository)}
    and ${cursor === null ? sql`true` : sql`(last_occurred_at, id) < (${Number(cursor[1])}, ${cursor[2]}::uuid)`}
    order by last_occurred_at desc, id desc limit ${filter.limit + 1}`.execute(db);
  const items = found.rows.slice(0, filter.limit).map(loopOf);
  const last = items.at(-1);
  const hasMore = found.rows.length > filter.limit && last !== undefined;
  return { items, ...optional('next', hasMore ? `${last.lastOccurredAt}.${last.id}` : undefined) };
}

async function findLoop(db: Db, principal: Principal, reference: string): Promise<LoopRow | undefined> {
  const hex = reference.toLowerCase().replaceAll('-', '');
  const isId = /^[0-9a-f]{32}$/u.test(hex);
  const found = await sql<LoopRecord>`select * from loops where ${visible(principal, 'team')} and
    id = any(array(
      select ${isId ? sql`${hex}::uuid` : sql`id from loops where case_code = ${reference.toUpperCase()}`}
      union all select loop_id from loop_aliases where alias = ${reference}))
    order by (merged_into is not null), id limit 1`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : loopOf(record);
}

/** Newest events first; a loop may have very many sightings. */
const storyEventsMax = 200;

export async function loop(db: Db, principal: Principal, reference: string): Promise<LoopStory | undefined> {
  const row = await findLoop(db, principal, reference);
  if (row === undefined) return undefined;
  const events = await sql<EventRecord>`select * from events where loop_id = ${row.id}::uuid
    order by occurred_at, id limit ${storyEventsMax}`.execute(db);
  const messages = await sql<MessageRecord>`select * from messages where id in
    (select message_id from wants where loop_id = ${row.id}::uuid) order by created_at, id`.execute(db);
  const replies =
    await sql<ReplyRecord>`select * from replies where loop_id = ${row.id}::uuid order by at, id`.execute(db);
  const aliases = await sql<{ alias: string }>`
    select alias from loop_aliases where loop_id = ${row.id}::uuid order by alias`.execute(db);
  const waiting = await sql<{ occasion: string; due_at: number }>`select occasion, due_at from wants
    where loop_id = ${row.id}::uuid and message_id is null order by due_at, occasion`.execute(db);
  return {
    loop: row,
    events: events.rows.map(eventOf),
    messages: messages.rows.map(messageOf),
    replies: replies.rows.map(replyOf),
    aliases: aliases.rows.map(({ alias }) => alias),
    waiting: waiting.rows.map(({ occasion, due_at }) => ({ occasion, dueAt: Number(due_at) })),
  };
}

export type EventRecord = {
  readonly id: string;
  readonly loop_id: string;
  readonly source: string;
  readonly kind: string;
  readonly occurred_at: number;
  readonly received_at: number;
  readonly body: EventRow['body'];
};

export function eventOf(record: EventRecord): EventRow {
  return {
    id: idOf(record.id),
    loop: idOf(record.loop_id),
    source: record.source,
    kind: record.kind,
    occurredAt: Number(record.occurred_at),
    receivedAt: Number(record.received_at),
    body: record.body,
  };
}

type ReplyRecord = {
  readonly id: string;
  readonly loop_id: string;
  readonly message_id: string | null;
  readonly at: number;
  readonly answer: string;
  readonly body: ReplyRow['body'];
};

function replyOf(record: ReplyRecord): ReplyRow {
  return {
    id: idOf(record.id),
    loop: idOf(record.loop_id),
    ...optional('message', record.message_id === null ? undefined : idOf(record.message_id)),
    at: Number(record.at),
    answer: record.answer,
    body: record.body,
  };
}

export async function counts(db: Db, principal: Principal): Promise<LoopCounts['items']> {
  const found = await sql<{ state: LoopState; behaviour: string; n: number }>`
    select state, behaviour, count(*) as n from loops where not is_stub and ${visible(principal, 'team')}
    group by behaviour, state order by behaviour, state`.execute(db);
  return found.rows.map((row) => ({ ...row, n: Number(row.n) }));
}

export async function needCounts(db: Db, principal: Principal): Promise<LoopCounts['needs']> {
  const found = await sql<{ need: Need; n: number }>`select needs as need, count(*) as n from loops
    where needs is not null and ${visible(principal, 'team')} group by needs order by needs`.execute(db);
  return found.rows.map(({ need, n }) => ({ need, n: Number(n) }));
}

export async function owners(db: Db, principal: Principal, identity: string): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and ${visible(principal, 'team')}
    and (facts->'identity'->>'id' = ${identity} or case_code = ${identity.toUpperCase()})
    order by last_occurred_at desc, id limit 20`.execute(db);
  return found.rows.map(loopOf);
}

export async function coverage(
  db: Db,
  principal: Principal,
): Promise<readonly { readonly kind: string; readonly n: number }[]> {
  const found = await sql<{ kind: string; n: number }>`
    select owner_kind as kind, count(*) as n from loops where not is_stub and merged_into is null
    and ${visible(principal, 'team')} group by owner_kind order by owner_kind`.execute(db);
  return found.rows.map((row) => ({ kind: row.kind, n: Number(row.n) }));
}

export async function verifiable(
  db: Db,
  principal: Principal,
  limit: number,
  after?: string,
): Promise<readonly LoopRow[]> {
  const found = await sql<LoopRecord>`select * from loops where not is_stub and merged_into is null
    and ${visible(principal, 'team')}
    and state in ('open', 'told', 'answered', 'escalated', 'observed', 'incident', 'reassigned', 'disputed', 'accepted')
    and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid) order by id limit ${limit}`.execute(
    db,
  );
  return found.rows.map(loopOf);
}

export async function keysOfLoops(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await sql<{ key: string; loop_id: string }>`
    select k.key, k.loop_id from loop_keys k join loops l on l.id = k.loop_id
    where k.loop_id = any(${uuidArray(ids)}) and ${visible(principal, 'l.team')} order by k.key`.execute(db);
  const byLoop = new Map<string, string[]>();
  for (const row of found.rows) {
    const id = idOf(row.loop_id);
    byLoop.set(id, [...(byLoop.get(id) ?? []), row.key]);
  }
  return byLoop;
}
