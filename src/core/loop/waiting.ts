import type { Trust } from '../judge/trust.ts';
import type { LoopFacts } from './facts.ts';

/** Keys that are waited for a case: an actor with thousands of undertakings must not make a case grow without end. */
const watchesMax = 60;

type Waiting = Pick<LoopFacts, 'watches' | 'caseKey' | 'waitUntil' | 'refuted'>;

/** What two parts of a case wait for, together; in whatever order they are joined. */
export function waiting(a: Waiting, b: Waiting): Waiting {
  const watches = union(a.watches, b.watches).slice(0, watchesMax);
  const refuted = union(a.refuted, b.refuted);
  const waitUntil = Math.max(a.waitUntil ?? 0, b.waitUntil ?? 0);
  const caseKey = [a.caseKey, b.caseKey].filter((key) => key !== undefined).sort()[0];
  return {
    ...(watches.length === 0 ? {} : { watches }),
    ...(refuted.length === 0 ? {} : { refuted }),
    ...(waitUntil === 0 ? {} : { waitUntil }),
    ...(caseKey === undefined ? {} : { caseKey }),
  };
}

function union(a: readonly string[] = [], b: readonly string[] = []): readonly string[] {
  if (b.length === 0) return a;
  return [...new Set([...a, ...b])].sort();
}

/**
 * Notes whether a sighting was none after all, as far as is known now; the same facts when nothing changed. News may
 * come in any order, so that what was taken back may stand again.
 */
export function withRefuted(facts: LoopFacts, event: string, isRefuted: boolean): LoopFacts {
  const { refuted = [], ...rest } = facts;
  if (refuted.includes(event) === isRefuted) return facts;
  if (isRefuted) return { ...rest, refuted: union(refuted, [event]) };
  const left = refuted.filter((one) => one !== event);
  return left.length === 0 ? rest : { ...rest, refuted: left };
}

/** Sightings that count and stand. */
export function standingSightings(facts: LoopFacts): number {
  return Math.max(0, facts.sightings - (facts.refuted ?? []).length);
}

/** How far it is trusted that the case is one: as far as its most trusted sighting. */
export function trustOf(facts: LoopFacts): Trust {
  return facts.sightings > 0 ? 'trusted' : (facts.kept[0]?.trust ?? 'trusted');
}
