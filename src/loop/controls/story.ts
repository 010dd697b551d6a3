import type { ControlRow, StoreWrite } from '../../ports/store.ts';
import type { LedgerFact, LoopParts } from '../parts.ts';

/** Writes a control with the entry of its chain that tells what changed. The row is new or locked. */
export async function saveWithEntry(
  parts: Pick<LoopParts, 'appendLedger'>,
  tx: StoreWrite,
  row: ControlRow,
  fact: LedgerFact,
): Promise<ControlRow> {
  const appended = parts.appendLedger({ id: row.id, seq: row.seq, head: row.head }, [fact]);
  await tx.appendLedger(appended.entries, appended.personal);
  const saved = { ...row, seq: appended.seq, head: appended.head };
  await tx.updateControl(saved);
  return saved;
}
