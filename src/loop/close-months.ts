import { dayMs } from '../core/duration.ts';
import { monthOf } from '../core/measures/outcome.ts';
import type { LoopParts } from './parts.ts';

/** Reports of a month come in for some days after its end. */
const graceMs = 7 * dayMs;
export const closedSetting = 'measures-closed';

/**
 * Keeps the figures of months that are over as they stand. What comes later counts, too, but is told apart: no figure
 * that somebody has seen changes in silence.
 */
export async function closeMonths(parts: Pick<LoopParts, 'store' | 'clock'>): Promise<void> {
  const now = parts.clock.now();
  const through = lastClosable(now);
  await parts.store.transaction(async (tx) => {
    await tx.lock(closedSetting);
    const known = await tx.setting(closedSetting);
    const after = typeof known === 'string' ? known : '';
    if (after >= through) return;
    await tx.closeMonths(after, through, now);
    await tx.saveSetting(closedSetting, through);
  });
}

/** The month before the one in which the days of grace began. */
function lastClosable(now: number): string {
  const [year = 0, month = 1] = monthOf(now - graceMs)
    .split('-')
    .map(Number);
  return monthOf(Date.UTC(year, month - 1, 0));
}
