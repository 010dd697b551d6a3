import { z } from 'zod';
import type { Behaviour } from '../core/behaviour.ts';
import { actorKey, caseValuesOf, identityKey, joinValue } from '../core/case-key.ts';
import type { Event, JoinName } from '../core/event.ts';
import { lookedAt } from '../core/judge/baseline.ts';
import type { CorrelatedHit, Meaning } from '../core/meaning.ts';
import type { KnownHit } from '../core/rules/correlated.ts';
import type { MarkRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

type Keys = Pick<LoopParts, 'idOf'>;

type Joined = Pick<Event, 'joins' | 'where'>;

/**
 * Under which keys a step of an undertaking is filed, one for each way in which it is joined. What belongs to one run is
 * no step of another run of the same commit: for those who know no run it is filed apart.
 */
function stepKeys({ idOf }: Keys, behaviour: Behaviour, event: Joined): readonly string[] {
  const ofRun = joinValue(event, 'run') === undefined ? [] : ['of a run'];
  return joinsOf(behaviour, event).map(([name, value]) =>
    idOf(['undertaking', behaviour.id, name, value, ...(name === 'run' ? [] : ofRun)]),
  );
}

/** Under which keys the steps of a deed are found. */
export function undertakingKeys({ idOf }: Keys, behaviour: Behaviour, event: Joined): readonly string[] {
  const isOfRun = joinValue(event, 'run') !== undefined;
  return joinsOf(behaviour, event).flatMap(([name, value]) => {
    const parts = ['undertaking', behaviour.id, name, value];
    return isOfRun ? [idOf(parts)] : [idOf(parts), idOf([...parts, 'of a run'])];
  });
}

function joinsOf({ path }: Behaviour, event: Joined): readonly (readonly [JoinName, string])[] {
  return (path?.join ?? []).flatMap((name) => {
    const value = joinValue(event, name);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** Mark of a step that says under which other key its undertaking is known. */
const alsoName = 'also';

/**
 * A change is known by its ticket and by the commit that it became: whoever asks for the one finds what is filed under
 * the other.
 */
function linksOf(
  keys: Keys,
  behaviour: Behaviour,
  event: Joined,
): readonly Pick<MarkRow, 'key' | 'name' | 'who'>[] {
  if (joinValue(event, 'run') !== undefined) return [];
  const all = stepKeys(keys, behaviour, event);
  return all.flatMap((key) =>
    all.filter((other) => other !== key).map((who) => ({ key, name: alsoName, who })),
  );
}

type ReadMarks = (keys: readonly string[]) => Promise<readonly MarkRow[]>;

/** Other keys under which the undertakings of these keys are known, by the marks that are filed under them. */
function otherKeys(marks: readonly MarkRow[], keys: readonly string[]): readonly string[] {
  const asked = new Set(keys);
  const others = marks.flatMap(({ name, who, key }) => (name === alsoName && asked.has(key) ? [who] : []));
  return [...new Set(others)].filter((key) => !asked.has(key));
}

/** Reads marks, and those of the keys under which the same undertakings are known besides. */
export async function readMarks(
  read: ReadMarks,
  keys: readonly string[],
  added: readonly MarkRow[] = [],
): Promise<readonly MarkRow[]> {
  const first = [...(await read(keys)), ...added];
  const more = otherKeys(first, keys);
  return more.length === 0 ? first : [...first, ...(await read(more))];
}

/** Keys, and those under which the same undertakings are known besides. */
export async function linkedKeys(
  read: ReadMarks,
  keys: readonly string[],
  added: readonly MarkRow[],
): Promise<readonly string[]> {
  if (keys.length === 0) return keys;
  return [...new Set([...keys, ...otherKeys([...(await read(keys)), ...added], keys)])].sort();
}

/** The marks of an undertaking, also those under its other keys. */
export function marksUnder(
  of: (key: string) => readonly MarkRow[],
  keys: readonly string[],
): readonly MarkRow[] {
  const own = keys.flatMap(of);
  return [...own, ...otherKeys(own, keys).flatMap(of)].filter(({ name }) => name !== alsoName);
}

/**
 * Where it is noted which steps of a path are seen at all: in the event's repository, or anywhere when it names none.
 */
export function knownStepsKey({ idOf }: Keys, behaviour: Behaviour, event: Joined): string {
  return idOf(['known-steps', behaviour.id, repositoryOf(event) ?? '']);
}

/** The repository of an undertaking; the claim of a workload from a pipeline begins with it. */
function repositoryOf({ where, joins }: Joined): string | undefined {
  const claimed = /^repo:([^:]+)/u.exec(joins?.subject ?? '')?.[1];
  return (where.repository ?? claimed)?.toLowerCase();
}

/** Whose history an event belongs to: its identity's, else its actor's. */
export function historyKey({ idOf }: Keys, behaviour: Behaviour, event: Event): string | undefined {
  const whose = event.identity === undefined ? actorKey(event.actor) : identityKey(event.identity);
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
    const places = [event, { where: {} }].map((place) => knownStepsKey(keys, behaviour, place));
    const known = [...new Set(places)].map((key) => ({ key, name: meaning.name, who: '', ...at }));
    const steps = stepKeys(keys, behaviour, event).map((key) => ({ key, name: meaning.name, who, ...at }));
    return [...known, ...steps, ...linksOf(keys, behaviour, event).map((link) => ({ ...link, ...at }))];
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
