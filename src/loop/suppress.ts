import type { Event, Json } from '../core/event.ts';
import { type LoopFacts, soonerEnd } from '../core/loop/facts.ts';
import { contacts } from '../core/loop/position.ts';
import { readStoredEvent } from '../core/stored-event.ts';
import type { LoopRow, StoreRead, StoreWrite, SuppressionRow } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { type Change, settle } from './settle.ts';

const pageMax = 500;
const eventsPageMax = 1000;

/** The rules that hold at an instant: those of the settings and those in the store. */
export async function activeSuppressions(
  parts: LoopParts,
  at: number,
  read: StoreRead = parts.store.read,
): Promise<readonly SuppressionRow[]> {
  const stored = await read.suppressions(loopPrincipal, at);
  return [...parts.fixedSuppressions.filter((rule) => rule.until > at), ...stored];
}

/** Of the rules that cover an event the one that lasts longest. */
export function coveringRule(
  parts: LoopParts,
  rules: readonly SuppressionRow[],
  event: Pick<Event, 'where' | 'secret'>,
): SuppressionRow | undefined {
  let longest: SuppressionRow | undefined;
  for (const rule of rules) {
    if (longest !== undefined && rule.until <= longest.until) continue;
    if (parts.isSuppressing(rule, event)) longest = rule;
  }
  return longest;
}

/**
 * Looks again at the cases that a rule concerns, after it was added or ended. What it covers wholly, and nobody was
 * told of yet, is dismissed until the rule ends; what nothing covers any more comes back. Returns how many changed.
 */
export async function applySuppression(parts: LoopParts, rule: SuppressionRow): Promise<number> {
  return lookAgain(parts, [rule]);
}

/**
 * Applies the rules that were added or ended since the last time, wherever that was done: in the settings, by another
 * process, or before a restart. A kill in between only makes the next start look again. Returns how many cases changed.
 */
export async function followSuppressions(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const active = await activeSuppressions(parts, now);
  const applied = rulesIn(await parts.store.read.setting(loopPrincipal, appliedSetting));
  const has = (list: readonly SuppressionRow[], rule: SuppressionRow) =>
    list.some((other) => other.id === rule.id && other.until === rule.until);
  const added = active.filter((rule) => !has(applied, rule));
  // One that ran to its end needs no look: the sweep knows its cases by that date.
  const ended = applied.filter((rule) => !has(active, rule) && rule.until > now);
  const changed = added.length + ended.length === 0 ? 0 : await lookAgain(parts, [...added, ...ended]);
  if (added.length > 0 || applied.some((rule) => !has(active, rule))) {
    const value = active.map((rule): Json => ({ ...rule }));
    await parts.store.transaction((tx) => tx.saveSetting(appliedSetting, value));
  }
  return changed;
}

const appliedSetting = 'suppressions-applied';

function rulesIn(value: Json | undefined): readonly SuppressionRow[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rule: Json): readonly SuppressionRow[] => {
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return [];
    const { id, kind, pattern, until } = Object.fromEntries(Object.entries(rule));
    const isRule = typeof id === 'string' && typeof pattern === 'string' && typeof until === 'number';
    if (!isRule || (kind !== 'path' && kind !== 'value' && kind !== 'repository')) return [];
    return [{ id, kind, pattern, until, reason: '', by: '', createdAt: 0 }];
  });
}

async function lookAgain(parts: LoopParts, changed: readonly SuppressionRow[]): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await parts.store.read.untoldLoops(loopPrincipal, pageMax, after);
    const ids = page.filter((row) => mayConcern(parts, changed, row)).map((row) => row.id);
    if (ids.length > 0) count += await parts.store.transaction((tx) => judgeAgain(parts, tx, ids));
    after = page.length === pageMax ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
  if (count > 0) parts.wake();
  return count;
}

function mayConcern(parts: LoopParts, rules: readonly SuppressionRow[], { facts }: LoopRow): boolean {
  if (!isUntold(facts)) return false;
  // Of a case with more sightings than are kept, those that are not kept may be the ones it is about.
  if (facts.sightings > facts.kept.length) return true;
  return facts.kept.some((sighting) =>
    rules.some((rule) => parts.isSuppressing(rule, seenAs(facts, sighting))),
  );
}

function isUntold(facts: LoopFacts): boolean {
  return facts.kept.length > 0 && contacts(facts).length === 0 && facts.replies.length === 0;
}

function seenAs(facts: LoopFacts, { where }: LoopFacts['kept'][number]): Pick<Event, 'where' | 'secret'> {
  return facts.secret === undefined ? { where } : { where, secret: facts.secret };
}

async function judgeAgain(parts: LoopParts, tx: StoreWrite, ids: readonly string[]): Promise<number> {
  const now = parts.clock.now();
  const rules = await activeSuppressions(parts, now, tx.read);
  const changes: Change[] = [];
  for (const before of await tx.lockLoops(ids)) {
    if (!isUntold(before.facts) || before.mergedInto !== undefined) continue;
    const change = changeOf(before, await suppressionOf(parts, tx.read, rules, before), now);
    if (change !== undefined) changes.push(change);
  }
  await settle(parts, tx, changes, now);
  return changes.length;
}

type Suppression = NonNullable<LoopFacts['suppression']>;

/** Until when all sightings of a case are covered; undefined when one of them is not. */
async function suppressionOf(
  parts: LoopParts,
  read: StoreRead,
  rules: readonly SuppressionRow[],
  { id, behaviour, facts }: LoopRow,
): Promise<Suppression | undefined> {
  let sooner: Suppression | undefined;
  const isCovered = (event: Pick<Event, 'where' | 'secret'>): boolean => {
    const rule = coveringRule(parts, rules, event);
    if (rule !== undefined) sooner = soonerEnd(sooner, { until: rule.until, reason: rule.reason });
    return rule !== undefined;
  };
  if (!facts.kept.every((sighting) => isCovered(seenAs(facts, sighting)))) return undefined;
  if (facts.sightings === facts.kept.length) return sooner;
  let after: string | undefined;
  do {
    const page = await read.eventsOfLoop(loopPrincipal, id, eventsPageMax, after);
    for (const row of page) {
      const event = readStoredEvent(row);
      if (event === undefined) return undefined;
      const isSighting = parts
        .classify(event)
        .some((meaning) => meaning.behaviour === behaviour && meaning.role === 'failed');
      if (isSighting && !isCovered(event)) return undefined;
    }
    after = page.length === eventsPageMax ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
  return sooner;
}

function changeOf(before: LoopRow, found: Suppression | undefined, now: number): Change | undefined {
  const { suppression: known, ...facts } = before.facts;
  if (found === undefined) {
    if (facts.isUnsuppressed) return undefined;
    const story = [{ kind: 'suppression-ended', at: now, body: {} }];
    return { before, facts: { ...facts, isUnsuppressed: true }, story };
  }
  const isSame = !facts.isUnsuppressed && known?.until === found.until && known.reason === found.reason;
  if (isSame) return undefined;
  const story = [
    {
      kind: 'suppressed',
      at: now,
      body: { until: found.until, reason: found.reason },
      personal: ['/reason'],
    },
  ];
  return { before, facts: { ...facts, isUnsuppressed: false, suppression: found }, story };
}
