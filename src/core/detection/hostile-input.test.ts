import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileDetection } from './compile-detection.ts';
import { anyDash, anyOne, anyRun, matchGlob, type PatternPart } from './pattern.ts';
import { subjectOfEvent } from './subject.ts';

const regex = (pattern: string) => (text: string) => text.includes(pattern);
const placeholders = { some: ['a', 'b*'] };

const modifier = fc.constantFrom(
  ...[
    'contains',
    'startswith',
    'endswith',
    'all',
    're',
    'i',
    'm',
    's',
    'cidr',
    'base64',
    'base64offset',
    'wide',
  ],
  ...[
    'utf16',
    'utf16le',
    'utf16be',
    'windash',
    'exists',
    'lt',
    'lte',
    'gt',
    'gte',
    'neq',
    'cased',
    'fieldref',
  ],
  ...['expand', 'minute', 'hour', 'day', 'week', 'month', 'year', '', 'nonsense', '__proto__'],
);
const name = fc.constantFrom(
  'a',
  'b',
  'a.b',
  'A',
  '__proto__',
  'constructor.name',
  'event.a',
  '',
  'a..b',
  'toString',
);
const key = fc
  .tuple(name, fc.array(modifier, { maxLength: 3 }))
  .map(([field, modifiers]) => [field, ...modifiers].join('|'));
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '*',
    '?',
    '\\',
    '\\*',
    '%some%',
    '%none%',
    '10.0.0.0/8',
    '::1',
    '-/-',
    '[]',
    '"a":1',
    '(',
    'a{9999}',
  ),
  fc.array(fc.constantFrom('*', '?', '\\', 'a', '-', '%'), { maxLength: 12 }).map((parts) => parts.join('')),
);
const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.anything());
const selection = fc.oneof(
  fc.dictionary(key, value, { maxKeys: 3 }),
  fc.array(fc.oneof(scalar, fc.dictionary(key, value, { maxKeys: 2 })), { maxLength: 3 }),
  fc.anything(),
);
const condition = fc.oneof(
  fc
    .array(
      fc.constantFrom('p', 'q', 'and', 'or', 'not', '(', ')', '1 of', 'all of', 'them', 'p*', '|', 'count()'),
      {
        maxLength: 8,
      },
    )
    .map((words) => words.join(' ')),
  fc.constantFrom('p', 'q', 'p and q', 'p or not q', '1 of them', 'all of them'),
  fc.anything(),
);
const record = fc.oneof(
  fc.dictionary(fc.constantFrom('a', 'b', 'A', 'event', 'record', 'a.b'), fc.oneof(scalar, fc.anything()), {
    maxKeys: 4,
  }),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
);

describe('whatever a rule and an event hold', () => {
  test('compiling answers, and what compiles decides every record', () => {
    fc.assert(
      fc.property(selection, selection, condition, record, (p, q, text, given) => {
        const compiled = compileDetection({ p, q, condition: text }, { regex, placeholders });
        if (compiled.kind === 'error') {
          expect(compiled.reason).not.toBe('');
          return;
        }
        expect(typeof compiled.matches(given)).toBe('boolean');
        expect(typeof compiled.test(subjectOfEvent(given))).toBe('boolean');
      }),
      { numRuns: 3000 },
    );
  });

  test('each modifier alone with each value answers', () => {
    fc.assert(
      fc.property(key, value, record, (field, wanted, given) => {
        const compiled = compileDetection(
          { p: { [field]: wanted }, condition: 'p' },
          { regex, placeholders },
        );
        if (compiled.kind === 'ok') expect(typeof compiled.matches(given)).toBe('boolean');
      }),
      { numRuns: 3000 },
    );
  });

  test('depth ends nothing: a record of a hundred thousand lists is decided', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep };
    for (const block of [
      { p: { a: 'x' }, condition: 'p' },
      { p: { 'a|contains': '"x' }, condition: 'p' },
      { p: ['x'], condition: 'p' },
      { p: { 'a.a.a|exists': true }, condition: 'p' },
    ]) {
      const compiled = compileDetection(block);
      expect(compiled.kind === 'ok' && typeof compiled.matches({ a: deep })).toBe('boolean');
    }
  });

  test('a record that holds itself is decided', () => {
    const record: Record<string, unknown> = { a: 'x' };
    record.self = record;
    const compiled = compileDetection({ p: ['y'], condition: 'p' });
    expect(compiled.kind === 'ok' && compiled.matches(record)).toBe(false);
  });

  test('wildcards take at most (length of the text + 1) × length of the pattern steps', () => {
    const part = fc.constantFrom<PatternPart>('a', 'b', anyRun, anyOne, anyDash);
    const bound = (parts: readonly PatternPart[], length: number) => (length + 1) * (parts.length + 1);
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.constantFrom('a', 'b', '-'), { maxLength: 60 }),
        (parts, characters) => {
          expect(matchGlob(parts, characters).steps).toBeLessThanOrEqual(bound(parts, characters.length));
        },
      ),
    );
    const hard = Array.from({ length: 50 }, (): readonly PatternPart[] => [anyRun, 'a']).flat();
    const characters = [...'a'.repeat(20_000)];
    const { isMatch, steps } = matchGlob([...hard, 'b'], characters);
    expect(isMatch).toBe(false);
    expect(steps).toBeLessThanOrEqual(bound(hard, characters.length));
  });

  test('wildcards decide as a regular expression of the same meaning', () => {
    const escaped = fc.constantFrom('a', 'b', '*', '?', '\\*', '\\?', '\\\\', '-', '.');
    fc.assert(
      fc.property(
        fc.array(escaped, { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', '*', '?', '\\', '-', '.')),
        (pieces, characters) => {
          const source = pieces
            .map((piece) =>
              piece === '*'
                ? '.*'
                : piece === '?'
                  ? '.'
                  : piece.replace(/^\\(?=.)/u, '').replace(/[.*?\\]/u, '\\$&'),
            )
            .join('');
          const compiled = compileDetection({ p: { a: pieces.join('') }, condition: 'p' });
          const a = characters.join('');
          const wanted = new RegExp(`^(?:${source})$`, 'su').test(a);
          expect(compiled.kind === 'ok' && compiled.matches({ a })).toBe(wanted);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
