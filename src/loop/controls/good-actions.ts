import type { Event } from '../../core/event.ts';
import { readStoredEvent } from '../../core/stored-event.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';

const samplesMax = 5_000;

/** The sample of one source and day, and how many good actions it stands for. */
export type GoodStratum = { readonly total: number; readonly events: readonly Event[] };

/** Good actions of a behaviour, or those that no behaviour speaks of. */
export type GoodActions = (of: string | 'unmatched') => Promise<readonly GoodStratum[]>;

/** Every proposal of one look is held against the same sample, so it is read once. */
export function openGoodActions(parts: LoopParts, since: number): GoodActions {
  const known = new Map<string, Promise<readonly GoodStratum[]>>();
  return (of) => {
    const found = known.get(of) ?? readStrata(parts, of, since);
    known.set(of, found);
    return found;
  };
}

async function readStrata(parts: LoopParts, of: string, since: number): Promise<readonly GoodStratum[]> {
  const isUnmatched = of === 'unmatched';
  const samples = await parts.store.read.samples(loopPrincipal, {
    name: isUnmatched ? 'unmatched' : 'opportunity',
    behaviour: isUnmatched ? '' : of,
    from: new Date(since).toISOString().slice(0, 10),
    limit: samplesMax,
  });
  const strata = Map.groupBy(samples, ({ sample }) => `${sample.source} ${sample.day}`);
  return [...strata.values()].map((own) => ({
    total: own[0]?.total ?? 0,
    events: own.flatMap(({ sample }) => readStoredEvent(sample) ?? []),
  }));
}
