import { isFieldName } from '../detection/field-names.ts';
import type { Subject } from '../detection/subject.ts';
import { type CorrelationHit, correlate, groupsOf } from './correlate.ts';
import type { Correlation } from './correlation.ts';
import type { Rule } from './rule.ts';

/** A correlation with the rules that it names, in its order. */
export type Correlated = { readonly correlation: Correlation; readonly rules: readonly Rule[] };

/** That an event fitted a rule of a correlation, in one group, with what the correlation asks of it. Plain data. */
export type StoredHit = {
  /** The same for all events of one group. */
  readonly group: string;
  /** As the correlation names the rule. */
  readonly rule: string;
  readonly texts: Readonly<Record<string, readonly string[]>>;
};

/** Texts of one field that are kept: what is counted, not an archive. */
const textsMax = 16;

/** What an event is to a correlation: a hit for each of its rules that fits and each group that it belongs to. */
export function hitsOf({ correlation, rules }: Correlated, subject: Subject): readonly StoredHit[] {
  return rules.flatMap((rule, index): readonly StoredHit[] => {
    const name = correlation.rules[index] ?? '';
    const target = rule.targets.find(
      ({ node, log }) => log?.when?.test(subject) !== false && node.test(subject),
    );
    if (target === undefined || !rule.node.test(subject)) return [];
    const texts: Record<string, readonly string[]> = {};
    for (const field of fieldsOf(correlation, name)) {
      texts[field] = isFieldName(field)
        ? target.fields.joinReader(field)(subject).texts.slice(0, textsMax)
        : [];
    }
    const hit = { rule: name, id: '', at: 0, texts: (field: string) => texts[field] ?? [] };
    return groupsOf(correlation, hit).map(({ key }) => ({ group: key, rule: name, texts }));
  });
}

function fieldsOf({ aliases, groupBy, fields }: Correlation, rule: string): readonly string[] {
  return [...new Set([...groupBy, ...fields].map((name) => aliases.get(name)?.get(rule) ?? name))];
}

/** A hit as it is known again later. */
export type KnownHit = Omit<StoredHit, 'group'> & { readonly event: string; readonly at: number };

/**
 * Whether a correlation holds over the timespan that ends with an event, by the hits of its group. The same hits in any
 * order give the same answer.
 */
export function holdsAt({ correlation }: Correlated, hits: readonly KnownHit[], event: string): boolean {
  const correlator = correlate(correlation);
  const sorted = hits.toSorted((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
  const group = new Set<string>();
  for (const { rule, event: id, at, texts } of sorted) {
    const hit: CorrelationHit = { rule, id, at, texts: (field) => texts[field] ?? [] };
    for (const match of correlator.feed(hit)) group.add(match.event);
  }
  return group.has(event);
}
