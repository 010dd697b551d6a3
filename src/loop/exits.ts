import type { Event } from '../core/event.ts';
import type { ExitRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type HabitParts, habitOfWorkload } from './settle.ts';

/** Events of directories come from this source. */
export const directorySource = 'directory';
export const ownerLeft = 'owner-left';

type Parts = HabitParts & Pick<LoopParts, 'behaviours'>;

/**
 * Workloads and agents that a source says were disabled, deleted or retired, under every habit that they could have. A
 * name that is no workload's is nobody's habit and does nothing: whether a person left is for directories to say.
 */
export function exitsIn(parts: Parts, events: readonly Event[]): readonly ExitRow[] {
  return events.flatMap(({ kind, source, action, identity, occurredAt }) => {
    if (kind !== 'identity.disabled' || identity === undefined) return [];
    // The owner left, and what they owned is there still.
    if (source === directorySource && action === ownerLeft) return [];
    return [...parts.behaviours.keys()].map((behaviour): ExitRow => {
      return { unit: habitOfWorkload(parts, behaviour, identity.id), at: occurredAt, reason: 'gone' };
    });
  });
}
