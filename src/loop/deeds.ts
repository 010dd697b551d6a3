import { z } from 'zod';
import { readStoredEvent, storedBody } from '../core/stored-event.ts';
import type { DeedRow } from '../ports/store.ts';
import type { Candidate } from './judge.ts';
import { groupKey, undertakingKeys } from './marks.ts';
import type { LoopParts } from './parts.ts';

/** The deeds of a batch that are held against others: kept, as news of these may come later than they do. */
export function deedsIn(parts: LoopParts, candidates: readonly Candidate[]): readonly DeedRow[] {
  return candidates.flatMap(({ event, meaning }) => {
    const behaviour = parts.behaviours.get(meaning.behaviour);
    const by = meaning.by.filter((one) => one !== 'baseline');
    if (behaviour === undefined || by.length === 0) return [];
    const { id, source, kind, occurredAt, receivedAt } = event;
    const body = {
      behaviour: meaning.behaviour,
      by,
      hits: (meaning.hits ?? []).map((hit) => ({ ...hit })),
      event: { id, source, kind, occurredAt, receivedAt, body: storedBody(event) },
    };
    const keys = [
      ...(by.includes('path') ? undertakingKeys(parts, behaviour, event) : []),
      ...(meaning.hits ?? []).map((hit) => groupKey(parts, behaviour, hit)),
    ];
    return [...new Set(keys)].map((key) => ({ key, event: id, at: occurredAt, body }));
  });
}

const deed = z.object({
  behaviour: z.string(),
  by: z.array(z.enum(['path', 'correlation'])),
  hits: z.array(
    z.object({
      correlation: z.string(),
      group: z.string(),
      rule: z.string(),
      texts: z.record(z.string(), z.array(z.string())),
    }),
  ),
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
    const { behaviour, by, hits } = parsed.data;
    const heard = hits.length === 0 ? {} : { hits };
    found.set(`${behaviour} ${event.id}`, { event, meaning: { behaviour, role: 'end', by, ...heard } });
  }
  return [...found.values()];
}
