import type { Correlation } from './correlation.ts';
import { holds, openWindow, type Window, type WindowHit } from './measure-window.ts';

/** An event that fits a rule which a correlation names. */
export type CorrelationHit = {
  /** As the correlation names the rule. */
  readonly rule: string;
  /** Of the event; the same event is heard once, however often it comes. */
  readonly id: string;
  /** When it occurred, epoch milliseconds. */
  readonly at: number;
  /** What stands at a field of the event, as its rule names fields. */
  readonly texts: (field: string) => readonly string[];
};

/** An event at which a correlation holds, and what was known by then of those before it. */
export type CorrelationMatch = {
  readonly correlation: Correlation;
  /** The same for the same events, in whatever order they came. */
  readonly id: string;
  /** Id of the event at which it holds. */
  readonly event: string;
  /** When the last of its events occurred. */
  readonly at: number;
  /** By field of `group-by`, as this event writes it. */
  readonly group: Readonly<Record<string, string>>;
  /** Events, values, rules, sum or average, as the condition counts them. */
  readonly figure: number;
  /** Of the last events of the timespan, at most `evidenceMax`, in order of time. */
  readonly evidence: readonly { readonly id: string; readonly at: number; readonly rule: string }[];
  readonly texts: CorrelationHit['texts'];
};

export type Correlator = {
  readonly feed: (hit: CorrelationHit) => readonly CorrelationMatch[];
  /** Hits held now, and hits left out because there were too many: a figure that grows deserves a look. */
  readonly load: () => { readonly groups: number; readonly hits: number; readonly dropped: number };
};

export type CorrelatorLimits = {
  readonly groupsMax?: number;
  readonly hitsMax?: number;
  readonly groupHitsMax?: number;
};

const evidenceMax = 100;
/** Lists in fields of `group-by` put an event into several groups. */
export const groupsAnEventMax = 16;
const usualLimits = { groupsMax: 10_000, hitsMax: 200_000, groupHitsMax: 10_000 };

type Held = WindowHit & {
  readonly hit: CorrelationHit;
  readonly group: Readonly<Record<string, string>>;
  isMatched: boolean;
};

/** Hits in order of time, then id, then rule. */
type GroupState = { readonly held: Held[]; window: Window };

/**
 * Runs a correlation over the events that fit its rules, without a clock: time is when events occurred.
 *
 * A match is an event with which the condition holds over the timespan that ends with it. Events may come in any order
 * as long as none is more than one timespan older than the newest of its group (older ones are left out): with `gt`
 * and `gte` over counts the same events then give the same matches. A condition with an upper limit, a sum with
 * negative values or an average can only be judged by what came so far. Memory is bounded: above the limits the groups
 * that were silent longest, and the oldest hits of one group, are forgotten and counted.
 *
 * An event without a field of `group-by` belongs to no group: who is unknown is not taken for one person.
 */
export function correlate(correlation: Correlation, limits: CorrelatorLimits = {}): Correlator {
  const { groupsMax, hitsMax, groupHitsMax } = { ...usualLimits, ...limits };
  const groups = new Map<string, GroupState>();
  let hits = 0;
  let dropped = 0;

  const feedGroup = (key: string, held: Held): readonly CorrelationMatch[] => {
    const state = groups.get(key) ?? { held: [], window: openWindow(correlation) };
    const newest = state.held.at(-1)?.at ?? held.at;
    const place = placeOf(state.held, held);
    // Heard already, or older than anything that is still told apart.
    if (place === undefined) return [];
    if (held.at < newest - correlation.timespanMs) {
      dropped += 1;
      return [];
    }
    state.held.splice(place, 0, held);
    // Moved to the end: the first of the map is the one that was silent longest.
    groups.delete(key);
    groups.set(key, state);
    const matches = newMatches(correlation, key, state, place);
    const old = firstAt(state.held, Math.max(newest, held.at) - 2 * correlation.timespanMs);
    const tooMany = Math.max(old, state.held.length - groupHitsMax);
    state.held.splice(0, tooMany);
    dropped += tooMany - old;
    hits += 1 - tooMany;
    return matches;
  };
  const forgetGroups = (): void => {
    for (const [key, { held }] of groups) {
      const isEnough = groups.size <= groupsMax && hits <= hitsMax;
      if (isEnough || groups.size === 1) return;
      groups.delete(key);
      hits -= held.length;
      dropped += held.length;
    }
  };
  return {
    feed: (hit) => {
      const rule = correlation.rules.indexOf(hit.rule);
      if (rule < 0 || !Number.isFinite(hit.at)) return [];
      // An event that fits two rules is counted as one event.
      const counted = correlation.type === 'event_count' ? 0 : rule;
      const values = valuesOf(correlation, hit);
      if (values === undefined) return [];
      const matches = groupsOf(correlation, hit).flatMap(({ key, group }) =>
        feedGroup(key, { at: hit.at, id: hit.id, rule: counted, values, hit, group, isMatched: false }),
      );
      forgetGroups();
      return matches;
    },
    load: () => ({ groups: groups.size, hits, dropped }),
  };
}

/** Where a hit belongs by time, then id, then rule; undefined when it is there already. */
function placeOf(known: readonly Held[], held: Held): number | undefined {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = known[middle];
    const order = other === undefined ? 1 : compare(other, held);
    if (order === 0) return undefined;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(one: Held, other: Held): number {
  return one.at - other.at || (one.id < other.id ? -1 : one.id > other.id ? 1 : one.rule - other.rule);
}

/** Only windows that hold the new hit can have changed: those that end with it or within a timespan after it. */
function newMatches(
  correlation: Correlation,
  key: string,
  state: GroupState,
  place: number,
): readonly CorrelationMatch[] {
  const { type, timespanMs, condition, rules } = correlation;
  const { held } = state;
  const figures = measure(correlation, state, place);
  const fresh: CorrelationMatch[] = [];
  // Events of one moment count as in order, so that a row may also end with one that stands before.
  const moment = type === 'temporal_ordered' ? firstAt(held, held[place]?.at ?? 0) : place;
  for (let first = moment; first < held.length; ) {
    const point = held[first];
    if (point === undefined) break;
    const [from, to] = hitsOfEvent(held, first);
    const event = held.slice(from, to);
    first = to;
    const known = event.map((one) => figures.get(one)).filter((figure) => figure !== undefined);
    // What is counted grows from hit to hit of one event; a row in order ends with any of them.
    const figure = type === 'temporal_ordered' ? Math.max(...known) : known.at(-1);
    if (figure === undefined || event.some((one) => one.isMatched) || !holds(condition, figure)) continue;
    point.isMatched = true;
    const start = Math.max(firstAt(held, point.at - timespanMs), to - evidenceMax);
    fresh.push({
      correlation,
      id: JSON.stringify([correlation.id ?? correlation.name ?? correlation.title, key, point.id]),
      event: point.id,
      at: point.at,
      group: point.group,
      figure,
      evidence: held.slice(start, to).map((one) => ({ id: one.id, at: one.at, rule: rules[one.rule] ?? '' })),
      texts: point.hit.texts,
    });
  }
  return fresh;
}

/** Figures of the hits at and after a place. The usual hit is the newest: then the window goes on where it was. */
function measure(
  correlation: Correlation,
  state: GroupState,
  place: number,
): ReadonlyMap<Held, number | undefined> {
  const { type, timespanMs } = correlation;
  const { held } = state;
  const added = held[place];
  if (added === undefined) return new Map();
  const before = held[place - 1];
  const isOrdered = type === 'temporal_ordered';
  const isTied = isOrdered && before !== undefined && before.at === added.at;
  if (place === held.length - 1 && !isTied) return new Map([[added, state.window.push(added)]]);
  state.window = openWindow(correlation);
  const span = held.slice(firstAt(held, added.at - timespanMs));
  if (isOrdered) span.sort((one, other) => one.at - other.at || one.rule - other.rule);
  return new Map(span.map((one) => [one, state.window.push(one)]));
}

/** From and to (not included): hits of one event stand side by side. */
function hitsOfEvent(held: readonly Held[], place: number): readonly [number, number] {
  const point = held[place];
  const isSame = (other: Held | undefined) => other?.id === point?.id && other?.at === point?.at;
  let from = place;
  let to = place + 1;
  while (from > 0 && isSame(held[from - 1])) from -= 1;
  while (to < held.length && isSame(held[to])) to += 1;
  return [from, to];
}

/** The first hit at or after an instant. */
function firstAt(known: readonly Held[], instant: number): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.at ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Group = { readonly key: string; readonly group: Readonly<Record<string, string>> };

export function groupsOf(correlation: Correlation, hit: CorrelationHit): readonly Group[] {
  let tuples: readonly (readonly string[])[] = [[]];
  for (const name of correlation.groupBy) {
    const texts = fieldTexts(correlation, hit, name);
    tuples = tuples.flatMap((tuple) => texts.map((text) => [...tuple, text])).slice(0, groupsAnEventMax);
  }
  const groups = tuples.map((tuple) => ({
    key: JSON.stringify(tuple.map((text) => text.toLowerCase())),
    group: Object.fromEntries(correlation.groupBy.map((name, index) => [name, tuple[index] ?? ''])),
  }));
  return [...new Map(groups.map((one) => [one.key, one])).values()];
}

function fieldTexts(correlation: Correlation, hit: CorrelationHit, name: string): readonly string[] {
  return hit.texts(correlation.aliases.get(name)?.get(hit.rule) ?? name);
}

/** What of the event is counted; undefined when it has nothing that could be. */
function valuesOf(correlation: Correlation, hit: CorrelationHit): readonly string[] | undefined {
  const { type, fields } = correlation;
  if (fields.length === 0) return [];
  let tuples: readonly (readonly string[])[] = [[]];
  for (const name of fields) {
    const texts = fieldTexts(correlation, hit, name);
    tuples = tuples.flatMap((tuple) => texts.map((text) => [...tuple, text])).slice(0, groupsAnEventMax);
  }
  if (type === 'value_count') {
    const values = tuples.map((tuple) => tuple.map((text) => text.toLowerCase()));
    const distinct = [...new Set(values.map((tuple) => JSON.stringify(tuple)))];
    return distinct.length === 0 ? undefined : distinct;
  }
  const numbers = tuples.flat().filter((text) => /^-?\d{1,15}(\.\d{1,9})?$/u.test(text));
  return numbers.length === 0 ? undefined : numbers;
}
