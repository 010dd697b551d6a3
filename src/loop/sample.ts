import type { Event } from '../core/event.ts';
import { storedBody } from '../core/stored-event.ts';
import { type SampleRow, samplesPerDayMax } from '../ports/store-samples.ts';

type Kept = { readonly name: SampleRow['name']; readonly behaviour: string; readonly day: string };

/**
 * Picks from a batch what may be kept of what is only counted: of each day, source and behaviour the events with the
 * smallest ids. Ids are keyed hashes, so this is chance to everybody without the key, and the smallest of the smallest
 * are the smallest of all.
 */
export function sampler() {
  const strata = new Map<string, Kept & { events: Event[] }>();
  return {
    note: (name: SampleRow['name'], behaviour: string, day: string, event: Event): void => {
      const key = `${name} ${behaviour} ${event.source} ${day}`;
      const known = strata.get(key);
      if (known === undefined) strata.set(key, { name, behaviour, day, events: [event] });
      else {
        known.events.push(event);
        if (known.events.length > 2 * samplesPerDayMax) known.events = smallest(known.events);
      }
    },
    rows: (): readonly SampleRow[] =>
      [...strata.values()].flatMap(({ name, behaviour, day, events }) =>
        smallest(events).map((event) => ({
          id: event.id,
          name,
          behaviour,
          day,
          source: event.source,
          kind: event.kind,
          occurredAt: event.occurredAt,
          receivedAt: event.receivedAt,
          body: storedBody(event),
        })),
      ),
  };
}

function smallest(events: readonly Event[]): Event[] {
  return events.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).slice(0, samplesPerDayMax);
}
