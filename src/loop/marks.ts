import { z } from 'zod';
import type { Behaviour } from '../core/behaviour.ts';
import { actorKey, caseValuesOf, joinValue } from '../core/case-key.ts';
import type { Event } from '../core/event.ts';
import { lookedAt } from '../core/judge/baseline.ts';
import type { CorrelatedHit, Meaning } from '../core/meaning.ts';
import type { KnownHit } from '../core/rules/correlated.ts';
import type { MarkRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

type Keys = Pick<LoopParts, 'idOf'>;

/** Under which keys an event's undertaking is known, one for each way in which its steps are joined. */
export function undertakingKeys(
  { idOf }: Keys,
  behaviour: Behaviour,
  event: Pick<Event, 'joins' | 'where'>,
): readonly string[] {
  return (behaviour.path?.join ?? []).flatMap((name) => {
    const value = joinValue(event, name);
    return value === undefined ? [] : [idOf(['undertaking', behaviour.id, name, value])];
  });
}

/** Where it is noted which steps of a path the installation sees at all. */
export function knownStepsKey({ idOf }: Keys, behaviour: Behaviour): string {
  return idOf(['known-steps', behaviour.id]);
}

/** Whose history an event belongs to: its identity's, else its actor's. */
export function historyKey({ idOf }: Keys, behaviour: Behaviour, event: Event): string | undefined {
  const whose = event.identity?.id.toLowerCase() ?? actorKey(event.actor);
  return whose === undefined ? undefined : idOf(['history', behaviour.id, whose]);
}

/** What joins a sign of the fix with the cases that it may fix. */
export function fixKey({ idOf }: Keys, behaviour: Behaviour, event: Event): string | undefined {
  const { fix, case: own } = behaviour.keys;
  const values = caseValuesOf(fix ?? own, event);
  return values === undefined ? undefined : idOf(['fix', behaviour.id, ...values]);
}

/** The key of the case itself, of a behaviour whose cases are not joined by fingerprints. */
export function caseKeyOf({ idOf }: Keys, behaviour: Behaviour, event: Event): string | undefined {
  if (behaviour.keys.case === 'fingerprint') return undefined;
  const values = caseValuesOf(behaviour.keys.case, event);
  return values === undefined ? undefined : idOf(['case', behaviour.id, ...values]);
}

/** What an event leaves behind for others to be judged by. */
export function marksOf(
  keys: Keys,
  behaviour: Behaviour,
  event: Event,
  meaning: Meaning,
): readonly MarkRow[] {
  const at = { firstAt: event.occurredAt, lastAt: event.occurredAt };
  if (meaning.role === 'step') {
    const who = actorKey(event.actor) ?? '';
    const known = { key: knownStepsKey(keys, behaviour), name: meaning.name, who: '', ...at };
    const steps = undertakingKeys(keys, behaviour, event).map((key) => {
      return { key, name: meaning.name, who, ...at };
    });
    return [known, ...steps];
  }
  if (meaning.role === 'signal') {
    const key = fixKey(keys, behaviour, event);
    // Which case it was seen in tells what it says: the same mail reported is less than another one.
    const where = caseKeyOf(keys, behaviour, event) ?? '';
    return key === undefined ? [] : [{ key, name: meaning.name, who: `${event.id} ${where}`, ...at }];
  }
  if (meaning.role !== 'end') return [];
  const hits = (meaning.hits ?? []).map((hit) => ({
    key: groupKey(keys, behaviour, hit),
    name: hitName,
    who: JSON.stringify({ event: event.id, rule: hit.rule, texts: hit.texts }),
    ...at,
  }));
  const key = meaning.by.includes('baseline') ? historyKey(keys, behaviour, event) : undefined;
  if (key === undefined) return hits;
  const usual = lookedAt(event).map(({ what, value }) => ({ key, name: what, who: value, ...at }));
  return [...hits, ...usual];
}

const hitName = 'hit';

/** Where the hits of one group of a correlation are. */
export function groupKey({ idOf }: Keys, behaviour: Behaviour, hit: CorrelatedHit): string {
  return idOf(['group', behaviour.id, hit.correlation, hit.group]);
}

const storedHit = z.object({
  event: z.string(),
  rule: z.string(),
  texts: z.record(z.string(), z.array(z.string())),
});

/** The hit that a mark tells of. */
export function knownHit({ name, who, firstAt }: MarkRow): KnownHit | undefined {
  if (name !== hitName) return undefined;
  const parsed = storedHit.safeParse(JSON.parse(who));
  return parsed.success ? { ...parsed.data, at: firstAt } : undefined;
}
