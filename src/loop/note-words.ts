import type { WordingRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

/** Keeps the words that this process came up with, so that what was said can be read after they have changed. */
export async function noteWords(
  parts: Pick<LoopParts, 'store' | 'clock'>,
  words: readonly WordingRow[],
): Promise<void> {
  const now = parts.clock.now();
  await parts.store.transaction(async (tx) => {
    // Of several servers that start at once, one writes what is new.
    await tx.lock('wordings');
    const known = await tx.touchWordings(
      words.map(({ hash }) => hash),
      now,
    );
    await tx.keepWordings(
      words.filter(({ hash }) => !known.has(hash)),
      now,
    );
  });
}
