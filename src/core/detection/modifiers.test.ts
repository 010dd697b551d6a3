import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileDetection } from './compile-detection.ts';
import type { DetectionOptions } from './field-test.ts';

// The real matcher of the installation runs in linear time; its interface is what counts here.
const regex = (pattern: string) => {
  const flags = /^\(\?([ims]+)\)/u.exec(pattern);
  try {
    const compiled = new RegExp(pattern.slice(flags?.[0].length ?? 0), flags?.[1] ?? '');
    return (text: string) => compiled.test(text);
  } catch {
    return undefined;
  }
};

function compile(selection: unknown, options: DetectionOptions = {}) {
  return compileDetection({ selection, condition: 'selection' }, { regex, ...options });
}

function matches(selection: unknown, record: unknown, options: DetectionOptions = {}): boolean {
  const compiled = compile(selection, options);
  if (compiled.kind === 'error') throw new Error(compiled.reason);
  return compiled.matches(record);
}

function reasonOf(selection: unknown, options: DetectionOptions = {}): string {
  const compiled = compile(selection, options);
  return compiled.kind === 'error' ? compiled.reason : '';
}

describe('escapes and wildcards', () => {
  // As they stand in a YAML text in single quotes: nothing but the pattern itself takes a backslash away.
  test.each([
    [String.raw`C:\Windows\*`, String.raw`C:\Windows*`, true],
    [String.raw`C:\Windows\*`, String.raw`C:\Windows\System32`, false],
    [String.raw`C:\Windows\\*`, String.raw`C:\Windows\System32`, true],
    [String.raw`C:\Windows\\*`, String.raw`C:\Windows*`, false],
    [String.raw`a\\\*b`, String.raw`a\*b`, true],
    [String.raw`a\\\*b`, String.raw`a\xb`, false],
    [String.raw`a\?b`, 'a?b', true],
    [String.raw`a\?b`, 'axb', false],
    [String.raw`a\b`, String.raw`a\b`, true],
    [String.raw`a\\b`, String.raw`a\b`, true],
    [String.raw`\\\\server`, String.raw`\\server`, true],
    [String.raw`\\\server`, String.raw`\\server`, true],
    [String.raw`\\server`, String.raw`\server`, true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a😀c', true],
    ['*', '', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['a*a?', 'abab', true],
    ['*a?c*', '--abc--', true],
    ['?', '', false],
  ])('%s against %s', (pattern, text, expected) => {
    expect(matches({ a: pattern }, { a: text })).toBe(expected);
  });

  test.each([
    [
      'a backslash at the end does not swallow what startswith adds',
      { 'a|startswith': 'C:\\Temp\\' },
      'c:\\temp\\x',
    ],
    ['nor what contains adds', { 'a|contains': '\\Temp\\' }, 'c:\\temp\\x'],
    ['nor the one before endswith', { 'a|endswith': '\\cmd.exe' }, 'c:\\CMD.exe'],
    ['wildcards stand in a part, too', { 'a|contains': 'b*d' }, 'abcde'],
    ['and with startswith', { 'a|startswith': 'a?c' }, 'abcde'],
    ['and with endswith', { 'a|endswith': 'c?e' }, 'abcde'],
    ['an escaped wildcard stays one', { 'a|contains': '/\\?' }, 'help /?'],
  ])('%s', (_name, selection, text) => {
    expect(matches(selection, { a: text })).toBe(true);
    expect(matches(selection, { a: 'something else' })).toBe(false);
  });
});

describe('modifiers, both ways', () => {
  test.each([
    ['contains', { 'a|contains': 'BC' }, { a: 'abcd' }, { a: 'acbd' }],
    ['startswith', { 'a|startswith': 'ab' }, { a: 'ABc' }, { a: 'cab' }],
    ['endswith', { 'a|endswith': 'bc' }, { a: 'ABC' }, { a: 'bca' }],
    ['all', { 'a|contains|all': ['x', 'y'] }, { a: 'y x' }, { a: 'x' }],
    ['all, over the members of a list', { 'a|all': ['x', 'y'] }, { a: ['y', 'x'] }, { a: ['x', 'z'] }],
    ['cased', { 'a|cased': 'Push' }, { a: 'Push' }, { a: 'push' }],
    ['contains and cased', { 'a|contains|cased': 'aB' }, { a: 'xaBx' }, { a: 'xabx' }],
    ['a list and cased', { 'a|cased': ['A', 'B', 'C', 'D'] }, { a: 'D' }, { a: 'd' }],
    ['neq with text', { 'a|neq': 'x' }, { a: 'y' }, { a: 'X' }],
    ['neq with a list: different from all', { 'a|neq': ['x', 'y'] }, { a: 'z' }, { a: 'y' }],
    ['neq with a number', { 'a|neq': 7 }, { a: '8' }, { a: '7' }],
    ['neq needs a value to be different', { 'a|neq': 'x' }, { a: '' }, {}],
    ['neq and startswith', { 'a|startswith|neq': 'x' }, { a: 'yx' }, { a: 'xy' }],
    ['exists', { 'a|exists': true }, { a: '' }, { b: 1 }],
    ['exists, null counts', { 'a|exists': true }, { a: null }, {}],
    ['exists, an empty list counts', { 'a|exists': true }, { a: [] }, {}],
    ['exists not', { 'a|exists': false }, {}, { a: 0 }],
    ['lt', { 'a|lt': 5 }, { a: 4 }, { a: 5 }],
    ['lte', { 'a|lte': 5 }, { a: '5' }, { a: 5.1 }],
    ['gt', { 'a|gt': 5 }, { a: '5.5' }, { a: 5 }],
    ['gte', { 'a|gte': -5 }, { a: -5 }, { a: -6 }],
    ['an order of numbers, not of texts', { 'a|gt': 9 }, { a: '10' }, { a: 'many' }],
    ['re is case-sensitive', { 'a|re': '^ab+c$' }, { a: 'abbc' }, { a: 'ABBC' }],
    ['re and i', { 'a|re|i': '^ab+c$' }, { a: 'ABBC' }, { a: 'xABBC' }],
    ['re and m', { 'a|re|m': '^b$' }, { a: 'a\nb' }, { a: 'a\nbc' }],
    ['re and s', { 'a|re|s': 'a.b' }, { a: 'a\nb' }, { a: 'ab' }],
    ['re without s', { 'a|re': 'a.b' }, { a: 'axb' }, { a: 'a\nb' }],
    ['re, i, m and s', { 'a|re|i|m|s': '^A.B$' }, { a: 'x\na\nb' }, { a: 'x a\nb' }],
    ['re with a list', { 'a|re': ['^x', '^y'] }, { a: 'yz' }, { a: 'zy' }],
    ['re on a number', { 'a|re': '^4\\d$' }, { a: 42 }, { a: 52 }],
    ['cidr', { 'a|cidr': '10.0.0.0/8' }, { a: '10.1.2.3' }, { a: '11.1.2.3' }],
    ['cidr of IPv6', { 'a|cidr': 'fe80::/10' }, { a: 'FE80::1' }, { a: 'fec0::1' }],
    ['cidr with a list', { 'a|cidr': ['::1/128', '127.0.0.0/8'] }, { a: '::1' }, { a: '::2' }],
    ['base64', { 'a|base64|contains': 'foo' }, { a: 'x Zm9v y' }, { a: 'foo' }],
    ['base64 of the whole', { 'a|base64': '/bin/sh' }, { a: 'L2Jpbi9zaA==' }, { a: 'L2Jpbi9za' }],
    ['base64offset', { 'a|base64offset|contains': '/bin/sh' }, { a: 'eHgvYmluL3No' }, { a: '/bin/sh' }],
    ['wide', { 'a|wide|contains': 'ab' }, { a: 'xa\0b\0' }, { a: 'ab' }],
    ['utf16le', { 'a|utf16le|contains': 'ab' }, { a: 'xa\0b\0' }, { a: '\0a\0b' }],
    ['utf16be', { 'a|utf16be|startswith': 'ab' }, { a: '\0a\0bx' }, { a: 'a\0b\0x' }],
    ['utf16', { 'a|utf16|startswith': 'a' }, { a: '\u00ff\u00fea\0' }, { a: 'a\0' }],
    ['wide and base64', { 'a|wide|base64|contains': 'cmd' }, { a: 'YwBtAGQA' }, { a: 'Y21k' }],
    ['windash', { 'a|windash|contains': ' -R ' }, { a: 'ssh /r x' }, { a: 'ssh R x' }],
    ['windash behind', { 'a|endswith|windash': '/f' }, { a: 'x \u2014F' }, { a: 'x +f' }],
    ['windash and all', { 'a|contains|windash|all': ['-a', '-b'] }, { a: '/a \u2013b' }, { a: '/a b' }],
    ['fieldref', { 'a|fieldref': 'b.c' }, { a: 'X', b: { c: 'x' } }, { a: 'x', b: { c: 'y' } }],
    ['fieldref finds nothing in nothing', { 'a|fieldref': 'b' }, { a: '', b: '' }, {}],
    ['fieldref and neq', { 'a|fieldref|neq': 'b' }, { a: 'x', b: 'y' }, { a: 'x', b: 'x' }],
    ['fieldref and cased', { 'a|fieldref|cased': 'b' }, { a: 'x', b: 'x' }, { a: 'X', b: 'x' }],
    [
      'fieldref and endswith',
      { 'a|fieldref|endswith': 'b' },
      { a: 'arn/ana', b: 'ana' },
      { a: 'ana/x', b: 'ana' },
    ],
    [
      'fieldref and startswith',
      { 'a|startswith|fieldref': 'b' },
      { a: 'ana/x', b: 'ana' },
      { a: 'arn/ana', b: 'ana' },
    ],
    [
      'fieldref and contains',
      { 'a|contains|fieldref': 'b' },
      { a: '[ana]', b: 'Ana' },
      { a: '[bob]', b: 'Ana' },
    ],
    ['minute', { 'a|minute': 5 }, { a: '2025-03-04T01:05:00Z' }, { a: '2025-03-04T05:06:00Z' }],
    ['hour', { 'a|hour': 23 }, { a: '2025-03-04 23:59:59.1' }, { a: '2025-03-04' }],
    [
      'hour keeps the zone as written',
      { 'a|hour': 1 },
      { a: '2025-03-04T01:05:00+09:00' },
      { a: '2025-03-03T16:05:00Z' },
    ],
    ['day', { 'a|day': 4 }, { a: '2025-03-04' }, { a: '2025-04-03' }],
    ['week', { 'a|week': 1 }, { a: '2024-12-30' }, { a: '2024-12-29' }],
    ['month', { 'a|month': [3, 4] }, { a: '2025-04-30T00:00' }, { a: '2025-05-01T00:00' }],
    ['year', { 'a|year': 2025 }, { a: '2025-01-01' }, { a: 'in 2025' }],
    [
      'a part of a date and an order',
      { 'a|hour|gte': 20 },
      { a: '2025-03-04T20:00Z' },
      { a: '2025-03-04T19:59Z' },
    ],
    [
      'an order of a part of a date',
      { 'a|lt|hour': 6 },
      { a: '2025-03-04T05:00Z' },
      { a: '2025-03-04T06:00Z' },
    ],
    ['a part of an epoch time', { 'a|year': 2021 }, { a: 1_621_305_118_553 }, { a: 1_721_305_118 }],
    ['a part of epoch seconds', { 'a|year': 2024 }, { a: 1_721_305_118 }, { a: '1621305118553' }],
  ])('%s', (_name, selection, hit, miss) => {
    expect(matches(selection, hit)).toBe(true);
    expect(matches(selection, miss)).toBe(false);
  });

  test('expand fills placeholders, and a backslash keeps a percent sign', () => {
    const placeholders = { admins: ['ana', 'bo*'], team: ['red', 'blue'] };
    const some = (selection: unknown, a: string) => matches(selection, { a }, { placeholders });
    expect(some({ 'a|expand': '%admins%' }, 'Bob')).toBe(true);
    expect(some({ 'a|expand': '%admins%' }, 'eve')).toBe(false);
    expect(some({ 'a|contains|expand': '%admins%@' }, 'x-ana@example.com')).toBe(true);
    expect(some({ 'a|expand|endswith': '%admins%-%team%' }, 'x ana-blue')).toBe(true);
    expect(some({ 'a|expand': '\\%admins%team%' }, '%adminsred')).toBe(true);
    expect(some({ 'a|re|expand': '^%team%$' }, 'red')).toBe(true);
    expect(some({ a: '%admins%' }, '%admins%')).toBe(true);
    expect(some({ a: '%admins%' }, 'ana')).toBe(false);
  });

  test.each([
    ['expand without values', { 'a|expand': '%admins%' }, 'placeholder %admins%'],
    ['base64offset without contains', { 'a|base64offset': '/bin/sh' }, '"contains" must follow'],
    ['base64offset of next to nothing', { 'a|base64offset|contains': 'a' }, 'too short'],
    ['base64 with a wildcard', { 'a|base64': 'a*' }, 'wildcards'],
    ['base64 after contains', { 'a|contains|base64': 'a' }, 'must stand before contains'],
    ['wide with a wildcard', { 'a|wide|contains': 'a?b' }, 'wildcards'],
    ['wide twice', { 'a|wide|utf16be': 'a' }, 'UTF-16 of UTF-16'],
    ['cidr of no range', { 'a|cidr': 'example.com' }, 'not a range'],
    ['cidr of an impossible range', { 'a|cidr': '10.0.0.0/33' }, 'not a range'],
    ['cidr of a number', { 'a|cidr': 10 }, 'takes text'],
    ['i without re', { 'a|i': 'x' }, 'only stands after "re"'],
    ['an order of text', { 'a|gt': 'x' }, 'takes numbers'],
    ['an order and neq', { 'a|gt|neq': 1 }, 'do not go together'],
    ['two orders', { 'a|gt|lt': 1 }, 'do not go together'],
    ['exists with text', { 'a|exists': 'yes' }, 'true or false'],
    ['exists with two', { 'a|exists': [true, false] }, 'once'],
    ['all and neq', { 'a|all|neq': ['x', 'y'] }, 'do not go together'],
    ['an hour that no clock shows', { 'a|hour': 24 }, 'from 0 to 23'],
    ['half an hour', { 'a|hour': 1.5 }, 'whole numbers'],
    ['an hour as text', { 'a|hour': 'noon' }, 'takes numbers'],
    ['a pattern that is none', { 'a|re': '(' }, 'regular expression'],
    ['exists of words', { '|exists': true }, 'do not go together'],
    ['an order of words', { '|gt': 1 }, 'do not go together'],
  ])('%s is refused', (_name, selection, reason) => {
    expect(reasonOf(selection)).toContain(reason);
  });

  test('base64offset gives the three vectors of the specification', () => {
    for (const text of ['L2Jpbi9za', '9iaW4vc2', 'vYmluL3No']) {
      expect(matches({ 'a|base64offset|contains': '/bin/sh' }, { a: `xx${text}yy` })).toBe(true);
    }
  });

  test('base64offset finds a text wherever it stands in an encoded one', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, unit: 'binary' }),
        fc.string(),
        fc.string(),
        (text, before, after) => {
          const wanted = text.replace(/[*?\\]/gu, '.');
          const a = Buffer.from(before + wanted + after).toString('base64');
          // Halves of a character are replaced when a text becomes bytes, so that they are not what was written.
          fc.pre((before + wanted + after).isWellFormed() && wanted.isWellFormed());
          expect(matches({ 'a|cased|base64offset|contains': wanted }, { a })).toBe(true);
        },
      ),
    );
  });

  test('windash stands for all forms of all dashes: 25 for two of them', () => {
    const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];
    const forms = dashes.flatMap((one) => dashes.map((other) => `x ${one}a ${other}b`));
    expect(forms.every((a) => matches({ 'a|windash|contains': ' -a /b' }, { a }))).toBe(true);
    expect(matches({ 'a|windash|contains': ' -a /b' }, { a: 'x _a -b' })).toBe(false);
  });
});

describe('values and fields', () => {
  test.each([
    ['a number of the rule, as text', { a: 4625 }, { a: '4625' }, { a: '46250' }],
    ['a number as text of the rule', { a: '4625' }, { a: 4625 }, { a: 462 }],
    ['true', { a: true }, { a: 'True' }, { a: 1 }],
    ["'true' against true", { a: 'true' }, { a: true }, { a: false }],
    [
      'names without case',
      { 'requestParameters.USERNAME': 'x' },
      { requestparameters: { userName: 'X' } },
      { requestParameters: {} },
    ],
    ['a name with dots as one key', { 'proc.name': 'sh' }, { 'proc.name': 'sh' }, { proc: 'sh' }],
    [
      'a key with dots below another',
      { 'labels.app.io/name': 'x' },
      { labels: { 'app.io/name': 'x' } },
      { labels: {} },
    ],
    [
      'any element of a list',
      { 'target.displayName|contains': 'svc' },
      { target: [{ displayName: 'a' }, { displayName: 'svc_b' }] },
      { target: [] },
    ],
    ['any element of lists in lists', { a: 'x' }, { a: [['y'], ['x']] }, { a: [['y']] }],
    [
      'contains in a map',
      { 'requestParameters|contains': 'Suspended' },
      { requestParameters: { v: { Status: 'suspended' } } },
      { requestParameters: { v: {} } },
    ],
    [
      'contains in a list of maps',
      { 'parameters|contains|all': ['ForwardTo', 'eve@'] },
      { parameters: [{ Name: 'ForwardTo', Value: 'eve@example.com' }] },
      { parameters: [{ Name: 'ForwardTo' }] },
    ],
    ['a list as JSON', { a: '[]' }, { a: [] }, { a: ['x'] }],
    [
      'a map as JSON',
      { 'a|contains': '"displayName":"UserType","old":"[\\"Guest\\"]"' },
      { a: { displayName: 'UserType', old: '["Guest"]' } },
      { a: { displayName: 'UserType' } },
    ],
    [
      'any map at all',
      { capabilities: '*' },
      { capabilities: { add: ['SYS_ADMIN'] } },
      { capabilities: null },
    ],
  ])('%s', (_name, selection, hit, miss) => {
    expect(matches(selection, hit)).toBe(true);
    expect(matches(selection, miss)).toBe(false);
  });

  test.each([
    ['words anywhere, any of them', ['evil', 'x*y'], { a: { b: ['some EVIL thing'] } }, { a: 'good' }],
    ['a word with a wildcard', ['x*y'], { a: '-x1y-' }, { a: 'y1x' }],
    ['a word in a name', ['secretname'], { a: { secretName: 1 } }, { a: 1 }],
    ['a number as word', [4104], { a: { id: 4104 } }, { a: 41 }],
    ['one word', 'evil', { a: 'evil' }, { a: 'live' }],
    ['all words', { '|all': ['grep', 'password'] }, { a0: 'grep', a1: 'PASSWORD' }, { a0: 'grep' }],
    ['a word by pattern', { '|re': '^s[a-z]{2}$' }, { a: ['ssh'] }, { a: 'ssh2' }],
    ['a word with its case', { '|cased': ['Evil'] }, { a: 'Evil' }, { a: 'evil' }],
    ['words and maps in one list', ['evil', { b: 1 }], { b: '1' }, { b: 2 }],
    ['a word with quotes', ['"role":"admin"'], { a: { role: 'admin' } }, { a: ['role', 'admin'] }],
    [
      'a word in quotes within a text',
      [' -Confirm "False"'],
      { a: 'x -Confirm "false"' },
      { a: 'x -Confirm False' },
    ],
  ])('%s', (_name, selection, hit, miss) => {
    expect(matches(selection, hit)).toBe(true);
    expect(matches(selection, miss)).toBe(false);
  });
});
