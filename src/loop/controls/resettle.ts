import type { ControlRow } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';
import { settle } from '../settle.ts';
import { programOf } from './scope.ts';

/** Cases of one transaction. */
const chunk = 500;

/** Looks at the words of every open case of the scope anew: what waits now, or waits no longer. */
export async function resettle(parts: LoopParts, control: ControlRow, now: number): Promise<void> {
  const { scope, behaviour } = control;
  const team = scope.kind === 'team' ? scope.id : undefined;
  for (let after: string | undefined, more = true; more; ) {
    const last = await parts.store.transaction(async (tx) => {
      const rows = await tx.lockOpenLoops(behaviour, team, chunk, after);
      const own = rows.filter(({ facts }) => scope.kind !== 'owner' || programOf(parts, facts) === scope.id);
      const changes = own.map((before) => ({ before, facts: before.facts, story: [] }));
      await settle(parts, tx, changes, now);
      return rows.length === chunk ? rows.at(-1)?.id : undefined;
    });
    after = last;
    more = last !== undefined;
  }
}
