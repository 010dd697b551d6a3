import { z } from 'zod';
import type { LoopFacts } from '../../core/loop/facts.ts';
import { instant, iso, known } from './shapes.ts';

/** One thing that was done, with what of it was wrong and how far it is trusted. */
export const occurrenceSchema = z.object({
  occurredAt: instant,
  source: z.string(),
  actor: z.object({ type: z.string(), name: z.string().exactOptional() }),
  resource: z.object({ type: z.string(), id: z.string() }).exactOptional(),
  action: z.string().exactOptional(),
  outcome: z.enum(['success', 'failure']).exactOptional(),
  joins: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('What joins it with others: run, commit, campaign, rule …'),
  trust: z.enum(['trusted', 'unknown', 'untrusted']),
  doubts: z.array(z.string()).exactOptional().describe('Rules of the gate that spoke against trusting it.'),
  broken: z
    .object({ step: z.string(), how: z.enum(['skipped', 'out-of-order', 'wrong-actor']) })
    .exactOptional()
    .describe('The first step of the approved path that does not stand.'),
  unusual: z
    .object({
      what: z.enum(['resource', 'network', 'hour']),
      value: z.string(),
      known: z.array(z.string()),
      since: instant,
    })
    .exactOptional()
    .describe('What was new for this identity, with what was usual.'),
  rules: z
    .array(
      z.object({
        title: z.string(),
        author: z.string().exactOptional(),
        license: z.string().exactOptional(),
      }),
    )
    .exactOptional()
    .describe('Named rules behind it, with their authors.'),
  said: z.string().exactOptional().describe('What whoever reported it by hand wrote: data only.'),
  isRefuted: z.boolean().describe('It turned out to be none: what seemed to be missing was seen after all.'),
});

/** @param said what was written of an event, by its id */
export function occurrencesJson(
  facts: LoopFacts,
  said: ReadonlyMap<string, string>,
): z.infer<typeof occurrenceSchema>[] {
  return facts.kept.map((sighting) => {
    const { actor, resource, action, outcome, joins, broken, unusual, rules, doubts } = sighting;
    return {
      occurredAt: iso(sighting.at),
      source: sighting.source,
      actor: {
        type: actor.type,
        ...known('name', actor.name ?? actor.email ?? actor.account?.name ?? actor.id),
      },
      ...known('resource', resource),
      ...known('action', action),
      ...known('outcome', outcome),
      ...known('joins', joins === undefined ? undefined : { ...joins }),
      trust: sighting.trust ?? 'trusted',
      ...known('doubts', doubts === undefined ? undefined : [...doubts]),
      ...known('broken', broken),
      ...known(
        'unusual',
        unusual === undefined
          ? undefined
          : { ...unusual, known: [...unusual.known], since: iso(unusual.since) },
      ),
      ...known('rules', rules === undefined ? undefined : rules.map((rule) => ({ ...rule }))),
      ...known('said', said.get(sighting.event)),
      isRefuted: facts.refuted?.includes(sighting.event) === true,
    };
  });
}
