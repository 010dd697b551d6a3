import type { Behaviour } from '../core/behaviour.ts';
import { actorKey, caseValuesOf, joinValue } from '../core/case-key.ts';
import type { Event } from '../core/event.ts';
import { lookedAt } from '../core/judge/baseline.ts';
import type { Meaning } from '../core/meaning.ts';
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
  if (meaning.role === 'end' && meaning.by.includes('baseline')) {
    const key = historyKey(keys, behaviour, event);
    if (key === undefined) return [];
    return lookedAt(event).map(({ what, value }) => ({ key, name: what, who: value, ...at }));
  }
  return [];
}
