import { randomBytes } from 'node:crypto';
import type { AccessNote } from '../../access/access-note.ts';
import { appendRows } from '../../ledger/rows.ts';
import type { AuditRow, StoreWrite } from '../../ports/store.ts';

/** The chain of access decisions, and the chain in the ledger that notes its heads. */
export const auditChainId = '5d0f6b8a3c1e4f7290ab7c6de1f20a11';
export const auditHeadsId = '5d0f6b8a3c1e4f7290ab7c6de1f20a12';

/** How often the ledger notes the head, and so a checkpoint seals it: not for every sign-in. */
export const notedEveryMs = 3_600_000;

/** Records decisions about access, in the transaction that carries them out where there is one. */
export async function noteAccess(tx: StoreWrite, now: number, notes: readonly AccessNote[]): Promise<void> {
  if (notes.length === 0) return;
  const chain = await tx.lockAuditChain(auditHeadsId);
  const drafts = notes.map(({ kind, by, address, body = {} }) => ({
    at: now,
    kind,
    body: { ...body, by, ...(address === undefined ? {} : { address }) },
    personal: ['/address'],
  }));
  const salt = () => randomBytes(16).toString('hex');
  const appended = appendRows({ id: auditChainId, seq: chain.seq, head: chain.head }, drafts, salt);
  const salts = new Map(appended.personal.map((one) => [one.seq, one.salt]));
  const rows = appended.entries.map(({ loop: _loop, ...entry }, index): AuditRow => {
    const { by = '', address } = notes[index] ?? {};
    const kept = salts.get(entry.seq);
    return { ...entry, by, ...(address === undefined || kept === undefined ? {} : { address, salt: kept }) };
  });
  const { seq, head } = appended;
  const isDue = now - chain.notedAt >= notedEveryMs;
  const noted = isDue
    ? appendRows(
        { id: auditHeadsId, seq: chain.notedSeq, head: chain.notedHead },
        [{ at: now, kind: 'audit.head', body: { seq, hash: head } }],
        salt,
      )
    : undefined;
  await tx.appendAudit(rows, {
    seq,
    head,
    notedSeq: noted?.seq ?? chain.notedSeq,
    notedHead: noted?.head ?? chain.notedHead,
    notedAt: isDue ? now : chain.notedAt,
  });
  if (noted !== undefined) await tx.appendLedger(noted.entries, []);
}
