import type { LedgerEntry } from './chain.ts';
import { checkEntries } from './check-entries.ts';
import { checkCheckpoints } from './checkpoint-file.ts';
import type { Finding } from './finding.ts';
import { headTree, type PublicKey, type Sealed } from './seal.ts';

/**
 * Checks one chain in the store against its loop's row and every head of it that was sealed.
 *
 * @param row number and hash of the last entry, as the loop's row has them; seq 0 before the first
 */
export function checkStoredChain(
  loop: string,
  entries: readonly LedgerEntry[],
  row: { readonly seq: number; readonly head: string },
  sealed: readonly { readonly n: number; readonly seq: number; readonly head: string }[],
): readonly Finding[] {
  const heads = sealed.map(({ n, seq, head }) => ({ seq, hash: head, vouchedBy: `Checkpoint ${n}` }));
  const own = row.seq === 0 ? [] : [{ seq: row.seq, hash: row.head, vouchedBy: "The loop's row" }];
  const beyond = entries
    .filter((entry) => entry.seq > row.seq)
    .map((entry): Finding => {
      const detail = 'It stands after the last entry that the row of the loop knows.';
      return { kind: 'checkpoint-mismatch', where: `entry ${entry.seq}`, detail };
    });
  return [...checkEntries(loop, entries, [...heads, ...own]), ...beyond];
}

/** Checks all checkpoints of the store, first to last: their order, links and signatures, and that the kept heads give the signed roots. */
export function checkStoredSeals(sealed: readonly Sealed[], keys: readonly PublicKey[]): readonly Finding[] {
  const roots = sealed.flatMap(({ checkpoint, heads }): Finding[] => {
    const tree = headTree(heads);
    if (tree.root === checkpoint.root && tree.size === checkpoint.size) return [];
    const where = `checkpoint ${checkpoint.n}`;
    return [{ kind: 'checkpoint-mismatch', where, detail: 'The heads kept with it do not give its root.' }];
  });
  return [
    ...checkCheckpoints(
      sealed.map(({ checkpoint }) => checkpoint),
      keys,
    ),
    ...roots,
  ];
}
