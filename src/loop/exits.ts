import type { Event } from '../core/event.ts';
import type { ExitRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type HabitParts, habitOfWorkload } from './settle.ts';

/** Events of directories come from this source. */
export const directorySource = 'directory';
export const ownerLeft = 'owner-left';

type Parts = HabitParts & Pick<LoopParts, 'behaviours'>;

/**
 * Workloads and agents that a source says were disabled, deleted or retired, under every habit that they could have, and
 * repositories that were archived or deleted, which are the units of some experiments and nobody's habit. A name that is
 * no workload's does nothing: whether a person left is for directories to say.
 */
export function exitsIn(parts: Parts, events: readonly Event[]): readonly ExitRow[] {
  return events.flatMap(({ kind, source, action, identity, where, occurredAt }) => {
    if (kind === 'repository.archived' && where.repository !== undefined)
      return [{ unit: unitOfRepository(parts, where.repository), at: occurredAt, reason: 'gone' }];
    if (kind !== 'identity.disabled' || identity === undefined) return [];
    // The owner left, and what they owned is there still.
    if (source === directorySource && action === ownerLeft) return [];
    return [...parts.behaviours.keys()].map((behaviour): ExitRow => {
      return { unit: habitOfWorkload(parts, behaviour, identity.id), at: occurredAt, reason: 'gone' };
    });
  });
}

export function unitOfRepository({ idOf, pseudonymOf }: HabitParts, repository: string): string {
  return pseudonymOf(idOf(['repository', repository.toLowerCase()]));
}
