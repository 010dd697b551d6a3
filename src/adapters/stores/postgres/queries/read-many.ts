import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../../../ports/principal.ts';
import type { ClaimedMessage, LedgerRow } from '../../../../ports/store.ts';
import { idOf, textArray, uuidArray } from '../rows.ts';
import type { MessageRecord } from './message-rows.ts';
import { visible } from './read-loops.ts';
import { withWants } from './write-messages.ts';

type Db = Kysely<unknown>;

export async function messagesByIds(
  db: Db,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly ClaimedMessage[]> {
  if (ids.length === 0) return [];
  const found = await sql<MessageRecord>`select * from messages where id = any(${uuidArray(ids)})
    and ${visible(principal, 'team')} order by id`.execute(db);
  return withWants(db, found.rows);
}

export async function ledgersOf(
  db: Db,
  principal: Principal,
  loops: readonly string[],
): Promise<readonly LedgerRow[]> {
  if (loops.length === 0) return [];
  const found = await sql<LedgerRow & { loop_id: string }>`select e.* from ledger_entries e
    join loops l on l.id = e.loop_id
    where e.loop_id = any(${uuidArray(loops)}) and ${visible(principal, 'l.team')} order by e.loop_id, e.seq`.execute(
    db,
  );
  return found.rows.map(({ loop_id, seq, at, kind, previous, hash, body }) => ({
    loop: idOf(loop_id),
    seq,
    at: Number(at),
    kind,
    previous,
    hash,
    body,
  }));
}

export async function messagesByTokens(
  db: Db,
  principal: Principal,
  tokenHashes: readonly string[],
): Promise<ReadonlyMap<string, ClaimedMessage>> {
  if (tokenHashes.length === 0) return new Map();
  const found = await sql<MessageRecord & { token_hash: string }>`select * from messages
    where token_hash = any(${textArray(tokenHashes)}) and ${visible(principal, 'team')}`.execute(db);
  const claimed = await withWants(db, found.rows);
  return new Map(
    found.rows.flatMap(({ token_hash }, at) => {
      const one = claimed[at];
      return one === undefined ? [] : [[token_hash, one] as const];
    }),
  );
}
