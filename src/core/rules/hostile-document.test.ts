import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correlateAll } from './correlate-all.ts';
import { openLogSources } from './log-source.ts';
import { compileRules } from './rule-book.ts';
import { compileRuleSet } from './rule-set.ts';

const logSources = openLogSources([
  { logsource: { product: 'x', service: 'y' }, sources: ['x'], names: { a: ['b.c'] }, under: ['p'] },
]);
const name = fc.constantFrom('r0', 'r1', 'r2', 'r3', '__proto__', '');
const odd = fc.oneof(fc.anything(), fc.constantFrom(undefined, null, '', 0, [], {}));
const rule = fc.record(
  {
    title: fc.oneof({ weight: 9, arbitrary: fc.constant('T') }, odd),
    name,
    logsource: fc.oneof({ weight: 9, arbitrary: fc.constant({ product: 'x' }) }, odd),
    detection: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom({ s: { a: 1 }, condition: 's' }, { s: ['1'], condition: 'not s' }),
      },
      odd,
    ),
  },
  { requiredKeys: ['title'] },
);
const correlation = fc.record({
  title: fc.constant('T'),
  name,
  correlation: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        type: fc.constantFrom('event_count', 'temporal', 'temporal_ordered', 'value_count', 'value_sum'),
        rules: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
        'group-by': fc.constantFrom(['a'], ['a', 'z'], ['event.kind']),
        timespan: fc.constantFrom('1s', '10m', '0s'),
        condition: fc.oneof(fc.constantFrom({ gte: 1 }, { field: 'a', gt: 0 }, { lt: 3 }), odd),
      }),
    },
    odd,
  ),
});
const filter = fc.record({
  title: fc.constant('T'),
  logsource: fc.constant({ product: 'x' }),
  filter: fc.oneof(
    fc.record({ rules: fc.array(name, { minLength: 1 }), s: odd, condition: fc.constant('s') }),
    odd,
  ),
});
const value = fc.oneof(fc.constantFrom('1', 1, null), fc.anything());
const event = fc.record({
  id: fc.string(),
  source: fc.constantFrom('x', 'z'),
  kind: fc.constant('finding.reported'),
  record: fc.oneof(fc.record({ a: value, b: fc.record({ c: value }) }), fc.anything()),
});

test('whatever stands in documents and events, compiling answers and matching decides', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(rule, correlation, filter, fc.anything()), { maxLength: 6 }),
      fc.array(fc.tuple(event, fc.integer({ min: -10_000, max: 10_000 })), { maxLength: 6 }),
      (documents, events) => {
        const book = compileRules(
          documents.map((document) => ({ document })),
          { logSources },
        );
        for (const refusal of book.refusals) expect(refusal.reason).not.toBe('');
        const set = compileRuleSet(book.rules);
        const correlations = correlateAll(book);
        for (const [given, at] of events) {
          const matches = set.match(given);
          expect(matches.map((one) => one.rule)).toEqual(book.rules.filter((one) => one.matches(given)));
          expect(Array.isArray(correlations.feed(given, matches, at))).toBe(true);
        }
      },
    ),
    { numRuns: 1500 },
  );
});
