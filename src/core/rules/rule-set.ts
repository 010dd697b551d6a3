import { type FieldNames, isFieldName } from '../detection/field-names.ts';
import type { KeySet, Node } from '../detection/node.ts';
import { type FieldReader, type Subject, subjectOfEvent } from '../detection/subject.ts';
import type { LogKind } from './log-source.ts';
import type { Rule } from './rule.ts';

/** A rule that an event fits, and the event's fields as this rule names them. */
export type RuleMatch = {
  readonly rule: Rule;
  /** What stands at a field, as text; members of lists one by one. */
  readonly texts: (field: string) => readonly string[];
};

export type RuleSet = {
  /** In the order of the rules, each at most once. */
  readonly match: (event: { readonly source: string }) => readonly RuleMatch[];
  /** How many rules were asked about an event: what an index saves. */
  readonly candidates: (event: { readonly source: string }) => number;
};

type Candidate = {
  readonly order: number;
  readonly rule: Rule;
  readonly fields: FieldNames;
  readonly node: Node;
  /** Whether its equalities are of several fields, so that one event may find it twice. */
  readonly isSpread: boolean;
};

/** The rules of one kind of log. */
type Group = {
  readonly log: LogKind | undefined;
  readonly indexes: readonly {
    readonly read: FieldReader;
    readonly byValue: ReadonlyMap<string, readonly Candidate[]>;
  }[];
  /** Rules without an equality to go by: asked about every event of this kind of log. */
  readonly others: readonly Candidate[];
};

/**
 * Many rules behind an index: by log source, then by the values of fields that a match cannot do without. What an
 * event costs grows with the rules that it might fit, not with all there are.
 */
export function compileRuleSet(rules: readonly Rule[]): RuleSet {
  const byLog = new Map<LogKind | undefined, Candidate[]>();
  for (const [order, rule] of rules.entries()) {
    for (const { log, fields, node } of rule.targets) {
      const found = byLog.get(log);
      const isSpread = node.keys.some((set) => set.some((key) => key.field !== set[0]?.field));
      const candidate = { order, rule, fields, node, isSpread };
      if (found === undefined) byLog.set(log, [candidate]);
      else found.push(candidate);
    }
  }
  const bySource = new Map<string, Group[]>();
  const ofAny: Group[] = [];
  for (const [log, candidates] of byLog) {
    const group = groupOf(log, candidates);
    if (log?.source === undefined) ofAny.push(group);
    else bySource.set(log.source, [...(bySource.get(log.source) ?? []), group]);
  }
  const asked = (event: { readonly source: string }, subject: Subject): readonly Candidate[] => {
    const found: Candidate[] = [];
    for (const group of bySource.get(event.source) ?? []) gather(group, subject, found);
    for (const group of ofAny) gather(group, subject, found);
    return found;
  };
  return {
    match: (event) => {
      const subject = subjectOfEvent(event);
      const fitting = asked(event, subject).filter(({ node }) => node.test(subject));
      return inOrder(fitting).map(({ rule, fields }) => ({
        rule,
        texts: (field) => (isFieldName(field) ? fields.joinReader(field)(subject).texts : []),
      }));
    },
    candidates: (event) => asked(event, subjectOfEvent(event)).length,
  };
}

function gather(group: Group, subject: Subject, found: Candidate[]): void {
  if (group.log?.when?.test(subject) === false) return;
  for (const { read, byValue } of group.indexes) {
    const texts = read(subject).lowerTexts;
    // A rule may be found by several members of a list, or by several fields; it is asked once.
    const isList = texts.length > 1;
    for (const text of texts) {
      for (const candidate of byValue.get(text) ?? []) {
        if (!(isList || candidate.isSpread) || !found.includes(candidate)) found.push(candidate);
      }
    }
  }
  found.push(...group.others);
}

/** One rule may stand for several kinds of log. */
function inOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length < 2) return candidates;
  const sorted = candidates.toSorted((one, other) => one.order - other.order);
  return sorted.filter((candidate, index) => candidate.order !== sorted[index - 1]?.order);
}

function groupOf(log: LogKind | undefined, candidates: readonly Candidate[]): Group {
  const uses = new Map<string, number>();
  for (const { node } of candidates) {
    for (const key of new Set(node.keys.flat().map(keyText))) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const indexes = new Map<string, { read: FieldReader; byValue: Map<string, Candidate[]> }>();
  const others: Candidate[] = [];
  for (const candidate of candidates) {
    const chosen = rarest(candidate.node.keys, uses);
    if (chosen === undefined) {
      others.push(candidate);
      continue;
    }
    for (const { field, value } of chosen) {
      const name = field.toLowerCase();
      const index = indexes.get(name) ?? { read: candidate.fields.reader(field), byValue: new Map() };
      indexes.set(name, index);
      const known = index.byValue.get(value);
      if (known === undefined) index.byValue.set(value, [candidate]);
      else if (!known.includes(candidate)) known.push(candidate);
    }
  }
  return { log, indexes: [...indexes.values()], others };
}

function keyText(key: { readonly field: string; readonly value: string }): string {
  return `${key.field.toLowerCase()}\0${key.value}`;
}

/** The set whose values the fewest other rules ask for: such values are rare in events, too. */
function rarest(sets: readonly KeySet[], uses: ReadonlyMap<string, number>): KeySet | undefined {
  const scored = sets.map((set) => ({
    set,
    most: set.reduce((most, key) => Math.max(most, uses.get(keyText(key)) ?? 0), 0),
  }));
  scored.sort((one, other) => one.most - other.most || one.set.length - other.set.length);
  return scored[0]?.set;
}
