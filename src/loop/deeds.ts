import { z } from 'zod';
import { readStoredEvent, storedBody } from '../core/stored-event.ts';
import type { DeedRow } from '../ports/store.ts';
import type { Candidate } from './judge.ts';
import { undertakingKeys } from './marks.ts';
import type { LoopParts } from './parts.ts';

/** The deeds of a batch that are held against a path: kept, as news of their path may come later than they do. */
export function deedsIn(parts: LoopParts, candidates: readonly Candidate[]): readonly DeedRow[] {
  return candidates.flatMap(({ event, meaning }) => {
    const behaviour = parts.behaviours.get(meaning.behaviour);
    if (behaviour === undefined || !meaning.by.includes('path')) return [];
    const { id, source, kind, occurredAt, receivedAt } = event;
    const body = {
      behaviour: meaning.behaviour,
      event: { id, source, kind, occurredAt, receivedAt, body: storedBody(event) },
    };
    return undertakingKeys(parts, behaviour, event).map((key) => ({ key, event: id, at: occurredAt, body }));
  });
}

const deed = z.object({
  behaviour: z.string(),
  event: z.object({
    id: z.string(),
    source: z.string(),
    kind: z.string(),
    occurredAt: z.number(),
    receivedAt: z.number(),
    body: z.json(),
  }),
});

/** Deeds as they were kept; one in another shape is left out. */
export function deedsOf(rows: readonly DeedRow[]): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { body } of rows) {
    const parsed = deed.safeParse(body);
    const event = parsed.success ? readStoredEvent(parsed.data.event) : undefined;
    if (!parsed.success || event === undefined) continue;
    const { behaviour } = parsed.data;
    found.set(`${behaviour} ${event.id}`, { event, meaning: { behaviour, role: 'end', by: ['path'] } });
  }
  return [...found.values()];
}
