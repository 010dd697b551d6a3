import type { CheckpointRow } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

type Head = { readonly loop: string; readonly seq: number; readonly head: string };

export type Sealer = {
  /** Signs the heads that changed since the previous checkpoint. */
  readonly seal: (heads: readonly Head[], previous: CheckpointRow | undefined, at: number) => CheckpointRow;
  /** Keeps a checkpoint outside the database as well, so that a truncated database shows. */
  readonly keep: (checkpoint: CheckpointRow) => Promise<void>;
  /** Which of the database's checkpoints the copy lacks at its end. */
  readonly missing: (stored: readonly CheckpointRow[]) => Promise<readonly CheckpointRow[]>;
};

/** Heads under one checkpoint; more make the next one. */
const headsMax = 5000;

/**
 * Seals what changed. One process at a time; returns the number of heads sealed. The copy outside is written after the
 * commit: a kill in between leaves a line too few, which `mendCopy` adds at the next start.
 */
export async function sealLedger(parts: LoopParts, sealer: Sealer): Promise<number> {
  const sealed = await parts.store.transaction(async (tx) => {
    await tx.lock('ledger-sealer');
    const heads = await tx.unsealedHeads(headsMax);
    if (heads.length === 0) return undefined;
    const previous = await tx.lastCheckpoint();
    const checkpoint = sealer.seal(heads, previous, parts.clock.now());
    await tx.saveCheckpoint(checkpoint);
    return checkpoint;
  });
  if (sealed === undefined) return 0;
  await sealer.keep(sealed);
  return sealed.size;
}

/** Adds to the copy outside what a kill between commit and copy left out. What differs otherwise is left to be found. */
export async function mendCopy(parts: LoopParts, sealer: Sealer): Promise<void> {
  const last = await parts.store.read.checkpoints(loopPrincipal, 0);
  for (const checkpoint of await sealer.missing(last)) await sealer.keep(checkpoint);
}
