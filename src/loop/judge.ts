import type { Behaviour } from '../core/behaviour.ts';
import { durationMs } from '../core/duration.ts';
import type { Event } from '../core/event.ts';
import { judgeBaseline, type Unusual, type UsualSeen } from '../core/judge/baseline.ts';
import { type BrokenStep, judgePath, type StepSeen } from '../core/judge/path.ts';
import { addSeen, type LoopFacts } from '../core/loop/facts.ts';
import { withRefuted } from '../core/loop/waiting.ts';
import type { Meaning, RuleCredit } from '../core/meaning.ts';
import { holdsAt } from '../core/rules/correlated.ts';
import { type LoopRow, type MarkRow, marksPerKeyMax } from '../ports/store.ts';
import {
  caseKeyOf,
  fixKey,
  groupKey,
  historyKey,
  knownHit,
  knownStepsKey,
  marksUnder,
  undertakingKeys,
} from './marks.ts';
import type { LoopParts } from './parts.ts';

type Parts = Pick<LoopParts, 'idOf' | 'behaviours' | 'correlated'>;

/** A deed that is held against its approved path and its identity's history. */
export type Candidate = { readonly event: Event; readonly meaning: Extract<Meaning, { role: 'end' }> };

export type Marks = { readonly of: (key: string) => readonly MarkRow[] };

/** Of more marks than are read, what is missing may be just the one that is looked for: then nobody can be blamed. */
function isWhole(marks: Marks, keys: readonly string[]): boolean {
  return keys.every((key) => marks.of(key).length < marksPerKeyMax);
}

export function marksBy(rows: readonly MarkRow[]): Marks {
  const byKey = Map.groupBy(rows, ({ key }) => key);
  return { of: (key) => byKey.get(key) ?? [] };
}

/** Keys of the marks that decide on a deed. */
export function keysForCandidate(parts: Parts, { event, meaning }: Candidate): readonly string[] {
  const behaviour = parts.behaviours.get(meaning.behaviour);
  if (behaviour === undefined) return [];
  const keys: string[] = [];
  if (meaning.by.includes('path'))
    keys.push(knownStepsKey(parts, behaviour, event), ...undertakingKeys(parts, behaviour, event));
  for (const hit of meaning.hits ?? []) keys.push(groupKey(parts, behaviour, hit));
  const history = meaning.by.includes('baseline') ? historyKey(parts, behaviour, event) : undefined;
  return history === undefined ? keys : [...keys, history];
}

export type Judged = {
  readonly broken?: BrokenStep;
  readonly unusual?: Unusual;
  /** The correlations that hold with it. */
  readonly rules?: readonly RuleCredit[];
};

/** What is wrong with a deed, by what was observed; undefined when nothing is. */
export function judgeCandidate(parts: Parts, candidate: Candidate, marks: Marks): Judged | undefined {
  const { event, meaning } = candidate;
  const behaviour = parts.behaviours.get(meaning.behaviour);
  if (behaviour === undefined) return undefined;
  const { path, baseline } = behaviour;
  const keys = undertakingKeys(parts, behaviour, event);
  const broken =
    path === undefined || !meaning.by.includes('path') || keys.length === 0 || !isWhole(marks, keys)
      ? undefined
      : judgePath(
          path,
          marksUnder(marks.of, keys).map(stepSeen),
          event.occurredAt,
          isKnownAt(parts, behaviour, marks, event, event.occurredAt),
        );
  const history = historyKey(parts, behaviour, event);
  const unusual =
    baseline === undefined ||
    !meaning.by.includes('baseline') ||
    history === undefined ||
    !isWhole(marks, [history])
      ? undefined
      : judgeBaseline(baseline, event, marks.of(history).flatMap(usualSeen));
  const rules = heldCorrelations(parts, behaviour, candidate, marks);
  if (broken === undefined && unusual === undefined && rules.length === 0) return undefined;
  return {
    ...(rules.length === 0 ? {} : { rules }),
    ...(broken === undefined ? {} : { broken }),
    ...(unusual === undefined ? {} : { unusual }),
  };
}

function heldCorrelations(
  parts: Parts,
  behaviour: Behaviour,
  { event, meaning }: Candidate,
  marks: Marks,
): readonly RuleCredit[] {
  const held = (meaning.hits ?? []).flatMap((hit) => {
    const found = parts.correlated(behaviour.id, hit.correlation);
    if (found === undefined) return [];
    const hits = marks.of(groupKey(parts, behaviour, hit)).flatMap((mark) => knownHit(mark) ?? []);
    return holdsAt(found, hits, event.id) ? [found.credit] : [];
  });
  return [...new Map(held.map((credit) => [credit.title, credit])).values()];
}

/** Whether such a step had been seen in this repository by then: elsewhere the path may be another. */
function isKnownAt(
  parts: Parts,
  behaviour: Behaviour,
  marks: Marks,
  deed: Pick<Event, 'joins' | 'where'>,
  at: number,
): (step: string) => boolean {
  const known = marks.of(knownStepsKey(parts, behaviour, deed));
  return (step) => known.some(({ name, firstAt }) => name === step && firstAt <= at);
}

function stepSeen({ name, who, firstAt, lastAt }: MarkRow): StepSeen {
  return { step: name, who, firstAt, lastAt };
}

function usualSeen({ name, who, firstAt }: MarkRow): readonly UsualSeen[] {
  if (name !== 'resource' && name !== 'network' && name !== 'hour') return [];
  return [{ what: name, value: who, firstAt }];
}

/** What a failing event's case waits to hear of, with when its words may go. */
export function waitsFor(
  parts: Parts,
  behaviourId: string,
  event: Event,
  judged: Judged | undefined,
): { readonly watches: readonly string[]; readonly caseKey?: string; readonly waitUntil?: number } {
  const behaviour = parts.behaviours.get(behaviourId);
  if (behaviour === undefined) return { watches: [] };
  const fix = behaviour.keys.case === 'fingerprint' ? undefined : fixKey(parts, behaviour, event);
  const caseKey = caseKeyOf(parts, behaviour, event);
  const undertaking = judged?.broken === undefined ? [] : undertakingKeys(parts, behaviour, event);
  const grace =
    judged?.broken === undefined || behaviour.path === undefined ? 0 : durationMs(behaviour.path.grace);
  return {
    watches: [...(fix === undefined ? [] : [fix]), ...undertaking],
    ...(caseKey === undefined ? {} : { caseKey }),
    ...(grace === 0 ? {} : { waitUntil: event.receivedAt + grace }),
  };
}

/** Keys of the marks that may move a case. */
export function keysForCase(parts: Parts, row: LoopRow, facts: LoopFacts): readonly string[] {
  const behaviour = parts.behaviours.get(row.behaviour);
  if (behaviour === undefined || facts.watches === undefined) return [];
  if (behaviour.path === undefined) return facts.watches;
  return [...facts.watches, ...facts.kept.map((sighting) => knownStepsKey(parts, behaviour, sighting))];
}

/**
 * Applies what was observed meanwhile: signs of a fix, and steps that seemed skipped. Depends on the marks alone, not on
 * when they came.
 */
export function applyMarks(parts: Parts, row: LoopRow, facts: LoopFacts, marks: Marks): LoopFacts {
  const behaviour = parts.behaviours.get(row.behaviour);
  if (behaviour === undefined || facts.watches === undefined) return facts;
  const all = facts.watches.flatMap(marks.of);
  let next = facts;
  for (const name of [...Object.keys(behaviour.signals ?? {}), 'fixed']) {
    const seen = all.filter((mark) => mark.name === name && mark.firstAt >= facts.lastOccurredAt);
    for (const [signal, those] of apartByCase(name, seen, behaviour, facts.caseKey)) {
      const [first] = those.toSorted((a, b) => a.firstAt - b.firstAt || (a.who < b.who ? -1 : 1));
      if (first === undefined) continue;
      const reason = `${signal} was seen`;
      next = addSeen(next, `sign:${signal}:${first.who}`, { signal, at: first.firstAt, reason });
    }
  }
  if (behaviour.path === undefined) return next;
  for (const sighting of facts.kept) {
    // What is wrong for another reason too stays wrong.
    if (sighting.broken === undefined || sighting.unusual !== undefined || sighting.rules !== undefined)
      continue;
    const keys = undertakingKeys(parts, behaviour, sighting);
    const seen = marksUnder(marks.of, keys).map(stepSeen);
    const isKnown = isKnownAt(parts, behaviour, marks, sighting, sighting.at);
    const broken = isWhole(marks, keys) ? judgePath(behaviour.path, seen, sighting.at, isKnown) : undefined;
    next = withRefuted(next, sighting.event, broken === undefined);
  }
  return next;
}

/**
 * A sign that was seen in the case itself has a name of its own, such as `reported-here` beside `reported`, where the
 * behaviour tells the two apart.
 */
function apartByCase(
  name: string,
  seen: readonly MarkRow[],
  { proof }: Behaviour,
  caseKey: string | undefined,
): readonly (readonly [string, readonly MarkRow[]])[] {
  const here = `${name}-here`;
  if (!proof.observed.includes(here) && !proof.verified.includes(here)) return [[name, seen]];
  const isHere = ({ who }: MarkRow) => caseKey !== undefined && who.endsWith(` ${caseKey}`);
  return [
    [here, seen.filter(isHere)],
    [name, seen.filter((mark) => !isHere(mark))],
  ];
}
