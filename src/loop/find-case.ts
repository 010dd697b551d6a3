import type { Event } from '../core/event.ts';
import type { LoopRow } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { tell } from './tell.ts';

/** The case that an event would join as a failure, as it stands now; undefined where it would begin one. */
export async function findCase(parts: LoopParts, event: Event): Promise<LoopRow | undefined> {
  const { told } = tell(parts, event, parts.classify(event));
  const keys = told.flatMap(({ role, keys: own }) => (role === 'failed' ? (own ?? []) : []));
  if (keys.length === 0) return undefined;
  return parts.store.transaction(async (tx) => {
    const [id] = (await tx.loopsByKeys(keys)).values();
    return id === undefined ? undefined : (await tx.read.loop(loopPrincipal, id))?.loop;
  });
}
