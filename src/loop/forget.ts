import { dayMs } from '../core/duration.ts';
import type { LoopParts } from './parts.ts';

/** What an identity has not done for more than a year is no longer usual for it. */
const marksMs = 400 * dayMs;
/** News of a path comes within days; nobody is asked about an old deployment because of it. */
const deedsMs = 60 * dayMs;
/** A back-test looks back over the relapses that it answers to. */
const samplesMs = 180 * dayMs;
/** Rows of one turn: deleting must not hold up what is live. */
const rowsMax = 5000;

/** Forgets marks and deeds by which nothing is judged any more. Returns how many. */
export async function forgetOld(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    const samples = await tx.trimSamples(new Date(now - samplesMs).toISOString().slice(0, 10));
    return samples + (await tx.forgetMarks({ marks: now - marksMs, deeds: now - deedsMs }, rowsMax));
  });
}
