import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { AuditChain, AuditFilter, AuditRow, CheckpointRow, LedgerRow } from '../../../../ports/store.ts';
import { optional, recordset } from '../rows.ts';
import { checkpointOf } from './write-ledger.ts';

type Db = Kysely<unknown>;

type AuditRecord = Omit<AuditRow, 'by' | 'address' | 'salt'> & {
  readonly by_id: string;
  readonly address: string | null;
  readonly salt: string | null;
};

type ChainRecord = {
  readonly seq: number;
  readonly head: string;
  readonly noted_seq: number;
  readonly noted_head: string;
  readonly noted_at: number | string;
};

function chainOf(record: ChainRecord): AuditChain {
  const { seq, head, noted_seq: notedSeq, noted_head: notedHead, noted_at: notedAt } = record;
  return { seq, head, notedSeq, notedHead, notedAt: Number(notedAt) };
}

export async function auditEntries(
  db: Db,
  principal: Principal,
  filter: AuditFilter,
): Promise<readonly AuditRow[]> {
  if (principal.teams !== 'all') return [];
  const same = (column: string, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`;
  const found = await sql<AuditRecord>`select * from audit_entries
    where ${same('kind', filter.kind)} and ${same('by_id', filter.by)}
      and ${filter.before === undefined ? sql`true` : sql`seq < ${filter.before}`}
    order by seq desc limit ${filter.limit}`.execute(db);
  return found.rows.map(rowOf);
}

export async function auditAfter(
  db: Db,
  principal: Principal,
  after: number,
  limit: number,
): Promise<readonly AuditRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<AuditRecord>`select * from audit_entries
    where seq > ${after} order by seq limit ${limit}`.execute(db);
  return found.rows.map(rowOf);
}

function rowOf(record: AuditRecord): AuditRow {
  const { seq, at, kind, by_id: by, body, previous, hash, address, salt } = record;
  return {
    seq,
    at: Number(at),
    kind,
    by,
    body,
    previous,
    hash,
    ...optional('address', address),
    ...optional('salt', salt),
  };
}

export async function auditChain(db: Db, principal: Principal): Promise<AuditChain | undefined> {
  if (principal.teams !== 'all') return undefined;
  const found = await sql<ChainRecord>`select * from audit_chain`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : chainOf(record);
}

export async function auditHeads(
  db: Db,
  principal: Principal,
  ledgerChain: string,
  limit: number,
): Promise<readonly string[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{ body: string }>`select body from ledger_entries
    where loop_id = ${ledgerChain}::uuid order by seq desc limit ${limit}`.execute(db);
  return found.rows.map(({ body }) => body);
}

export async function chainEntries(
  db: Db,
  principal: Principal,
  ledgerChain: string,
  before: number,
  limit: number,
): Promise<readonly LedgerRow[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<LedgerRow>`select seq, at, kind, previous, hash, body from ledger_entries
    where loop_id = ${ledgerChain}::uuid and seq < ${before} order by seq desc limit ${limit}`.execute(db);
  return found.rows.map((row) => ({ ...row, loop: ledgerChain, at: Number(row.at) }));
}

export async function newestCheckpointOf(
  db: Db,
  principal: Principal,
  ledgerChain: string,
): Promise<CheckpointRow | undefined> {
  if (principal.teams !== 'all') return undefined;
  // An id is hex, so it has no wildcard. The chain is noted once an hour: one of the newest has it.
  const found = await sql<CheckpointRow & { key_id: string }>`select * from checkpoints
    where leaves::text like ${`%${ledgerChain}%`} order by n desc limit 1`.execute(db);
  return found.rows.map(checkpointOf)[0];
}

export async function lockAuditChain(db: Db, ledgerChain: string): Promise<AuditChain> {
  await sql`insert into audit_chain (id, seq, head, noted_seq, noted_head, noted_at)
    values (${ledgerChain}::uuid, 0, '', 0, '', 0) on conflict do nothing`.execute(db);
  const found = await sql<ChainRecord>`select * from audit_chain
    where id = ${ledgerChain}::uuid for update`.execute(db);
  const record = found.rows[0];
  if (record === undefined) throw new TypeError('the chain was written a moment ago');
  return chainOf(record);
}

export async function appendAudit(db: Db, rows: readonly AuditRow[], chain: AuditChain): Promise<void> {
  const records = rows.map(({ by, ...row }) => ({ ...row, by_id: by }));
  await sql`insert into audit_entries (seq, at, kind, by_id, body, previous, hash, address, salt)
    select seq, at, kind, by_id, body, previous, hash, address, salt from ${recordset(
      records,
      'seq integer, at bigint, kind text, by_id text, body text, previous text, hash text, address text, salt text',
    )}`.execute(db);
  await sql`update audit_chain set seq = ${chain.seq}, head = ${chain.head}, noted_seq = ${chain.notedSeq},
    noted_head = ${chain.notedHead}, noted_at = ${chain.notedAt}`.execute(db);
}
