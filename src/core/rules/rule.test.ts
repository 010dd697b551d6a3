import { describe, expect, test } from 'vitest';
import { compileCorrelation } from './correlation.ts';
import { compileFilter } from './filter.ts';
import { type LogSourceEntry, openLogSources } from './log-source.ts';
import { compileRule, type Rule, type RuleOptions } from './rule.ts';
import { compileRules } from './rule-book.ts';
import { compileRuleSet } from './rule-set.ts';

const base = {
  title: 'A key was made',
  id: '11111111-1111-4111-8111-111111111111',
  author: 'Ana Souza',
  logsource: { product: 'cloud', service: 'audit' },
  detection: { selection: { action: 'key.create' }, condition: 'selection' },
  level: 'high',
};

const entries: readonly LogSourceEntry[] = [
  {
    logsource: { product: 'cloud', service: 'audit' },
    sources: ['alpha', 'beta'],
    names: { caller: ['principal.email'], service: ['{app.name}.example.com'] },
    prefixes: { 'flat.': ['payload.', ''] },
    under: ['properties'],
  },
  {
    logsource: { product: 'cloud', service: 'signin' },
    sources: ['alpha'],
    when: { 'kind|endswith': 'signin' },
  },
  { logsource: { product: 'other' }, when: { maker: 'other' } },
];
const options: RuleOptions = {
  logSources: openLogSources(entries, { alpha: ['secret', 'a.*.token', '**.password'] }),
};

const compileAll = (documents: readonly unknown[], settings: RuleOptions = {}) =>
  compileRules(
    documents.map((document) => ({ document })),
    settings,
  );

function rule(detection: unknown, more: Readonly<Record<string, unknown>> = {}): Rule {
  const compiled = compileRule({ ...base, detection, ...more }, options);
  if (compiled.kind === 'error') throw new Error(compiled.reason);
  return compiled;
}

const only = (selection: unknown) => ({ selection, condition: 'selection' });
const event = (source: string, record: unknown) => ({ source, record, kind: 'finding.reported' });

describe('a rule', () => {
  test('says who wrote it and under which licence', () => {
    expect(compileRule(base, { license: 'DRL-1.1' })).toMatchObject({
      kind: 'rule',
      id: base.id,
      title: base.title,
      author: 'Ana Souza',
      license: 'DRL-1.1',
      level: 'high',
      logsource: { product: 'cloud', service: 'audit' },
      discriminators: [{ field: 'action', value: 'key.create' }],
    });
    expect(compileRule({ ...base, license: 'MIT' }, { license: 'DRL-1.1' })).toMatchObject({
      license: 'MIT',
    });
  });

  test.each([
    ['no map', 'x', [], 'a map with title'],
    ['no title', { ...base, title: '' }, ['title'], 'needs a title'],
    ['no logsource', { ...base, logsource: undefined }, ['logsource'], 'needs a logsource'],
    ['an empty logsource', { ...base, logsource: {} }, ['logsource'], 'no category'],
    ['no detection', { ...base, detection: 3 }, ['detection'], 'needs "detection"'],
    ['an unknown level', { ...base, level: 'grave' }, ['level'], 'one of informational'],
    ['a foreign taxonomy', { ...base, taxonomy: 'ecs' }, ['taxonomy'], 'taxonomy "ecs" is not known'],
    ['an action', { ...base, action: 'global' }, ['action'], 'obsolete'],
    [
      'a part of the detection',
      { ...base, detection: only([{ 'a|x': 1 }]) },
      ['detection', 'selection', 0, 'a|x'],
      '"x"',
    ],
    [
      'a masked field',
      { ...base, detection: only({ 'secret.value': 'x' }) },
      ['detection', 'selection', 'secret.value'],
      'masked',
    ],
    [
      'a masked field in another spelling',
      { ...base, detection: only({ 'A.b.TOKEN|contains': 'x' }) },
      undefined,
      'masked',
    ],
    [
      'a masked field at any depth',
      { ...base, detection: only({ 'x.y.password': 'x' }) },
      undefined,
      'masked',
    ],
    [
      'a masked field by reference',
      { ...base, detection: only({ 'x|fieldref': 'secret' }) },
      undefined,
      'masked',
    ],
    [
      'a masked field by its other name',
      { ...base, detection: only({ 'flat.secret': 'x' }) },
      undefined,
      'masked',
    ],
  ])('with %s is refused, and where', (_name, document, path, reason) => {
    const compiled = compileRule(document, options);
    expect(compiled).toMatchObject({ kind: 'error', reason: expect.stringContaining(reason) });
    if (path !== undefined) expect(compiled).toMatchObject({ path });
  });

  test('is asked about its own log source only', () => {
    const made = rule(only({ action: 'key.create' }));
    expect(made.matches(event('alpha', { action: 'key.create' }))).toBe(true);
    expect(made.matches(event('beta', { action: 'key.create' }))).toBe(true);
    expect(made.matches(event('gamma', { action: 'key.create' }))).toBe(false);
    const signin = rule(only({ action: 'x' }), { logsource: { product: 'Cloud', service: 'signin' } });
    expect(signin.matches(event('alpha', { kind: 'UserSignIn', action: 'x' }))).toBe(true);
    expect(signin.matches(event('alpha', { kind: 'UserAudit', action: 'x' }))).toBe(false);
    const other = rule(only({ action: 'x' }), { logsource: { product: 'other' } });
    expect(other.matches(event('anything', { maker: 'Other', action: 'x' }))).toBe(true);
    const unheard = rule(only({ action: 'x' }), { logsource: { product: 'windows' } });
    expect([unheard.targets, unheard.matches(event('alpha', { action: 'x' }))]).toEqual([[], false]);
  });

  test('finds fields under the names of its log source, and the normalised ones under event', () => {
    const hit = (selection: unknown, record: unknown) => rule(only(selection)).matches(event('beta', record));
    expect(hit({ caller: 'ana' }, { principal: { email: 'Ana' } })).toBe(true);
    expect(hit({ caller: 'ana' }, { caller: 'ana' })).toBe(true);
    expect(hit({ service: 'admin.example.com' }, { app: { name: 'admin' } })).toBe(true);
    expect(hit({ 'flat.method.name': 'x' }, { payload: { method: { name: 'x' } } })).toBe(true);
    expect(hit({ 'flat.method.name': 'x' }, { method: { name: 'x' } })).toBe(true);
    expect(hit({ status: 'x' }, { properties: { status: 'x' } })).toBe(true);
    expect(hit({ 'event.kind': 'finding.reported' }, {})).toBe(true);
    expect(hit({ 'event.kind': 'x' }, { event: { kind: 'x' } })).toBe(false);
    expect(hit({ event: 'user.login' }, { event: 'user.login' })).toBe(true);
    expect(hit(['needle'], { deep: [{ in: 'a needle' }] })).toBe(true);
  });

  test('a masked field of one source does not bar a rule that never meets it', () => {
    const document = { ...base, logsource: { product: 'other' }, detection: only({ secret: 'x' }) };
    expect(compileRule(document, options).kind).toBe('rule');
  });

  test('a table of fields that cannot be read is refused when it is opened', () => {
    const entry = { logsource: { product: 'x' }, sources: ['x'] };
    expect(() => openLogSources([{ ...entry, names: { a: ['b..c'] } }])).toThrow('not a field');
    expect(() => openLogSources([{ ...entry, when: { 'a|x': 1 } }])).toThrow('"x"');
    expect(() => openLogSources([{ logsource: { product: 'x' } }])).toThrow('names the sources');
  });
});

describe('a filter', () => {
  const filter = {
    title: 'Not the deployer',
    logsource: { product: 'cloud' },
    filter: { rules: [base.id], deployer: { caller: 'bot' }, condition: 'not deployer' },
  };

  test('is ANDed to the rules that it names, with their names of fields', () => {
    const { rules, refusals } = compileAll([filter, base], options);
    expect(refusals).toEqual([]);
    const [made] = rules;
    expect(made?.matches(event('beta', { action: 'key.create', principal: { email: 'ana' } }))).toBe(true);
    expect(made?.matches(event('beta', { action: 'key.create', principal: { email: 'bot' } }))).toBe(false);
    expect(made).toMatchObject({ author: 'Ana Souza' });
  });

  test.each([
    ['names no rule', { ...filter.filter, rules: [] }, 'names the rules'],
    ['has a part that does not compile', { ...filter.filter, deployer: { 'a|x': 1 } }, '"x"'],
    ['has no condition', { rules: ['x'], a: { b: 1 } }, 'condition'],
  ])('that %s is refused', (_name, body, reason) => {
    expect(compileFilter({ ...filter, filter: body })).toMatchObject({
      reason: expect.stringContaining(reason),
    });
  });

  test('that names what is not there, or another kind of log, is refused and changes nothing', () => {
    const stranger = { ...filter, filter: { ...filter.filter, rules: ['nobody'] } };
    const windows = { ...filter, logsource: { product: 'windows' } };
    const { rules, refusals } = compileAll([stranger, base, windows], options);
    expect(refusals).toMatchObject([
      { document: 0, path: ['filter', 'rules', 0], reason: expect.stringContaining('"nobody"') },
      { document: 2, path: ['logsource'], reason: expect.stringContaining('windows') },
    ]);
    expect(rules[0]?.matches(event('beta', { action: 'key.create', principal: { email: 'bot' } }))).toBe(
      true,
    );
  });
});

describe('documents that name each other', () => {
  const correlation = (
    id: string,
    rules: readonly string[],
    more: Readonly<Record<string, unknown>> = {},
  ) => ({
    title: id,
    name: id,
    correlation: {
      type: 'event_count',
      rules,
      'group-by': ['caller'],
      timespan: '1h',
      condition: { gte: 2 },
    },
    ...more,
  });

  test('are linked by id or name, and stand after what they build on', () => {
    const named = { ...base, name: 'made' };
    const { correlations, isSilent, rules, refusals } = compileAll(
      [correlation('outer', ['inner']), correlation('inner', ['made']), named],
      options,
    );
    expect(refusals).toEqual([]);
    expect(correlations.map(({ name }) => name)).toEqual(['inner', 'outer']);
    expect(correlations.map(isSilent)).toEqual([true, false]);
    expect(rules.map(isSilent)).toEqual([true]);
    const speaking = compileAll([correlation('inner', [base.id], { generate: true }), base], options);
    expect(speaking.rules.map(speaking.isSilent)).toEqual([false]);
  });

  test('are refused when they name nobody, themselves in a circle, or share a name', () => {
    const { refusals, correlations } = compileAll([
      correlation('a', ['b']),
      correlation('b', ['a']),
      correlation('c', ['nobody']),
      correlation('d', ['c']),
      { ...base, name: 'c' },
    ]);
    expect(correlations).toEqual([]);
    expect(refusals.map(({ document, reason }) => `${document} ${reason}`)).toEqual([
      '0 it names "b", which cannot be used itself',
      '1 it is based on itself by "a"',
      '2 it names "nobody", which is no rule here',
      '3 it names "c", which cannot be used itself',
      '4 another rule is called "c"',
    ]);
  });
});

describe('a correlation document', () => {
  const body = {
    type: 'value_count',
    rules: ['a', 'b'],
    'group-by': ['user'],
    timespan: '90m',
    condition: { field: 'host', gt: 1, lte: 5 },
  };

  test('is read with its range, timespan, aliases', () => {
    const aliases = { user: { a: 'x.user', b: 'y.user' } };
    const read = compileCorrelation({ title: 'T', generate: true, correlation: { ...body, aliases } });
    expect(read).toMatchObject({
      type: 'value_count',
      timespanMs: 5_400_000,
      condition: [
        { operator: 'gt', value: 1 },
        { operator: 'lte', value: 5 },
      ],
      fields: ['host'],
      isGenerating: true,
    });
    expect(read.kind === 'correlation' && read.aliases.get('user')?.get('b')).toBe('y.user');
  });

  test.each([
    ['a percentile', { type: 'value_percentile' }, 'value_percentile is not supported'],
    ['another type', { type: 'value_median' }, 'must be one of'],
    ['no rules', { rules: [] }, '"rules"'],
    ['a rule twice', { rules: ['a', 'a'] }, 'named twice'],
    ['no group', { 'group-by': undefined }, '"group-by"'],
    ['a field with a gap', { 'group-by': ['a..b'] }, 'around a dot'],
    ['no timespan', { timespan: undefined }, 'timespan is a number'],
    ['a timespan of nothing', { timespan: '0m' }, 'timespan is a number'],
    ['a timespan in months', { timespan: '2M' }, 'timespan is a number'],
    ['a timespan of years', { timespan: '9999d' }, 'longer than'],
    ['no condition', { condition: undefined }, 'is a map'],
    ['a condition in words', { condition: 'a and b' }, 'is a map'],
    ['an unknown operator', { condition: { field: 'x', above: 3 } }, '"above"'],
    ['three limits', { condition: { field: 'x', gt: 1, lt: 9, neq: 5 } }, 'two for a range'],
    ['no limit', { condition: { field: 'x' } }, 'two for a range'],
    ['a limit that is no number', { condition: { field: 'x', gte: 'ten' } }, 'takes a number'],
    ['no field to count', { condition: { gte: 3 } }, '"field"'],
    ['a field where none is counted', { type: 'event_count' }, 'counts no field'],
    ['two fields to add', { type: 'value_sum', condition: { field: ['x', 'y'], gt: 1 } }, 'takes one field'],
    ['an alias that forgets a rule', { aliases: { user: { a: 'x' } } }, 'no field for the rule "b"'],
  ])('with %s is refused', (_name, change, reason) => {
    expect(compileCorrelation({ title: 'T', correlation: { ...body, ...change } })).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('a set of rules', () => {
  const named = (title: string, selection: unknown, more: Readonly<Record<string, unknown>> = {}) =>
    rule(only(selection), { title, ...more });
  const titles = (set: ReturnType<typeof compileRuleSet>, given: { readonly source: string }) =>
    set.match(given).map(({ rule: { title } }) => title);

  test('gives every rule that an event fits, in their order, and asks few', () => {
    const many = Array.from({ length: 200 }, (_, n) =>
      named(`many ${n}`, { service: 'iam', action: `do.${n}` }),
    );
    const set = compileRuleSet([
      ...many,
      named('list', { tags: ['x', 'y'], action: 'do.7' }),
      named('either', [{ action: 'do.7' }, { caller: 'ana' }]),
      named('anything', { 'note|contains': 'key' }),
      named('signin', { action: 'do.7' }, { logsource: { product: 'cloud', service: 'signin' } }),
      named('both kinds', { action: 'do.7' }, { logsource: { product: 'cloud' } }),
    ]);
    const given = event('alpha', {
      kind: 'usersignin',
      app: { name: 'x' },
      service: 'IAM',
      action: 'DO.7',
      tags: ['y', 'x'],
      principal: { email: 'ana' },
    });
    expect(titles(set, given)).toEqual(['many 7', 'list', 'either', 'signin', 'both kinds']);
    expect(set.candidates(given)).toBeLessThan(10);
    expect(titles(set, event('beta', { note: 'a key', action: 'do.8' }))).toEqual(['anything']);
    expect(set.match(event('gamma', { note: 'a key' }))).toEqual([]);
  });

  test('agrees with asking every rule', () => {
    const selections = [
      { a: ['1', '2'] },
      { a: '2', b: 'x*' },
      { 'a|neq': '1' },
      [{ b: 'x' }, { c: null }],
      { 'b|all': ['x', 'y'] },
      ['y'],
    ];
    const rules = selections.map((selection, n) => named(`rule ${n}`, selection));
    const set = compileRuleSet(rules);
    for (const a of ['1', '2', ['1', '2'], undefined]) {
      for (const b of ['x', 'xy', ['x', 'y'], null]) {
        const given = event('beta', { ...(a === undefined ? {} : { a }), b });
        expect(titles(set, given)).toEqual(
          rules.filter((one) => one.matches(given)).map(({ title }) => title),
        );
      }
    }
  });

  test('tells what stands at a field, as the rule names it, masked or not', () => {
    const set = compileRuleSet([named('one', { action: 'x' })]);
    const [match] = set.match(
      event('alpha', { action: 'x', principal: { email: 'ana' }, secret: '[secret:aws #1]' }),
    );
    expect([match?.texts('caller'), match?.texts('secret'), match?.texts('no..name')]).toEqual([
      ['ana'],
      ['[secret:aws #1]'],
      [],
    ]);
  });
});
