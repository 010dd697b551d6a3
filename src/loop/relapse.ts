import { durationMs } from '../core/duration.ts';
import type { HabitAsk, LoopRow, StoreWrite } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type OwnedChange, settle } from './settle.ts';

/** A case of a habit, as far as relapses go. */
type Case = {
  readonly id: string;
  readonly behaviour: string;
  readonly habit?: string | undefined;
  readonly firstOccurredAt: number;
};

/**
 * Asks for the verified case of the same habit that this one relapses from: the latest verification before it
 * occurred, within the window. A case that occurred before the verification is no relapse.
 */
function asksBefore(parts: LoopParts, cases: readonly Case[]): readonly HabitAsk[] {
  return cases.flatMap(({ id, behaviour, habit, firstOccurredAt }): readonly HabitAsk[] => {
    const window = windowOf(parts, behaviour);
    if (habit === undefined || window === undefined) return [];
    return [{ loop: id, habit, behaviour, from: firstOccurredAt - window, to: firstOccurredAt - 1 }];
  });
}

function windowOf(parts: LoopParts, behaviour: string): number | undefined {
  const found = parts.behaviours.get(behaviour);
  return found === undefined ? undefined : durationMs(found.relapse.window);
}

/** Links changed loops to what they relapse from. History counts no relapse until it is released. */
export async function findRelapses(
  parts: LoopParts,
  tx: StoreWrite,
  changes: readonly OwnedChange[],
): Promise<readonly OwnedChange[]> {
  const cases = changes.flatMap(({ before, facts, owned }): readonly Case[] => {
    const counts = (facts.isLive || facts.releasedAt !== undefined) && facts.sightings > 0;
    const first = facts.kept[0];
    if (!counts || first === undefined) return [];
    return [{ id: before.id, behaviour: before.behaviour, habit: owned.habit, firstOccurredAt: first.at }];
  });
  const found = await tx.lastVerified(asksBefore(parts, cases));
  if (found.size === 0) return changes;
  return changes.map((change) => {
    const { facts, before } = change;
    const last = found.get(before.id);
    const first = facts.kept[0];
    if (last === undefined || first === undefined || last.id === facts.relapseOf) return change;
    const number = last.relapseNumber + 1;
    return {
      ...change,
      facts: { ...facts, relapseOf: last.id, relapseNumber: number },
      story: [...change.story, { kind: 'relapse', at: first.at, body: { of: last.id, number } }],
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
  const asks = verified.flatMap(({ id, behaviour, habit, verifiedAt }): readonly HabitAsk[] => {
    const window = windowOf(parts, behaviour);
    if (habit === undefined || verifiedAt === undefined || window === undefined) return [];
    return [{ loop: id, habit, behaviour, from: verifiedAt + 1, to: verifiedAt + window }];
  });
  if (asks.length === 0) return;
  await parts.store.transaction(async (tx) => {
    const later = await tx.liveLoops(asks);
    const last = await tx.lastVerified(asksBefore(parts, later));
    const fixed = new Set(verified.map((row) => row.id));
    const relapsed = later.filter(({ id, relapseOf }) => {
      const found = last.get(id);
      return found !== undefined && fixed.has(found.id) && found.id !== relapseOf;
    });
    const locked = await tx.lockLoops(relapsed.map((row) => row.id));
    await settle(
      parts,
      tx,
      locked.map((before) => ({ before, facts: before.facts, story: [] })),
      now,
    );
  });
}
