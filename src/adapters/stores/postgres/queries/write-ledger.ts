import { type Kysely, sql } from 'kysely';
import type { CheckpointRow, LedgerRow, PrivateRow } from '../../../../ports/store.ts';
import { idOf, recordset } from '../rows.ts';

type Db = Kysely<unknown>;

export async function appendLedger(
  db: Db,
  entries: readonly LedgerRow[],
  personal: readonly PrivateRow[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({ ...entry, loop_id: entry.loop }));
  await sql`with added as (
      insert into ledger_entries (loop_id, seq, at, kind, previous, hash, body)
      select loop_id, seq, at, kind, previous, hash, body from ${recordset(
        rows,
        'loop_id uuid, seq integer, at bigint, kind text, previous text, hash text, body text',
      )} returning loop_id
    )
    insert into ledger_unsealed (loop_id) select distinct loop_id from added order by loop_id
    on conflict do nothing`.execute(db);
  if (personal.length === 0) return;
  const secrets = personal.map((row) => ({ ...row, loop_id: row.loop }));
  await sql`insert into ledger_private (loop_id, seq, path, salt, value)
    select loop_id, seq, path, salt, value from ${recordset(
      secrets,
      'loop_id uuid, seq integer, path text, salt text, value text',
    )}`.execute(db);
}

export async function unsealedHeads(
  db: Db,
  limit: number,
): Promise<readonly { readonly loop: string; readonly seq: number; readonly head: string }[]> {
  const found = await sql<{ id: string; seq: number; head: string }>`
    select u.loop_id as id, coalesce(l.seq, c.seq, e.seq, r.seq, a.noted_seq) as seq,
      coalesce(l.head, c.head, e.head, r.head, a.noted_head) as head
    from ledger_unsealed u left join loops l on l.id = u.loop_id left join controls c on c.id = u.loop_id
    left join experiments e on e.chain = u.loop_id left join audit_chain a on a.id = u.loop_id
    left join reviews r on r.id = u.loop_id
    where l.id is not null or c.id is not null or e.id is not null or a.id is not null or r.id is not null order by u.loop_id limit ${limit}`.execute(
    db,
  );
  return found.rows.map((row) => ({ loop: idOf(row.id), seq: row.seq, head: row.head }));
}

type CheckpointRecord = Omit<CheckpointRow, 'keyId'> & { readonly key_id: string };

export function checkpointOf(record: CheckpointRecord): CheckpointRow {
  const { key_id: keyId, ...rest } = record;
  return { ...rest, at: Number(record.at), keyId };
}

export async function lastCheckpoint(db: Db): Promise<CheckpointRow | undefined> {
  const found = await sql<CheckpointRecord>`select * from checkpoints order by n desc limit 1`.execute(db);
  const record = found.rows[0];
  return record === undefined ? undefined : checkpointOf(record);
}

export async function saveCheckpoint(db: Db, row: CheckpointRow): Promise<void> {
  await sql`insert into checkpoints (n, at, size, root, previous, key_id, signature, leaves)
    values (${row.n}, ${row.at}, ${row.size}, ${row.root}, ${row.previous}, ${row.keyId}, ${row.signature},
      ${JSON.stringify(row.leaves)}::text::json)`.execute(db);
  // What moved on since the heads were read stays unsealed for the next checkpoint.
  await sql`delete from ledger_unsealed u using ${recordset(row.leaves, 'loop uuid, seq integer')}
    where u.loop_id = t.loop and (exists (select 1 from loops l where l.id = t.loop and l.seq = t.seq)
      or exists (select 1 from controls c where c.id = t.loop and c.seq = t.seq)
      or exists (select 1 from experiments e where e.chain = t.loop and e.seq = t.seq)
      or exists (select 1 from reviews r where r.id = t.loop and r.seq = t.seq)
      or exists (select 1 from audit_chain a where a.id = t.loop and a.noted_seq = t.seq))`.execute(db);
}
