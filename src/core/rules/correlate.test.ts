import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CorrelationHit, type CorrelatorLimits, correlate } from './correlate.ts';
import { correlateAll } from './correlate-all.ts';
import { type Correlation, compileCorrelation } from './correlation.ts';
import { compileRules } from './rule-book.ts';
import { compileRuleSet } from './rule-set.ts';

const minute = 60_000;

function correlation(body: Readonly<Record<string, unknown>>): Correlation {
  const document = { rules: ['a'], 'group-by': ['user'], timespan: '10m', ...body };
  const read = compileCorrelation({ title: 'T', correlation: document });
  if (read.kind === 'error') throw new Error(read.reason);
  return read;
}

type Given = { readonly rule?: string; readonly id?: string; readonly at: number } & Readonly<
  Record<string, unknown>
>;

let made = 0;
function hit({ rule = 'a', id, at, ...fields }: Given): CorrelationHit {
  made += 1;
  const all: Readonly<Record<string, unknown>> = { user: 'ana', ...fields };
  const texts = (field: string) => {
    const value = all[field];
    const values: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.map(String);
  };
  return { rule, id: id ?? `event-${made}`, at: at * minute, texts };
}

/** The minutes at which it matched, in the order of telling. */
function run(
  body: Readonly<Record<string, unknown>>,
  given: readonly Given[],
  limits: CorrelatorLimits = {},
) {
  const correlator = correlate(correlation(body), limits);
  return given.flatMap((one) => correlator.feed(hit(one))).map(({ at }) => at / minute);
}

describe('event_count', () => {
  const three = { type: 'event_count', condition: { gte: 3 } };

  test('holds at each event that ends a timespan with enough of them', () => {
    expect(run(three, [{ at: 0 }, { at: 5 }, { at: 10 }, { at: 11 }, { at: 21 }, { at: 22 }])).toEqual([
      10, 11,
    ]);
    // The timespan takes in its first and its last moment, and no more.
    expect(run(three, [{ at: 0 }, { at: 5 }, { at: 10.01 }])).toEqual([]);
  });

  test('counts each group for itself, without case, and nobody who is not named', () => {
    const given = [
      { at: 0, user: 'ana' },
      { at: 1, user: 'bo' },
      { at: 2, user: 'ANA' },
      { at: 3, user: undefined },
      { at: 4, user: [] },
      { at: 5, user: ['bo', 'ana'] },
      { at: 6, user: 'bo' },
    ];
    const correlator = correlate(correlation(three));
    const matches = given.flatMap((one) => correlator.feed(hit(one)));
    expect(matches.map(({ at, group, figure }) => [at / minute, group, figure])).toEqual([
      [5, { user: 'ana' }, 3],
      [6, { user: 'bo' }, 3],
    ]);
  });

  test('hears an event once, however often it comes, and once for two rules', () => {
    const body = { ...three, rules: ['a', 'b'] };
    const given = [
      { at: 0, id: 'x' },
      { at: 0, id: 'x' },
      { at: 0, id: 'x', rule: 'b' },
      { at: 1, id: 'y' },
    ];
    expect(run(body, given)).toEqual([]);
    expect(run(body, [...given, { at: 2, id: 'z', rule: 'b' }, { at: 2, id: 'z' }])).toEqual([2]);
  });

  test.each([
    [{ gt: 1 }, [1, 2, 3]],
    [{ gt: 1, lte: 3 }, [1, 2]],
    [{ eq: 2 }, [1]],
    [{ neq: 2 }, [0, 2, 3]],
    [{ lt: 2 }, [0]],
  ])('with %j holds where it should', (condition, minutes) => {
    expect(run({ type: 'event_count', condition }, [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }])).toEqual(
      minutes,
    );
  });

  test('an event that comes late makes the later ones hold', () => {
    expect(run(three, [{ at: 0 }, { at: 9 }, { at: 12 }, { at: 5 }])).toEqual([9, 12]);
  });

  test('a match says its group, its figure and the events behind it', () => {
    const correlator = correlate(correlation(three));
    const given = [hit({ at: 0, id: 'x' }), hit({ at: 1, id: 'y' }), hit({ at: 2, id: 'z', host: 'h' })];
    const [match] = given.flatMap((one) => correlator.feed(one));
    expect(match).toMatchObject({
      group: { user: 'ana' },
      figure: 3,
      evidence: [{ id: 'x', rule: 'a' }, { id: 'y' }, { id: 'z', at: 2 * minute }],
    });
    expect(match?.texts('host')).toEqual(['h']);
  });
});

describe('the kinds of values', () => {
  test('value_count counts different values, also of several fields together', () => {
    const body = { type: 'value_count', condition: { field: 'host', gte: 2 } };
    expect(run(body, [{ at: 0, host: 'x' }, { at: 1, host: 'X' }, { at: 2 }, { at: 3, host: 'y' }])).toEqual([
      3,
    ]);
    expect(run(body, [{ at: 0, host: ['x', 'y'] }])).toEqual([0]);
    const both = { type: 'value_count', condition: { field: ['host', 'port'], gte: 3 } };
    const pairs = [
      { at: 0, host: 'x', port: 1 },
      { at: 1, host: 'x', port: 2 },
      { at: 2, host: 'x', port: 1 },
      { at: 3, host: 'y', port: 1 },
    ];
    expect(run(both, pairs)).toEqual([3]);
  });

  test('a value that left the timespan is no longer counted', () => {
    const body = { type: 'value_count', condition: { field: 'host', gte: 2 } };
    expect(
      run(body, [
        { at: 0, host: 'x' },
        { at: 11, host: 'y' },
        { at: 12, host: 'x' },
      ]),
    ).toEqual([12]);
  });

  test('value_sum adds, value_avg averages, and what is no number is left out', () => {
    const given = [
      { at: 0, bytes: 400 },
      { at: 1, bytes: 'many' },
      { at: 2, bytes: '700' },
      { at: 11, bytes: 10 },
    ];
    expect(run({ type: 'value_sum', condition: { field: 'bytes', gt: 1000 } }, given)).toEqual([2]);
    expect(run({ type: 'value_avg', condition: { field: 'bytes', lte: 550 } }, given)).toEqual([0, 2, 11]);
  });
});

describe('temporal', () => {
  const body = { type: 'temporal', rules: ['a', 'b', 'c'] };

  test('holds when all rules were met in the timespan, in any order', () => {
    const given = [
      { at: 0, rule: 'c' },
      { at: 1, rule: 'a' },
      { at: 2, rule: 'a' },
      { at: 3, rule: 'b' },
      { at: 11, rule: 'b' },
    ];
    expect(run(body, given)).toEqual([3]);
  });

  test('takes a count of rules as condition', () => {
    expect(
      run({ ...body, condition: { gte: 2 } }, [
        { at: 0, rule: 'c' },
        { at: 1, rule: 'a' },
      ]),
    ).toEqual([1]);
  });

  test('aliases name the field of each rule', () => {
    const aliases = { ip: { a: 'source', b: 'target', c: 'source' } };
    const given = [
      { at: 0, rule: 'a', source: '192.0.2.1', target: '192.0.2.9' },
      { at: 1, rule: 'b', source: '192.0.2.9', target: '192.0.2.1' },
      { at: 2, rule: 'c', source: '192.0.2.2' },
      { at: 3, rule: 'c', source: '192.0.2.1' },
    ];
    expect(run({ ...body, 'group-by': ['ip'], aliases }, given)).toEqual([3]);
  });
});

describe('temporal_ordered', () => {
  const body = { type: 'temporal_ordered', rules: ['a', 'b', 'c'] };
  const steps = (text: string) => [...text].map((rule, at) => ({ rule, at }));

  test.each([
    ['abc', [2]],
    ['acb', []],
    ['abac', [3]],
    ['aabbcc', [4, 5]],
    ['cba', []],
    ['bacbc', [4]],
  ])('%s holds at %j', (text, minutes) => {
    expect(run(body, steps(text))).toEqual(minutes);
  });

  test('all of the row must lie in the timespan, however early it may begin', () => {
    const row = [
      { rule: 'a', at: 0 },
      { rule: 'b', at: 5 },
      { rule: 'a', at: 6 },
      { rule: 'c', at: 11 },
      { rule: 'b', at: 12 },
      { rule: 'c', at: 16 },
    ];
    expect(run(body, row)).toEqual([16]);
  });

  test('events of the same moment count as in order, but one event is not two steps', () => {
    const moment = [
      { rule: 'c', at: 1 },
      { rule: 'b', at: 1 },
      { rule: 'a', at: 1 },
    ];
    expect(run(body, moment)).toEqual([1]);
    const one = ['a', 'b', 'c'].map((rule) => ({ rule, at: 1, id: 'same' }));
    expect(run(body, one)).toEqual([]);
  });

  test('a count of rules as condition is a count of rules in order', () => {
    expect(run({ ...body, condition: { gte: 2 } }, steps('cab'))).toEqual([2]);
    expect(run({ ...body, condition: { gte: 2 } }, steps('ac'))).toEqual([1]);
    expect(run({ ...body, condition: { gte: 2 } }, steps('ca'))).toEqual([]);
  });
});

describe('whatever the order of arrival', () => {
  const bodies = [
    { type: 'event_count', rules: ['a', 'b', 'c'], condition: { gte: 3 } },
    { type: 'value_count', rules: ['a', 'b', 'c'], condition: { field: 'host', gt: 1 } },
    { type: 'value_sum', rules: ['a', 'b', 'c'], condition: { field: 'bytes', gte: 6 } },
    { type: 'temporal', rules: ['a', 'b', 'c'] },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'] },
    { type: 'temporal_ordered', rules: ['a', 'b', 'c'], condition: { gte: 2 } },
  ];
  const event = fc.record({
    at: fc.integer({ min: 0, max: 9 }),
    rule: fc.constantFrom('a', 'b', 'c'),
    user: fc.constantFrom('ana', 'bo'),
    host: fc.constantFrom('x', 'y', 'z'),
    bytes: fc.integer({ min: 0, max: 4 }),
    id: fc.integer({ min: 0, max: 30 }),
  });
  const shuffled = fc
    .uniqueArray(event, { maxLength: 12, selector: ({ id, rule }) => `${id}${rule}` })
    .map((given) => {
      // An event occurred once, whatever rules it fits.
      const first = new Map(given.toReversed().map((one) => [one.id, one]));
      return given.map((one) => ({ ...one, ...first.get(one.id), rule: one.rule, id: `e${one.id}` }));
    })
    .chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })));

  test.each(bodies)('the same events within a timespan give the same matches: %j', (body) => {
    const ids = (given: readonly Given[]) => {
      const correlator = correlate(correlation(body));
      const matches = given.flatMap((one) => correlator.feed(hit(one)));
      expect(new Set(matches.map(({ id }) => id)).size).toBe(matches.length);
      return matches.map(({ id }) => id).sort();
    };
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        expect(ids(other)).toEqual(ids(given));
      }),
      { numRuns: 400 },
    );
  });

  test('a count agrees with counting anew at each event', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(minutes, (given) => {
        const sorted = given.toSorted((one, other) => one - other);
        const wanted = sorted.filter(
          (at, index) => sorted.slice(0, index + 1).filter((one) => one >= at - 10).length >= 3,
        );
        const found = run(
          { type: 'event_count', condition: { gte: 3 } },
          sorted.map((at) => ({ at })),
        );
        expect(found).toEqual(wanted);
      }),
    );
  });
});

describe('memory is bounded', () => {
  const body = { type: 'event_count', condition: { gte: 3 } };

  test('what left two timespans is forgotten, and what comes later than one is left out', () => {
    const correlator = correlate(correlation(body));
    for (let at = 0; at < 1000; at += 1) correlator.feed(hit({ at }));
    expect(correlator.load()).toEqual({ groups: 1, hits: 21, dropped: 0 });
    expect(correlator.feed(hit({ at: 980 }))).toEqual([]);
    expect(correlator.load()).toEqual({ groups: 1, hits: 21, dropped: 1 });
  });

  test('above the limits the groups silent longest and the oldest hits go, and are counted', () => {
    const groups = correlate(correlation(body), { groupsMax: 10 });
    for (let n = 0; n < 100; n += 1) groups.feed(hit({ at: 1, user: `user ${n}` }));
    expect(groups.load()).toEqual({ groups: 10, hits: 10, dropped: 90 });
    const hits = correlate(correlation(body), { hitsMax: 50 });
    for (let n = 0; n < 100; n += 1) hits.feed(hit({ at: 1, user: `user ${n % 20}` }));
    expect(hits.load().hits).toBeLessThanOrEqual(50);
    const crowd = correlate(correlation(body), { groupHitsMax: 5 });
    for (let n = 0; n < 100; n += 1) crowd.feed(hit({ at: 1 + n / 100 }));
    expect(crowd.load()).toEqual({ groups: 1, hits: 5, dropped: 95 });
  });

  test('a list in a field of group-by makes sixteen groups at most', () => {
    const correlator = correlate(correlation({ ...body, 'group-by': ['user', 'host'] }));
    const many = Array.from({ length: 100 }, (_, n) => `x${n}`);
    correlator.feed(hit({ at: 1, user: many, host: many }));
    expect(correlator.load().groups).toBe(16);
  });

  test('an instant that is none is left out', () => {
    expect(run(body, [{ at: Number.NaN }, { at: Number.POSITIVE_INFINITY }])).toEqual([]);
  });
});

describe('correlations that build on others', () => {
  const logsource = { product: 'x' };
  const documents = [
    {
      title: 'Many failures, then a success',
      name: 'guessed',
      author: 'Ana Souza',
      correlation: {
        type: 'temporal_ordered',
        rules: ['many_failed', 'succeeded'],
        'group-by': ['User'],
        timespan: '10m',
      },
    },
    {
      title: 'Many failures',
      name: 'many_failed',
      correlation: {
        type: 'event_count',
        rules: ['failed'],
        'group-by': ['User'],
        timespan: '10m',
        condition: { gte: 3 },
      },
    },
    { title: 'Failed', name: 'failed', logsource, detection: { s: { id: [529, 4625] }, condition: 's' } },
    { title: 'Succeeded', name: 'succeeded', logsource, detection: { s: { id: 4624 }, condition: 's' } },
  ];

  function say(given: readonly { readonly id: number; readonly User: string }[]) {
    const book = compileRules(documents.map((document) => ({ document })));
    const set = compileRuleSet(book.rules);
    const correlations = correlateAll(book);
    expect(book.refusals).toEqual([]);
    return given.flatMap((record, index) => {
      const event = { id: `event-${index}`, source: 'any', record };
      return correlations.feed(event, set.match(event), index * minute);
    });
  }

  test('hold by the fields of the event that ended what they build on; what they name stays silent', () => {
    const [first, ...others] = say([
      { id: 4625, User: 'ana' },
      { id: 529, User: 'Ana' },
      { id: 4624, User: 'ana' },
      { id: 4625, User: 'ana' },
      { id: 4624, User: 'bo' },
      { id: 4624, User: 'ana' },
    ]);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      at: 5 * minute,
      group: { User: 'ana' },
      correlation: { name: 'guessed', author: 'Ana Souza' },
    });
  });
});
