import type { ReviewRow, StoreWrite } from '../../ports/store.ts';
import type { LedgerFact, LoopParts } from '../parts.ts';

/** Writes a proposal with the entry of its chain that tells what changed. The row is new or held. */
export async function saveWithEntry(
  parts: Pick<LoopParts, 'appendLedger'>,
  tx: StoreWrite,
  row: ReviewRow,
  fact: LedgerFact,
): Promise<ReviewRow> {
  const appended = parts.appendLedger({ id: row.id, seq: row.seq, head: row.head }, [fact]);
  await tx.appendLedger(appended.entries, appended.personal);
  const saved = { ...row, seq: appended.seq, head: appended.head };
  await tx.saveReview(saved);
  return saved;
}
