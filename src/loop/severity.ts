import type { Behaviour } from '../core/behaviour.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import type { SnoozeLimits } from '../core/loop/snooze.ts';
import type { LoopParts } from './parts.ts';

export const severityRank = { low: 0, medium: 1, high: 2, critical: 3 } as const;

/** The same in words; of a behaviour that left the packs nothing is known. */
export function severityNameOf(behaviour: Behaviour | undefined, facts: LoopFacts): string {
  if (behaviour === undefined) return 'unknown';
  const rank = severityOf(behaviour, facts);
  return Object.entries(severityRank).find(([, one]) => one === rank)?.[0] ?? 'unknown';
}

/** How grave this case is: a secret that still works is a step graver, a dead one a step less. */
export function severityOf(behaviour: Behaviour, facts: LoopFacts): number {
  const words = Object.values(facts.validity);
  const step = words.some((seen) => seen.status === 'active')
    ? 1
    : words.some((seen) => seen.status === 'inactive')
      ? -1
      : 0;
  return Math.min(3, Math.max(0, severityRank[behaviour.severity] + step));
}

/** How far words about this case may be put off; undefined where it is too grave for that, or nobody may. */
export function snoozeLimits(
  { delivery: { snooze } }: Pick<LoopParts, 'delivery'>,
  behaviour: Behaviour,
  facts: LoopFacts,
): SnoozeLimits | undefined {
  return snooze !== undefined && severityOf(behaviour, facts) < severityRank[snooze.below]
    ? snooze
    : undefined;
}

/**
 * Whether first words go although the fix of the set-up is on the way: what is critical, a secret that nobody proved dead,
 * and what is grave and happens for the first time. A further case of a habit whose control is coming can wait for it.
 */
export function mayStillHarm(severity: number, facts: LoopFacts): boolean {
  const isDead = Object.values(facts.validity).some(({ status }) => status === 'inactive');
  const isSecretAlive = facts.secret !== undefined && !isDead;
  const isFirst = severity >= severityRank.high && facts.relapseNumber === 0;
  return severity >= severityRank.critical || isSecretAlive || isFirst;
}
