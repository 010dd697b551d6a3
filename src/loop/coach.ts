import { isShadowOccasion } from '../core/loop/rollout.ts';
import type { Coached, StoreWrite, WantRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

export type Turns = {
  /** Whether words that are about to become a message may go now; without a cap, and for danger, always. */
  readonly mayGo: (wants: readonly WantRow[]) => boolean;
  /** Notes who is coached by these, and puts the rest off to their next turn: it joins what is said then. */
  readonly keep: (
    gone: readonly (readonly WantRow[])[],
    late: readonly (readonly WantRow[])[],
  ) => Promise<void>;
};

/**
 * At most one coaching message to a person in a time. Of several that are due the one goes that waited longest; of one
 * behaviour they go together.
 */
export async function coachingTurns(
  parts: LoopParts,
  tx: StoreWrite,
  bundles: readonly (readonly WantRow[])[],
  now: number,
): Promise<Turns> {
  const everyMs = parts.delivery.coachingEveryMs ?? 0;
  const asking = everyMs === 0 ? [] : bundles.filter(isCoaching);
  if (asking.length === 0) return { mayGo: () => true, keep: async () => undefined };
  const people = asking.map(coachedOf);
  const last = new Map((await tx.lockCoaching(people)).map((at, index) => [keyOf(people[index]), at]));
  const first = new Map<string, readonly WantRow[]>();
  for (const bundle of asking) {
    const key = keyOf(coachedOf(bundle));
    const known = first.get(key);
    if (known === undefined || dueOf(bundle) < dueOf(known)) first.set(key, bundle);
  }
  const lastOf = (coached: Coached) => last.get(keyOf(coached)) ?? 0;
  return {
    mayGo: (wants) => {
      if (!isCoaching(wants)) return true;
      const coached = coachedOf(wants);
      return first.get(keyOf(coached)) === wants && lastOf(coached) + everyMs <= now;
    },
    keep: async (gone, late) => {
      const coached = gone.filter(isCoaching).map(coachedOf);
      await tx.noteCoaching(coached, now);
      const fresh = new Set(coached.map(keyOf));
      await tx.postponeCoaching(
        late.map((wants) => {
          const who = coachedOf(wants);
          const lastAt = fresh.has(keyOf(who)) ? now : lastOf(who);
          // Whoever was never coached was passed over for another message that did not go: they are asked again soon.
          const dueAt = Math.max(now + 1, lastAt + everyMs);
          return { ...who, lane: wants[0]?.lane ?? 0, lastAt, dueAt };
        }),
      );
    },
  };
}

/** Words of one message are coaching when all of them are: what is dangerous takes the rest along. */
function isCoaching(wants: readonly WantRow[]): boolean {
  return wants.every((want) => want.isCoaching === true);
}

function coachedOf([want]: readonly WantRow[]): Coached {
  return { person: want?.to.id ?? '', isShadow: isShadowOccasion(want?.occasion ?? '') };
}

function keyOf(coached: Coached | undefined): string {
  return `${coached?.isShadow} ${coached?.person}`;
}

function dueOf(wants: readonly WantRow[]): number {
  return Math.min(...wants.map(({ dueAt }) => dueAt));
}
