import type { Behaviour } from '../core/behaviour.ts';
import { durationMs } from '../core/duration.ts';
import type { HabitRow, LoopRow, StoreWrite } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type OwnedChange, settle } from './settle.ts';

type Case = { readonly id: string; readonly behaviour: string; readonly firstOccurredAt: number };

/**
 * The verified case of the same habit that this one relapses from: the latest verification before it occurred, within
 * the window. A case that occurred before the verification is no relapse.
 */
export function relapseOf(
  found: Case,
  others: readonly HabitRow[],
  behaviour: Behaviour,
): HabitRow | undefined {
  const window = durationMs(behaviour.relapse.window);
  return others
    .filter(
      (other) =>
        other.id !== found.id &&
        other.behaviour === found.behaviour &&
        other.verifiedAt !== undefined &&
        other.verifiedAt < found.firstOccurredAt &&
        found.firstOccurredAt <= other.verifiedAt + window,
    )
    .toSorted((a, b) => (b.verifiedAt ?? 0) - (a.verifiedAt ?? 0) || (a.id < b.id ? -1 : 1))[0];
}

/** Links changed loops to what they relapse from. History counts no relapse until it is released. */
export async function findRelapses(
  parts: LoopParts,
  tx: StoreWrite,
  changes: readonly OwnedChange[],
): Promise<readonly OwnedChange[]> {
  const habits = new Set<string>();
  for (const { facts, owned } of changes) {
    const counts = facts.isLive || facts.releasedAt !== undefined;
    if (counts && facts.sightings > 0 && owned.habit !== undefined) habits.add(owned.habit);
  }
  if (habits.size === 0) return changes;
  const byHabit = Map.groupBy(await tx.loopsOfHabits([...habits]), (row) => row.habit);
  return changes.map((change) => {
    const { facts, owned, before } = change;
    const others = owned.habit === undefined ? undefined : byHabit.get(owned.habit);
    const behaviour = parts.behaviours.get(before.behaviour);
    const first = facts.kept[0];
    if (others === undefined || behaviour === undefined || first === undefined) return change;
    const found = relapseOf(
      { id: before.id, behaviour: before.behaviour, firstOccurredAt: first.at },
      others,
      behaviour,
    );
    if (found === undefined || found.id === facts.relapseOf) return change;
    const number = found.relapseNumber + 1;
    return {
      ...change,
      facts: { ...facts, relapseOf: found.id, relapseNumber: number },
      story: [...change.story, { kind: 'relapse', at: first.at, body: { of: found.id, number } }],
    };
  });
}

/**
 * Proof that arrives late makes later cases relapses. Looks again at the live cases of the habits of loops that were
 * just verified, in a transaction of its own so that locks are always taken in one order.
 */
export async function relinkRelapses(
  parts: LoopParts,
  verified: readonly LoopRow[],
  now: number,
): Promise<void> {
  const habits = verified.flatMap((row) => (row.habit === undefined ? [] : [row.habit]));
  if (habits.length === 0) return;
  await parts.store.transaction(async (tx) => {
    const rows = await tx.loopsOfHabits(habits);
    const fixed = new Set(verified.map((row) => row.id));
    const later = rows.filter((row) => {
      const behaviour = parts.behaviours.get(row.behaviour);
      if (behaviour === undefined || !row.isLive) return false;
      const found = relapseOf(
        row,
        rows.filter((other) => other.habit === row.habit),
        behaviour,
      );
      return found !== undefined && fixed.has(found.id) && found.id !== row.relapseOf;
    });
    const locked = await tx.lockLoops(later.map((row) => row.id));
    await settle(
      parts,
      tx,
      locked.map((before) => ({ before, facts: before.facts, story: [] })),
      now,
    );
  });
}
