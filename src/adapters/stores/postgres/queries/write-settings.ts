import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type {
  CounterRow,
  ImportRow,
  Receipt,
  ReplyRow,
  SuppressionRow,
  TokenRow,
} from '../../../../ports/store.ts';
import { idOf, recordset } from '../rows.ts';

type Db = Kysely<unknown>;

/** A repeated receipt adds nothing (invariant 14). */
export async function addReceipt(db: Db, receipt: Receipt): Promise<boolean> {
  const added =
    await sql`insert into receipts (id, source, at) values (${receipt.id}, ${receipt.source}, ${receipt.at})
    on conflict do nothing returning id`.execute(db);
  return added.rows.length === 1;
}

export async function addReceipts(db: Db, receipts: readonly Receipt[]): Promise<readonly string[]> {
  if (receipts.length === 0) return [];
  // Sorted, so that two writers with the same receipts wait in one order.
  const sorted = receipts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const added = await sql<{ id: string }>`insert into receipts (id, source, at)
    select id, source, at from ${recordset(sorted, 'id text, source text, at bigint')}
    on conflict do nothing returning id`.execute(db);
  const fresh = new Set(added.rows.map((row) => row.id));
  return receipts.map((receipt) => receipt.id).filter((id) => !fresh.has(id));
}

export async function addSourceDay(db: Db, source: string, at: number): Promise<void> {
  await sql`insert into source_days (source, day) values (${source}, ${new Date(at).toISOString().slice(0, 10)})
    on conflict do nothing`.execute(db);
}

/**
 * Counts by day and, of chances, the same by month, as measures read them: ten million counts a day are a few thousand a
 * month. In one statement, as every batch of events makes it.
 */
export async function addCounters(db: Db, counters: readonly CounterRow[]): Promise<void> {
  if (counters.length === 0) return;
  const columns =
    'name text, behaviour text, source text, day text, scope text, n bigint, kind text, campaign text';
  // Sorted, so that two writers take the shared rows in the same order.
  const counted = (
    from: RawBuilder<unknown>,
  ) => sql`insert into counters (name, behaviour, source, day, scope, n)
    select name, behaviour, source, day, scope, sum(n) from ${from}
    group by name, behaviour, source, day, scope order by name, behaviour, source, day, scope
    on conflict (name, behaviour, source, day, scope) do update set n = counters.n + excluded.n`;
  if (!counters.some(({ name }) => name === 'opportunity')) {
    await counted(recordset(counters, columns)).execute(db);
    return;
  }
  // The source names the simulation; of anything else measures do not ask it.
  await sql`with given as (select * from ${recordset(counters, columns)}), counted as (${counted(sql`given`)})
    insert into opportunities (behaviour, month, scope, kind, source, campaign, n)
    select behaviour, left(day, 7), scope, coalesce(kind, 'unknown'),
      case when coalesce(campaign, '') = '' then '' else source end, coalesce(campaign, ''), sum(n)
    from given where name = 'opportunity' group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (behaviour, month, scope, kind, source, campaign)
      do update set n = opportunities.n + excluded.n`.execute(db);
}

export async function insertReplies(db: Db, replies: readonly ReplyRow[]): Promise<ReadonlySet<string>> {
  if (replies.length === 0) return new Set();
  const rows = replies.map((reply) => ({ ...reply, loop_id: reply.loop, message_id: reply.message ?? null }));
  const added = await sql<{ id: string }>`insert into replies (id, loop_id, message_id, at, answer, body)
    select id, loop_id, message_id, at, answer, body from ${recordset(
      rows,
      'id uuid, loop_id uuid, message_id uuid, at bigint, answer text, body json',
    )} on conflict do nothing returning id`.execute(db);
  return new Set(added.rows.map((row) => idOf(row.id)));
}

export async function recordRefusedReply(
  db: Db,
  reply: { readonly id: string; readonly at: number; readonly reason: string; readonly body: Json },
): Promise<void> {
  await sql`insert into refused_replies (id, at, reason, body)
    values (${reply.id}::uuid, ${reply.at}, ${reply.reason}, ${JSON.stringify(reply.body)}::text::json)
    on conflict do nothing`.execute(db);
}

export async function learnOwner(
  db: Db,
  scope: string,
  owner: { readonly kind: string; readonly id: string },
  at: number,
): Promise<void> {
  await sql`insert into learnt_owners (scope, owner_kind, owner_id, at, body)
    values (${scope}, ${owner.kind}, ${owner.id}, ${at}, '{}'::json)
    on conflict (scope) do update set owner_kind = excluded.owner_kind, owner_id = excluded.owner_id, at = excluded.at
    where learnt_owners.at <= excluded.at`.execute(db);
}

export async function saveImport(db: Db, row: ImportRow): Promise<void> {
  await sql`insert into imports (id, source, started_at, finished_at, position, counts)
    values (${row.id}, ${row.source}, ${row.startedAt}, ${row.finishedAt ?? null}, ${row.position},
      ${JSON.stringify(row.counts)}::text::json)
    on conflict (id) do update set finished_at = excluded.finished_at, position = excluded.position,
      counts = excluded.counts where imports.position <= excluded.position`.execute(db);
}

export async function saveSetting(db: Db, name: string, value: Json): Promise<void> {
  await sql`insert into settings (name, value) values (${name}, ${JSON.stringify(value)}::text::json)
    on conflict (name) do update set value = excluded.value`.execute(db);
}

export async function setting(db: Db, name: string): Promise<Json | undefined> {
  const found = await sql<{ value: Json }>`select value from settings where name = ${name}`.execute(db);
  return found.rows[0]?.value;
}

export async function insertToken(db: Db, token: TokenRow): Promise<void> {
  await sql`insert into tokens (id, hash, name, scopes, teams, kind, subject_types, created_at, expires_at)
    values (${token.id}::uuid, ${token.hash}, ${token.name}, ${JSON.stringify(token.scopes)}::text::json,
      ${JSON.stringify(token.teams)}::text::json, ${token.kind ?? null},
      ${token.subjectTypes === undefined ? null : JSON.stringify(token.subjectTypes)}::text::json,
      ${token.createdAt}, ${token.expiresAt})`.execute(db);
}

export async function revokeToken(db: Db, id: string, at: number): Promise<boolean> {
  const done = await sql`update tokens set revoked_at = ${at}
    where id = ${id}::uuid and revoked_at is null returning id`.execute(db);
  return done.rows.length === 1;
}

export async function insertSuppression(db: Db, row: SuppressionRow): Promise<void> {
  await sql`insert into suppressions (id, kind, pattern, reason, by, until, created_at)
    values (${row.id}::uuid, ${row.kind}, ${row.pattern}, ${row.reason}, ${row.by}, ${row.until}, ${row.createdAt})
    on conflict do nothing`.execute(db);
}

export async function endSuppression(db: Db, id: string, at: number): Promise<boolean> {
  const done = await sql`update suppressions set until = ${at}
    where id = ${id}::uuid and until > ${at} returning id`.execute(db);
  return done.rows.length === 1;
}

/** Held until the transaction ends. The key is a hash of the name; a collision only makes two duties take turns. */
export async function lock(db: Db, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 4400))`.execute(db);
}
