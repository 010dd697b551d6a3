import { type CorrelationMatch, type Correlator, type CorrelatorLimits, correlate } from './correlate.ts';
import type { Correlation } from './correlation.ts';
import type { Rule } from './rule.ts';
import type { RuleBook } from './rule-book.ts';
import type { RuleMatch } from './rule-set.ts';

export type Correlations = {
  /**
   * Tells all correlations what an event fitted (`RuleSet.match`), and gives those that hold now, also those that
   * build on others. Silent ones are left out.
   *
   * @param at when the event occurred, epoch milliseconds
   */
  readonly feed: (
    event: { readonly id: string },
    matches: readonly RuleMatch[],
    at: number,
  ) => readonly CorrelationMatch[];
  readonly load: () => ReturnType<Correlator['load']>;
};

type Listener = { readonly correlation: Correlation; readonly correlator: Correlator; readonly rule: string };

/** Runs all correlations of a book together (see `correlate` for order and memory). */
export function correlateAll(book: RuleBook, limits: CorrelatorLimits = {}): Correlations {
  const listeners = new Map<Rule | Correlation, Listener[]>();
  const correlators = book.correlations.map((correlation) => {
    const correlator = correlate(correlation, limits);
    for (const rule of correlation.rules) {
      const named = book.named(rule);
      if (named === undefined) continue;
      listeners.set(named, [...(listeners.get(named) ?? []), { correlation, correlator, rule }]);
    }
    return correlator;
  });
  const fields = new Set(book.correlations.flatMap(fieldsOf));

  const tell = (
    rule: Rule | Correlation,
    hit: { readonly id: string; readonly at: number; readonly texts: RuleMatch['texts'] },
  ): readonly CorrelationMatch[] =>
    (listeners.get(rule) ?? []).flatMap((listener) =>
      listener.correlator
        .feed({ ...hit, rule: listener.rule })
        .flatMap((match) => [
          ...(book.isSilent(match.correlation) ? [] : [match]),
          ...tell(match.correlation, { id: match.id, at: match.at, texts: match.texts }),
        ]),
    );
  return {
    feed: (event, matches, at) =>
      matches.flatMap((match) =>
        listeners.has(match.rule)
          ? tell(match.rule, { id: event.id, at, texts: keptTexts(match, fields) })
          : [],
      ),
    load: () =>
      correlators
        .map((correlator) => correlator.load())
        .reduce(
          (sum, one) => ({
            groups: sum.groups + one.groups,
            hits: sum.hits + one.hits,
            dropped: sum.dropped + one.dropped,
          }),
          { groups: 0, hits: 0, dropped: 0 },
        ),
  };
}

function fieldsOf(correlation: Correlation): readonly string[] {
  const { aliases, groupBy, fields } = correlation;
  return [...groupBy, ...fields].flatMap((name) => [...(aliases.get(name)?.values() ?? [name])]);
}

/** What a window holds of an event: the fields that any correlation asks for, not the record. */
function keptTexts(match: RuleMatch, fields: ReadonlySet<string>): RuleMatch['texts'] {
  const kept = new Map([...fields].map((field) => [field, match.texts(field)]));
  return (field) => kept.get(field) ?? [];
}
