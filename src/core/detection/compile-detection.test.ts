import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileDetection, type Detection } from './compile-detection.ts';

function compiled(block: Readonly<Record<string, unknown>>): Detection {
  const result = compileDetection(block);
  if (result.kind === 'error') throw new Error(result.reason);
  return result;
}

function matches(block: Readonly<Record<string, unknown>>, record: unknown): boolean {
  return compiled(block).matches(record);
}

const only = (selection: unknown) => ({ selection, condition: 'selection' });

describe('a detection', () => {
  test.each([
    ['equality without case', { 'a.b': 'Push' }, { a: { b: 'PUSH' } }, true],
    ['a number', { line: 12 }, { line: 12 }, true],
    ['a number that stands as text', { line: 12 }, { line: '12' }, true],
    ['true', { on: true }, { on: true }, true],
    ['another value', { a: 'x' }, { a: 'y' }, false],
    ['a field that is not there', { a: 'x' }, {}, false],
    ['any of a list', { a: ['x', 'y'] }, { a: 'Y' }, true],
    ['every field', { a: 'x', b: 'y' }, { a: 'x', b: 'z' }, false],
    ['contains', { 'a|contains': 'AB' }, { a: 'xaby' }, true],
    ['startswith', { 'a|startswith': 'src/' }, { a: 'src/pay.ts' }, true],
    ['startswith in the middle', { 'a|startswith': 'pay' }, { a: 'src/pay.ts' }, false],
    ['endswith', { 'a|endswith': ['.ts', '.js'] }, { a: 'pay.TS' }, true],
    ['all of a list', { 'a|contains|all': ['x', 'y'] }, { a: 'x-y' }, true],
    ['all of a list, one missing', { 'a|contains|all': ['x', 'z'] }, { a: 'x-y' }, false],
    ['exists', { 'a|exists': true }, { a: null }, true],
    ['exists not', { 'a|exists': false }, { a: 1 }, false],
    ['null for the absent', { a: null }, {}, true],
    ['null for the empty text', { a: null }, { a: '' }, false],
    ['null for an empty list', { a: null }, { a: [] }, true],
    ['null for a null', { a: null }, { a: null }, true],
    ['null for a list with a value', { a: null }, { a: [null, 'x'] }, false],
    ['the empty text', { a: '' }, { a: '' }, true],
    ['the empty text for the absent', { a: '' }, {}, false],
    ['null for a value', { a: null }, { a: 0 }, false],
    ['a star', { a: 'src/*.ts' }, { a: 'src/deep/pay.ts' }, true],
    ['a question mark', { a: 'v?' }, { a: 'v1' }, true],
    ['a question mark for nothing', { a: 'v?' }, { a: 'v' }, false],
    ['a star taken literally', { a: 'a\\*b' }, { a: 'axb' }, false],
    ['a star taken literally, found', { a: 'a\\*b' }, { a: 'a*b' }, true],
    ['a list in the record', { tags: 'x' }, { tags: ['w', 'x'] }, true],
    [
      'a list on the way',
      { 'leads.kind': 'pusher' },
      { leads: [{ kind: 'author' }, { kind: 'pusher' }] },
      true,
    ],
    ['a list of maps, either', [{ a: 'x' }, { b: 'y' }], { b: 'y' }, true],
  ])('%s', (_name, selection, record, expected) => {
    expect(matches(only(selection), record)).toBe(expected);
  });

  const parts = { a: { x: 1 }, b: { y: 1 }, c: { z: 1 }, _hidden: { w: 1 } };
  test.each([
    ['a or b and c', { x: 1 }, true],
    ['(a or b) and c', { x: 1 }, false],
    ['(a or b) and c', { y: 1, z: 1 }, true],
    ['a and not b', { x: 1, y: 1 }, false],
    ['not (a or b)', {}, true],
    ['1 of them', { z: 1 }, true],
    ['all of them', { x: 1, y: 1 }, false],
    ['ALL of them AND NOT c', { x: 1, y: 1, z: 1 }, false],
    ['1 of a* or c', { z: 1 }, true],
    ['1 of _hidden* or a', { w: 1 }, true],
    ['1 of them', { w: 1 }, false],
    ['all of them', { x: 1, y: 1, z: 1 }, true],
    ['not 1 of them', { w: 1 }, true],
    ['not all of them', { x: 1, y: 1 }, true],
    [['a and b', 'c'], { z: 1 }, true],
    [['a and b', 'c'], { x: 1 }, false],
  ])('condition %j over %j', (condition, record, expected) => {
    expect(matches({ ...parts, condition }, record)).toBe(expected);
  });

  test.each([
    ['an unknown modifier', only({ 'a|shout': 'x' }), 'the modifier "shout" is not supported'],
    ['a regular expression without a matcher', only({ 'a|re': 'x+' }), 'regular expressions'],
    ['two modifiers', only({ 'a|contains|re': 'x' }), 'do not go together'],
    ['a modifier after re', only({ 'a|re|contains': 'x' }), 'do not go together'],
    ['null in a list', only({ a: ['x', null] }), 'null may not stand in a list'],
    ['null with a modifier', only({ 'a|contains': null }), 'null goes with no modifier'],
    ['a list in a list', only([['x']]), 'a list in a list'],
    ['true as a word', only(true), 'must be a map'],
    ['a timeframe', { a: { x: 1 }, timeframe: '5m', condition: 'a' }, '"timeframe" is obsolete'],
    ['near', { a: { x: 1 }, b: { x: 2 }, condition: 'a | near b' }, '"| near" in a condition is obsolete'],
    ['an empty list of conditions', { a: { x: 1 }, condition: [] }, 'list of conditions is empty'],
    ['a condition in a list', { a: { x: 1 }, condition: ['a', 3] }, 'one line of text'],
    ['a name with a bracket', { 'a(': { x: 1 }, condition: 'a(' }, 'not a name'],
    ['an empty selection', only({}), 'empty'],
    ['an empty list', only({ a: [] }), 'no value'],
    ['a map as value', only({ a: { b: 1 } }), 'takes text'],
    ['a missing name', { a: { x: 1 }, condition: 'b' }, 'no selection'],
    ['no condition', { a: { x: 1 } }, 'one line of text'],
    ['an open bracket', { a: { x: 1 }, condition: '(a' }, 'not closed'],
    ['a loose bracket', { a: { x: 1 }, condition: 'a)' }, 'does not make sense'],
    ['an end too early', { a: { x: 1 }, condition: 'a and' }, 'too early'],
    [
      'an aggregation',
      { a: { x: 1 }, condition: 'a | count() > 5' },
      '"| count()" in a condition is obsolete',
    ],
    ['a quantity', { a: { x: 1 }, condition: '2 of a*' }, '"2 of"'],
    ['a pattern that fits nothing', { a: { x: 1 }, condition: '1 of b*' }, 'fits no selection'],
    ['brackets without end', { a: { x: 1 }, condition: `${'('.repeat(100)}a${')'.repeat(100)}` }, 'deeper'],
    ['a condition without end', { a: { x: 1 }, condition: 'a or '.repeat(1000) }, 'longer'],
    ['a field with an empty name', only({ 'a..b': 1 }), 'around a dot'],
  ])('%s is refused with a reason, never ignored', (_name, block, reason) => {
    expect(compileDetection(block)).toMatchObject({ kind: 'error', reason: expect.stringContaining(reason) });
  });

  test('a refusal says where in the block it stands', () => {
    const block = { p: { x: 1 }, q: [{ y: 2 }, { 'z|shout': 3 }], condition: 'p or q' };
    expect(compileDetection(block)).toMatchObject({ path: ['q', 1, 'z|shout'] });
    expect(compileDetection({ p: { x: 1 }, condition: ['p', 'r'] })).toMatchObject({
      path: ['condition', 1],
    });
  });

  test('a regular expression uses the matcher that the caller brings', () => {
    const regex = (pattern: string) =>
      pattern === 'bad' ? undefined : (text: string) => text.includes(pattern);
    const good = compileDetection(only({ 'a|re': 'key' }), { regex });
    expect(good.kind === 'ok' && good.matches({ a: 'my key' })).toBe(true);
    expect(compileDetection(only({ 'a|re': 'bad' }), { regex }).kind).toBe('error');
  });

  test('the prototype of a record is never read', () => {
    expect(matches(only({ 'a.constructor|exists': true }), { a: {} })).toBe(false);
    expect(matches(only({ '__proto__|exists': true }), {})).toBe(false);
  });

  test.each([
    [only({ kind: 'Push' }), [{ field: 'kind', value: 'push' }]],
    [
      only({ kind: ['a', 'b'] }),
      [
        { field: 'kind', value: 'a' },
        { field: 'kind', value: 'b' },
      ],
    ],
    [only({ kind: 'a', other: ['b', 'c'] }), [{ field: 'kind', value: 'a' }]],
    [only({ kind: 'a*' }), []],
    [
      { a: { x: 1 }, b: { y: 2 }, condition: 'a or b' },
      [
        { field: 'x', value: '1' },
        { field: 'y', value: '2' },
      ],
    ],
    [{ a: { x: 1 }, b: { 'y|contains': 2 }, condition: 'a or b' }, []],
    [{ a: { x: 1 }, b: { y: 2 }, condition: 'a and not b' }, [{ field: 'x', value: '1' }]],
    [{ a: { x: 1 }, condition: 'not a' }, []],
  ])('equalities that a match cannot do without are offered for an index: %j', (block, expected) => {
    expect(compiled(block).discriminators).toEqual(expected);
  });

  test('what matches always fulfils one of its discriminators', () => {
    const value = fc.constantFrom('a', 'b', 'C', 1);
    const record = fc.record({ x: value, y: value, z: value });
    const selection = fc.dictionary(
      fc.constantFrom('x', 'y', 'z'),
      fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 2 })),
      {
        minKeys: 1,
      },
    );
    const condition = fc.constantFrom(
      'p',
      'p and q',
      'p or q',
      'p and not q',
      'all of them',
      '1 of them',
      'not p',
    );
    fc.assert(
      fc.property(selection, selection, condition, record, (p, q, text, given) => {
        const { matches: test, discriminators } = compiled({ p, q, condition: text });
        if (!test(given) || discriminators.length === 0) return;
        const fulfilled = discriminators.some(({ field, value: wanted }) =>
          Object.entries(given).some(
            ([name, found]) => name === field && String(found).toLowerCase() === wanted,
          ),
        );
        expect(fulfilled).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a pattern of stars against hostile text ends', () => {
    const block = only({ a: `${'*a'.repeat(50)}*b` });
    expect(matches(block, { a: 'a'.repeat(5_000) })).toBe(false);
  });
});
