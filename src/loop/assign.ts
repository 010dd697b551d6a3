import type { SpanRow, StoreWrite } from '../ports/store.ts';
import { disjointSets, isSameSpan, keysOf, type Span, spanOf } from './group.ts';
import type { Told } from './ingest.ts';
import type { LoopParts } from './parts.ts';

/** Events of one batch that belong together, and the loops they belong to. */
export type Group = {
  readonly behaviour: string;
  readonly told: readonly Told[];
  /** Loops that the events' keys name. Those that have a row exist; more than one are proven to be the same. */
  readonly loops: readonly string[];
  /** The id of a new loop, when none exists. It may exist: it follows from the first event. */
  readonly fresh: string;
};

/**
 * Finds or reserves the loop of every event. Keys are reserved in sorted order before any loop is locked: two writers
 * that meet the same new secret wait for each other here, and the second one joins the first one's loop.
 */
export async function assignLoops(
  parts: LoopParts,
  tx: StoreWrite,
  told: readonly Told[],
): Promise<readonly Group[]> {
  const keys = told.map((item) => caseKeys(item));
  const spans = told.map((item) => spanOf(item.event, parts.idOf));
  const allKeys = [...new Set(keys.flat())].sort();
  const known = await tx.loopsByKeys(allKeys);
  const places = [...new Set(spans.flatMap((span) => (span === undefined ? [] : [span.place])))];
  const stored = await tx.spansAt(places);

  const sets = joinAll(told, keys, spans);
  const members = groupBy(told.length, sets.find);
  const drafts = members.map((indexes) => {
    const first = smallest(indexes.map((index) => told[index]?.event.id ?? ''));
    const behaviour = told[indexes[0] ?? 0]?.behaviour ?? '';
    return { indexes, behaviour, fresh: parts.idOf(['loop', behaviour, first]) };
  });
  const wanted = new Map<string, string>();
  for (const draft of drafts) {
    const groupKeys = draft.indexes.flatMap((index) => keys[index] ?? []);
    const existing = groupKeys.map((key) => known.get(key)).find((loop) => loop !== undefined);
    const bySpan = existing ?? storedLoops(draft.indexes, spans, stored)[0];
    for (const key of groupKeys) if (!known.has(key)) wanted.set(key, bySpan ?? draft.fresh);
  }
  const now = new Map([...known, ...(await reserve(tx, wanted))]);

  const groups = drafts.map((draft): Group => {
    const owners = new Set<string>();
    for (const index of draft.indexes) {
      for (const key of keys[index] ?? []) {
        const loop = now.get(key);
        if (loop !== undefined) owners.add(loop);
      }
    }
    for (const loop of storedLoops(draft.indexes, spans, stored)) owners.add(loop);
    const events = draft.indexes.flatMap((index) => told[index] ?? []);
    return { behaviour: draft.behaviour, told: events, loops: [...owners].sort(), fresh: draft.fresh };
  });
  await tx.addSpans(newSpans(groups, new Map(told.map((item, index) => [item, spans[index]]))));
  return joinGroups(groups);
}

/** Takes the keys that are free, in sorted order, and says whose each is now. */
async function reserve(
  tx: StoreWrite,
  wanted: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  if (wanted.size === 0) return wanted;
  const rows = [...wanted].map(([key, loop]) => ({ key, loop }));
  rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const added = await tx.addKeys(rows);
  return added === rows.length ? wanted : tx.loopsByKeys([...wanted.keys()]);
}

export function caseKeys(item: Told): readonly string[] {
  return item.keys ?? keysOf(item.event, item.behaviour);
}

/** Which events of a batch belong together, by their keys and by the bytes they speak of. */
export function joinAll(
  told: readonly Told[],
  keys: readonly (readonly string[])[],
  spans: readonly (Span | undefined)[],
) {
  const sets = disjointSets(told.length);
  const firstWithKey = new Map<string, number>();
  const withPlace = new Map<string, number[]>();
  for (let index = 0; index < told.length; index += 1) {
    for (const key of keys[index] ?? []) {
      const other = firstWithKey.get(key);
      if (other === undefined) firstWithKey.set(key, index);
      else sets.join(other, index);
    }
    const span = spans[index];
    if (span === undefined) continue;
    const peers = withPlace.get(span.place);
    if (peers === undefined) withPlace.set(span.place, [index]);
    else {
      for (const peer of peers) {
        const other = spans[peer];
        if (other !== undefined && isSameSpan(span, other)) sets.join(peer, index);
      }
      // A line holds few secrets; a hostile report that puts thousands on one line must not cost their square.
      if (peers.length < 64) peers.push(index);
    }
  }
  return sets;
}

/** The members of every set, sets in the order of their first members. */
export function groupBy(n: number, find: (index: number) => number): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < n; index += 1) {
    const root = find(index);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

function storedLoops(
  indexes: readonly number[],
  spans: readonly (Span | undefined)[],
  stored: readonly SpanRow[],
): readonly string[] {
  if (stored.length === 0) return [];
  const loops = new Set<string>();
  for (const index of indexes) {
    const span = spans[index];
    if (span === undefined) continue;
    for (const other of stored) if (isSameSpan(span, other)) loops.add(other.loop);
  }
  return [...loops].sort();
}

/** Those of the events whose bytes stand in another loop as well, by what is committed now. */
export async function findApart(
  parts: LoopParts,
  told: readonly Told[],
  loopOf: ReadonlyMap<string, string>,
): Promise<readonly Told[]> {
  const spans = new Map(told.map((item) => [item, spanOf(item.event, parts.idOf)]));
  const places = new Set([...spans.values()].flatMap((span) => (span === undefined ? [] : [span.place])));
  if (places.size === 0) return [];
  const stored = Map.groupBy(await parts.store.spansAt([...places]), (span) => span.place);
  return told.filter((item) => {
    const span = spans.get(item);
    const own = loopOf.get(item.event.id);
    if (span === undefined || own === undefined) return false;
    return stored.get(span.place)?.some((other) => other.loop !== own && isSameSpan(span, other)) === true;
  });
}

function newSpans(groups: readonly Group[], spans: ReadonlyMap<Told, Span | undefined>): readonly SpanRow[] {
  return groups.flatMap((group) =>
    group.told.flatMap((item) => {
      const span = spans.get(item);
      return span === undefined ? [] : [{ ...span, loop: group.loops[0] ?? group.fresh }];
    }),
  );
}

/** Two groups of the batch may turn out to belong to one stored loop. */
function joinGroups(groups: readonly Group[]): readonly Group[] {
  const sets = disjointSets(groups.length);
  const holder = new Map<string, number>();
  for (const [index, group] of groups.entries()) {
    for (const loop of group.loops) {
      const other = holder.get(loop);
      if (other === undefined) holder.set(loop, index);
      else sets.join(other, index);
    }
  }
  return groupBy(groups.length, sets.find).map((indexes) => {
    const parts = indexes.flatMap((index) => groups[index] ?? []);
    const [first] = parts;
    if (first === undefined || parts.length === 1)
      return first ?? { behaviour: '', told: [], loops: [], fresh: '' };
    return {
      behaviour: first.behaviour,
      told: parts.flatMap((part) => part.told),
      loops: [...new Set(parts.flatMap((part) => part.loops))].sort(),
      fresh: first.fresh,
    };
  });
}

function smallest(ids: readonly string[]): string {
  return ids.reduce((least, id) => (id < least ? id : least), ids[0] ?? '');
}
