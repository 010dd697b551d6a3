import { dayMs } from '../core/duration.ts';
import type { Event } from '../core/event.ts';
import type { CounterRow, MarkRow, SampleRow, StoredEvent, SuppressionRow } from '../ports/store.ts';
import { deedsOf } from './deeds.ts';
import { touchedKeys } from './follow.ts';
import { gatherEvidence } from './gather.ts';
import type { Batch, Told } from './ingest.ts';
import { type Candidate, marksBy } from './judge.ts';
import { linkedKeys, readMarks } from './marks.ts';
import type { LoopParts } from './parts.ts';
import { sampler } from './sample.ts';
import { activeSuppressions } from './suppress.ts';
import { candidateKeys, failingCandidates, tell } from './tell.ts';

/** What was found out about a batch before its transaction. */
export type Prepared = {
  readonly batch: Batch;
  readonly sorted: Sorted;
  readonly told: readonly Told[];
  /** Loops of repeated events that change nothing. */
  readonly old: ReadonlySet<string>;
  readonly suppressions: readonly SuppressionRow[];
};

/** Everything about a batch that can be found out without holding a lock. */
export async function prepare(parts: LoopParts, given: Batch): Promise<Prepared> {
  const batch = { ...given, events: await parts.enrich(given.events) };
  const sorted = sortOut(parts, batch);
  const said = [...sorted.told, ...(await failingDeeds(parts, sorted))];
  const known = await parts.store.storedEvents(said.map((item) => item.event.id));
  const { news, old } = apartOldNews(said, known);
  const told = await gatherEvidence(parts, news, known);
  // Most deliveries are only counted, and no rule is asked of them.
  const isFailing = told.some(({ role }) => role === 'failed');
  const suppressions = isFailing ? await activeSuppressions(parts, batch.receivedAt) : [];
  return { batch, sorted, told, old, suppressions };
}

/**
 * Deeds that do not stand by what is known now, also earlier ones of which there is news; the transaction looks once
 * more.
 */
async function failingDeeds(parts: LoopParts, sorted: Sorted): Promise<readonly Told[]> {
  const { marks } = sorted;
  const touched = await linkedKeys(parts.store.marksOf, touchedKeys(marks), marks);
  const earlier = deedsOf(await parts.store.deedsOf(touched));
  const own = new Set(sorted.candidates.map(({ event }) => event.id));
  const candidates = [...sorted.candidates, ...earlier.filter(({ event }) => !own.has(event.id))];
  if (candidates.length === 0) return [];
  const known = await readMarks(parts.store.marksOf, candidateKeys(parts, candidates), marks);
  return failingCandidates(parts, candidates, marksBy(known));
}

/**
 * Sets apart the repeated events that can change nothing: stored under every key that they have today, with no word
 * on whether the secret works. That stays so, as neither events nor keys are ever removed; so their loops need no lock.
 */
function apartOldNews(
  told: readonly Told[],
  known: ReadonlyMap<string, StoredEvent>,
): { readonly news: readonly Told[]; readonly old: ReadonlySet<string> } {
  const old = new Set<string>();
  const news: Told[] = [];
  for (const item of told) {
    const stored = known.get(item.event.id);
    const isOld =
      stored !== undefined && !saysValidity(item.event) && hasKeys(stored.keyIds, keyIdsOf(item.event));
    if (isOld) old.add(stored.loop);
    else news.push(item);
  }
  return { news, old };
}

/** Ids of the keys that made an event's fingerprints, as an event row has them. */
export function keyIdsOf({ fingerprints }: Event): string {
  const [first] = fingerprints;
  if (first === undefined) return '';
  if (fingerprints.every(({ keyId }) => keyId === first.keyId)) return first.keyId;
  return [...new Set(fingerprints.map(({ keyId }) => keyId))].sort().join(',');
}

function hasKeys(stored: string, wanted: string): boolean {
  if (stored === wanted) return true;
  const all = stored.split(',');
  return wanted.split(',').every((keyId) => all.includes(keyId));
}

/** Whether repeating a report says something new: that the secret works, or no longer does, on this day too. */
function saysValidity({ kind, secret }: Event): boolean {
  if (secret === undefined || kind === 'secret.status') return false;
  return secret.validity !== 'unknown' || secret.validityNote !== undefined;
}

type Sorted = {
  readonly told: readonly Told[];
  /** Deeds that are held against a path or a history. */
  readonly candidates: readonly Candidate[];
  /** What others are judged by. */
  readonly marks: readonly MarkRow[];
  /** Events that stand in the batch once more and say nothing new. */
  readonly repeated: number;
  readonly unmatched: number;
  readonly opportunities: number;
  readonly counters: readonly CounterRow[];
  /** A few of what is only counted. */
  readonly samples: readonly SampleRow[];
};

function sortOut(parts: LoopParts, batch: Batch): Sorted {
  const told: Told[] = [];
  const candidates: Candidate[] = [];
  const marks: MarkRow[] = [];
  const seen = new Set<string>();
  const counter = counterOf(parts);
  const sample = sampler();
  let repeated = 0;
  let unmatched = 0;
  let opportunities = 0;
  for (const event of batch.events) {
    const meanings = parts.classify(event);
    if (meanings.length === 0) {
      unmatched += 1;
      sample.note('unmatched', '', counter.count('unmatched', '', event), event);
      continue;
    }
    for (const { role, behaviour } of meanings) {
      if (role !== 'opportunity') continue;
      opportunities += 1;
      sample.note('opportunity', behaviour, counter.count('opportunity', behaviour, event), event);
    }
    const telling = tell(parts, event, meanings);
    marks.push(...telling.marks);
    let isRepeated = false;
    for (const candidate of telling.candidates) {
      const key = `${candidate.meaning.behaviour} ${event.id}`;
      if (seen.has(key)) isRepeated = true;
      else candidates.push(candidate);
      seen.add(key);
    }
    for (const item of telling.told) {
      const key = `${item.behaviour} ${event.id}`;
      // What is repeated with a word on whether the secret works is heard again, wherever its repetition stands.
      if (seen.has(key) && !saysValidity(event)) {
        isRepeated = true;
        continue;
      }
      seen.add(key);
      told.push(item);
    }
    if (isRepeated) repeated += 1;
  }
  const counted = { counters: counter.rows(), samples: sample.rows() };
  return { told, candidates, marks, repeated, unmatched, opportunities, ...counted };
}

/** The team whose chance it was: that of the repository, else that of the person. */
function scopeOf(parts: LoopParts, { where, actor }: Event): string {
  const ofRepository = where.repository === undefined ? undefined : parts.teamOfRepository(where.repository);
  if (ofRepository !== undefined || actor.type !== 'person') return ofRepository ?? '';
  const person =
    (actor.email === undefined ? undefined : parts.people.byEmail(actor.email)) ??
    (actor.account === undefined
      ? undefined
      : parts.people.byAccount(actor.account.system, actor.account.name));
  return person?.team ?? '';
}

/** Adds up by name, behaviour, source, UTC day, scope, kind of actor and simulation. */
function counterOf(parts: LoopParts) {
  const counts = new Map<string, { readonly row: Omit<CounterRow, 'n'>; n: number }>();
  const days = new Map<number, string>();
  const dayOf = (at: number): string => {
    const number = Math.floor(at / dayMs);
    const known = days.get(number);
    if (known !== undefined) return known;
    const day = new Date(at).toISOString().slice(0, 10);
    days.set(number, day);
    return day;
  };
  return {
    /** Returns the UTC day under which it counts. */
    count: (name: CounterRow['name'], behaviour: string, event: Event): string => {
      const { source } = event;
      const day = dayOf(event.occurredAt);
      const scope = scopeOf(parts, event);
      const kind = event.actor.type;
      const campaign = event.joins?.campaign ?? '';
      const key = JSON.stringify([name, behaviour, source, day, scope, kind, campaign]);
      const counted = counts.get(key);
      if (counted !== undefined) counted.n += 1;
      else counts.set(key, { row: { name, behaviour, source, day, scope, kind, campaign }, n: 1 });
      return day;
    },
    rows: (): readonly CounterRow[] => [...counts.values()].map(({ row, n }) => ({ ...row, n })),
  };
}
