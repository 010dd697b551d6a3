import type { CheckpointRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

type Head = { readonly loop: string; readonly seq: number; readonly head: string };

export type Sealer = {
  /** Signs the heads that changed since the previous checkpoint. */
  readonly seal: (heads: readonly Head[], previous: CheckpointRow | undefined, at: number) => CheckpointRow;
  /** Keeps a checkpoint outside the database as well, so that a truncated database shows. */
  readonly keep: (checkpoint: CheckpointRow) => Promise<void>;
};

/** Heads under one checkpoint; more make the next one. */
const headsMax = 5000;

/** Seals what changed. One process at a time; returns the number of heads sealed. */
export async function sealLedger(parts: LoopParts, sealer: Sealer): Promise<number> {
  const sealed = await parts.store.transaction(async (tx) => {
    await tx.lock('ledger-sealer');
    const heads = await tx.unsealedHeads(headsMax);
    if (heads.length === 0) return undefined;
    const previous = await tx.lastCheckpoint();
    const checkpoint = sealer.seal(heads, previous, parts.clock.now());
    await tx.saveCheckpoint(checkpoint);
    // Written before the commit: a line too many outside is found and explained, a line too few would look like fraud.
    await sealer.keep(checkpoint);
    return checkpoint;
  });
  return sealed?.size ?? 0;
}
