import { type Kysely, sql } from 'kysely';
import type { Json } from '../../../../core/event.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type {
  CheckpointRow,
  ClaimedMessage,
  CounterRow,
  ImportRow,
  LedgerRow,
  MessageFilter,
  MessageRow,
  Page,
  PrivateRow,
  SuppressionRow,
  TokenRow,
} from '../../../../ports/store.ts';
import { idOf, optional, textArray } from '../rows.ts';
import { type MessageRecord, messageOf } from './message-rows.ts';
import { visible } from './read-loops.ts';
import { checkpointOf } from './write-ledger.ts';
import { messageByToken as findByToken, messageById } from './write-messages.ts';

type Db = Kysely<unknown>;

export async function messages(
  db: Db,
  principal: Principal,
  filter: MessageFilter,
): Promise<Page<MessageRow>> {
  const cursor = /^(\d{1,16})\.([0-9a-f]{32})$/u.exec(filter.after ?? '');
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = await sql<MessageRecord>`select * from messages where ${visible(principal, 'team')}
    and ${same('state', filter.state)} and ${same('channel', filter.channel)} and ${same('recipient_id', filter.to)}
    and ${cursor === null ? sql`true` : sql`(created_at, id) < (${Number(cursor[1])}, ${cursor[2]}::uuid)`}
    order by created_at desc, id desc limit ${filter.limit + 1}`.execute(db);
  const items = found.rows.slice(0, filter.limit).map(messageOf);
  const last = items.at(-1);
  const hasMore = found.rows.length > filter.limit && last !== undefined;
  return { items, ...optional('next', hasMore ? `${last.createdAt}.${last.id}` : undefined) };
}

export async function message(db: Db, principal: Principal, id: string): Promise<ClaimedMessage | undefined> {
  if (!/^[0-9a-f]{32}$/u.test(id)) return undefined;
  return seenBy(principal, await messageById(db, id));
}

function seenBy(principal: Principal, found: ClaimedMessage | undefined): ClaimedMessage | undefined {
  if (found === undefined) return undefined;
  const { team } = found.message;
  const isVisible = principal.teams === 'all' || (team !== undefined && principal.teams.includes(team));
  return isVisible ? found : undefined;
}

export async function messageByToken(
  db: Db,
  principal: Principal,
  tokenHash: string,
): Promise<ClaimedMessage | undefined> {
  return seenBy(principal, await findByToken(db, tokenHash));
}

export async function ledger(
  db: Db,
  principal: Principal,
  loop: string,
): Promise<{ readonly entries: readonly LedgerRow[]; readonly personal: readonly PrivateRow[] } | undefined> {
  const seen =
    await sql`select id from loops where id = ${loop}::uuid and ${visible(principal, 'team')}`.execute(db);
  if (seen.rows.length === 0) return undefined;
  const entries = await sql<LedgerRow & { loop_id: string }>`
    select * from ledger_entries where loop_id = ${loop}::uuid order by seq`.execute(db);
  const personal = await sql<PrivateRow & { loop_id: string }>`
    select * from ledger_private where loop_id = ${loop}::uuid order by seq, path`.execute(db);
  return {
    entries: entries.rows.map(({ seq, at, kind, previous, hash, body }) => ({
      loop,
      seq,
      at: Number(at),
      kind,
      previous,
      hash,
      body,
    })),
    personal: personal.rows.map(({ seq, path, salt, value }) => ({ loop, seq, path, salt, value })),
  };
}

export async function checkpoints(
  db: Db,
  _principal: Principal,
  after: number,
): Promise<readonly CheckpointRow[]> {
  const found = await sql<CheckpointRow & { key_id: string }>`
    select * from checkpoints where n > ${after} order by n`.execute(db);
  return found.rows.map(checkpointOf);
}

export async function counters(
  db: Db,
  principal: Principal,
  behaviour: string,
): Promise<readonly CounterRow[]> {
  // Scopes are teams; a principal of some teams reads theirs only.
  const found = await sql<CounterRow>`select name, behaviour, source, day, scope, n from counters
    where behaviour = ${behaviour} and ${visible(principal, 'scope')} order by day, name, source, scope`.execute(
    db,
  );
  return found.rows.map((row) => ({ ...row, n: Number(row.n) }));
}

type TokenRecord = {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly teams: 'all' | readonly string[];
  readonly kind: TokenRow['kind'] | null;
  readonly subject_types: TokenRow['subjectTypes'] | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
};

function tokenOf(record: TokenRecord): TokenRow {
  return {
    id: idOf(record.id),
    hash: record.hash,
    name: record.name,
    scopes: record.scopes,
    teams: record.teams,
    ...optional('kind', record.kind),
    ...optional('subjectTypes', record.subject_types),
    createdAt: Number(record.created_at),
    expiresAt: Number(record.expires_at),
    ...optional('lastUsedAt', record.last_used_at),
    ...optional('revokedAt', record.revoked_at),
  };
}

export async function tokens(db: Db, principal: Principal): Promise<readonly TokenRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<TokenRecord>`select * from tokens order by created_at, id`.execute(db);
  return found.rows.map(tokenOf);
}

export async function tokenById(db: Db, principal: Principal, id: string): Promise<TokenRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<TokenRecord>`select * from tokens where id = ${id}::uuid`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : tokenOf(record);
}

export async function tokenByHash(db: Db, principal: Principal, hash: string): Promise<TokenRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<TokenRecord>`select * from tokens where hash = ${hash}`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : tokenOf(record);
}

export async function suppressions(
  db: Db,
  principal: Principal,
  now: number,
): Promise<readonly SuppressionRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<Omit<SuppressionRow, 'createdAt'> & { created_at: number }>`
    select * from suppressions where until > ${now} order by created_at, id`.execute(db);
  return found.rows.map(({ created_at: createdAt, ...row }) => ({
    ...row,
    id: idOf(row.id),
    until: Number(row.until),
    createdAt: Number(createdAt),
  }));
}

export async function learntOwners(
  db: Db,
  principal: Principal,
  scopes: readonly string[],
): Promise<ReadonlyMap<string, { readonly kind: string; readonly id: string }>> {
  if (principal.teams !== 'all') return new Map();
  const found = await sql<{ scope: string; owner_kind: string; owner_id: string }>`
    select scope, owner_kind, owner_id from learnt_owners where scope = any(${textArray(scopes)})`.execute(
    db,
  );
  return new Map(found.rows.map((row) => [row.scope, { kind: row.owner_kind, id: row.owner_id }]));
}

export async function sourceDays(
  db: Db,
  _principal: Principal,
  sources: readonly string[],
  from: string,
  to: string,
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ source: string; n: number }>`select source, count(*) as n from source_days
    where source = any(${textArray(sources)}) and day between ${from} and ${to} group by source`.execute(db);
  return new Map(found.rows.map((row) => [row.source, Number(row.n)]));
}

export async function opportunities(
  db: Db,
  principal: Principal,
  behaviour: string,
  from: string,
  to: string,
): Promise<number> {
  const found = await sql<{ n: number }>`select coalesce(sum(n), 0) as n from counters
    where name = 'opportunity' and behaviour = ${behaviour} and day between ${from} and ${to}
      and ${visible(principal, 'scope')}`.execute(db);
  return Number(found.rows[0]?.n ?? 0);
}

export async function setting(db: Db, _principal: Principal, name: string): Promise<Json | undefined> {
  const found = await sql<{ value: Json }>`select value from settings where name = ${name}`.execute(db);
  return found.rows[0]?.value;
}

export async function importRow(db: Db, principal: Principal, id: string): Promise<ImportRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<{
    id: string;
    source: string;
    started_at: number;
    finished_at: number | null;
    position: number;
    counts: Json;
  }>`select * from imports where id = ${id}`.execute(db);
  const row = found.rows[0];
  if (row === undefined) return undefined;
  return {
    id: row.id,
    source: row.source,
    startedAt: Number(row.started_at),
    ...optional('finishedAt', row.finished_at),
    position: Number(row.position),
    counts: row.counts,
  };
}
