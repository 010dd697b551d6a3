import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../lib/canonical-json.ts';
import { commit, commitmentOf, commitmentPaths, isCommitment, valueAt } from './commitment.ts';

function salts(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return count.toString(16).padStart(32, '0');
  };
}

test('a commitment is SHA-256 of the canonical JSON of salt and value', () => {
  const salt = '00112233445566778899aabbccddeeff';
  const expected = createHash('sha256').update(`["${salt}","ana@example.org"]`).digest('hex');
  expect(commitmentOf(salt, 'ana@example.org')).toEqual({ '#': expected });
});

test('personal members leave the body, also below lists, and everything else stays', () => {
  const body = {
    actor: { name: 'Ana', type: 'person' },
    candidates: [{ email: 'a@example.org', weight: 1 }, { email: 'b@example.org', weight: 2 }, { weight: 3 }],
    text: 'I did it',
    none: null,
  };
  const result = commit(
    body,
    ['/actor/name', '/candidates/*/email', '/text', '/none', '/absent/x', '/text'],
    salts(),
  );
  expect(result.private.map(({ path, value }) => [path, value])).toEqual([
    ['/actor/name', 'Ana'],
    ['/candidates/0/email', 'a@example.org'],
    ['/candidates/1/email', 'b@example.org'],
    ['/text', 'I did it'],
  ]);
  expect(new Set(result.private.map(({ salt }) => salt)).size).toBe(4);
  expect(canonicalJson(result.body)).not.toMatch(/Ana|example|did it/u);
  expect(valueAt(result.body, '/actor/type')).toBe('person');
  expect(commitmentPaths(result.body)).toHaveLength(4);
});

test('equal values have different commitments, so that nobody can tell them equal', () => {
  const { body } = commit({ a: 'Ana', b: 'Ana' }, ['/a', '/b'], salts());
  expect(valueAt(body, '/a')).not.toEqual(valueAt(body, '/b'));
});

test('a whole object can be personal; a path into it then finds nothing more', () => {
  const result = commit({ actor: { name: 'Ana' } }, ['/actor', '/actor/name'], salts());
  expect(result.private).toHaveLength(1);
  expect(result.private[0]?.value).toEqual({ name: 'Ana' });
});

test('names with slashes and tildes are found by their escaped pointers', () => {
  const result = commit({ 'a/b': { '~c': 'Ana' } }, ['/a~1b/~0c'], salts());
  expect(result.private[0]).toMatchObject({ path: '/a~1b/~0c', value: 'Ana' });
  expect(isCommitment(valueAt(result.body, '/a~1b/~0c'))).toBe(true);
});

test("an event's own data never passes for a commitment", () => {
  const result = commit({ record: { '#': 'f'.repeat(64) } }, [], salts());
  expect(commitmentPaths(result.body)).toEqual([]);
  expect(result.body).toEqual({ record: { '##': 'f'.repeat(64) } });
});

test('whatever stands in a body becomes what canonical JSON can say and a database can store', () => {
  expect(
    commit({ a: '\ud800x\0', '\0': Number.POSITIVE_INFINITY, b: [Number.NaN] }, [], salts()).body,
  ).toEqual({
    a: '\ufffdx\ufffd',
    '\ufffd': null,
    b: [null],
  });
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false })),
      (raw) => {
        const body: { readonly [name: string]: JsonValue } = JSON.parse(JSON.stringify(raw));
        const once = commit(body, [], salts()).body;
        expect(JSON.parse(canonicalJson(once))).toEqual(once);
        expect(JSON.stringify(once)).not.toContain('\\u0000');
      },
    ),
  );
});
