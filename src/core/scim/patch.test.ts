import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonDict, type JsonDict } from './attribute.ts';
import { parseScimFilter } from './filter.ts';
import { applyPatch, patchSchema } from './patch.ts';
import { enterpriseSchemaId, userSchema } from './resource.ts';

const user: JsonDict = {
  userName: 'ana@example.com',
  active: true,
  name: { givenName: 'Ana', familyName: 'Costa' },
  emails: [
    { type: 'work', value: 'ana@example.com', primary: true },
    { type: 'home', value: 'ana@home.example' },
  ],
  [enterpriseSchemaId]: { department: 'Payments', employeeNumber: '7' },
};

function patch(operations: unknown, resource: JsonDict = user) {
  const { Operations } = patchSchema.parse({ Operations: operations });
  return applyPatch(resource, Operations);
}
function patched(operations: unknown, resource?: JsonDict): JsonDict {
  const result = patch(operations, resource);
  if (result.kind === 'refused') throw new Error(result.scimType);
  return result.resource;
}

test('a person who left is said in each of the ways that providers have', () => {
  for (const operation of [
    { op: 'replace', path: 'active', value: false },
    { op: 'Replace', path: 'active', value: 'False' },
    { op: 'replace', value: { active: false } },
    { op: 'Add', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false },
  ]) {
    expect(userSchema.parse(patched([operation])).active).toBe(false);
  }
});

test('a sub-attribute, one of several values and the extension change alone', () => {
  const result = patched([
    { op: 'replace', path: 'name.familyName', value: 'Silva' },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'ana.silva@example.com' },
    { op: 'replace', path: `${enterpriseSchemaId}:manager`, value: 'm-1' },
    { op: 'add', value: { [`${enterpriseSchemaId}:department`]: 'Search', 'name.givenName': 'Anna' } },
  ]);
  expect(userSchema.parse(result)).toMatchObject({
    name: { givenName: 'Anna', familyName: 'Silva' },
    emails: [
      { type: 'work', value: 'ana.silva@example.com', primary: true },
      { type: 'home', value: 'ana@home.example' },
    ],
    [enterpriseSchemaId]: { department: 'Search', employeeNumber: '7', manager: { value: 'm-1' } },
  });
});

test('an address of a type that is not there yet is added', () => {
  const { emails } = userSchema.parse(
    patched([{ op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.com' }], {
      userName: 'a',
    }),
  );
  expect(emails).toEqual([{ type: 'work', value: 'a@example.com' }]);
});

test('members come and go, by filter and by value', () => {
  const group: JsonDict = { displayName: 'g', members: [{ value: '1' }, { value: '2' }, { value: '3' }] };
  const result = patched(
    [
      { op: 'add', path: 'members', value: [{ value: '2' }, { value: '4' }] },
      { op: 'remove', path: 'members[value eq "1"]' },
      { op: 'remove', path: 'members', value: [{ value: '3' }] },
    ],
    group,
  );
  expect(result.members).toEqual([{ value: '2' }, { value: '4' }]);
  expect(patched([{ op: 'remove', path: 'members' }], group)).toEqual({ displayName: 'g' });
  expect(patched([{ op: 'replace', path: 'members', value: [] }], group).members).toEqual([]);
});

test('one request never costs the square of its size', () => {
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`a${index}`, 1]));
  expect(patch([{ op: 'add', value: many }])).toEqual({ kind: 'refused', scimType: 'tooMany' });
  const group: JsonDict = {
    displayName: 'g',
    members: Array.from({ length: 100_000 }, (_, index) => ({ value: `m${index}` })),
  };
  const each = Array.from({ length: 1_000 }, (_, index) => ({
    op: 'add',
    path: 'members',
    value: [{ value: `n${index}` }],
  }));
  // As identity providers send it: each member by itself.
  expect(patched(each, group).members).toHaveLength(101_000);
  const apart = each.map((_, index) => ({ op: 'remove', path: `members[value eq "m${index}"]` }));
  expect(patch(apart, group)).toEqual({ kind: 'refused', scimType: 'tooMany' });
  expect(patched(apart.slice(0, 20), group).members).toHaveLength(99_980);
});

test('null and removal take a value away', () => {
  expect(
    patched([{ op: 'replace', path: 'displayName', value: null }], { userName: 'a', displayName: 'A' }),
  ).toEqual({
    userName: 'a',
  });
  expect(patched([{ op: 'remove', path: `${enterpriseSchemaId}:department` }])[enterpriseSchemaId]).toEqual({
    employeeNumber: '7',
  });
});

test('what is not understood is refused whole, with the reason that SCIM has for it', () => {
  const good = { op: 'replace', path: 'active', value: false };
  expect(patch([good, { op: 'replace', path: 'emails[type sw "w"].value', value: 'x' }])).toEqual({
    kind: 'refused',
    scimType: 'invalidFilter',
  });
  expect(patch([good, { op: 'replace', path: 'a b', value: 'x' }])).toMatchObject({
    scimType: 'invalidPath',
  });
  expect(patch([{ op: 'remove' }])).toMatchObject({ scimType: 'noTarget' });
  expect(patch([{ op: 'add', path: '__proto__', value: { polluted: true } }])).toMatchObject({
    kind: 'refused',
  });
  expect(patch([{ op: 'add', value: { 'constructor.prototype': 1 } }])).toMatchObject({ kind: 'refused' });
});

test('a password and everything else that is not read is left out', () => {
  const parsed = userSchema.parse({
    userName: 'a',
    PASSWORD: 'x',
    password: 'y',
    x: { y: 1 },
    Active: 'TRUE',
    title: null,
  });
  expect(parsed).toEqual({ userName: 'a', active: true });
});

test('operations of any shape give a resource or a refusal, and change nothing else', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'active',
      'emails',
      'members',
      '__proto__',
      `${enterpriseSchemaId}:manager`,
      'emails[type eq "work"].value',
    ),
    fc.string({ maxLength: 40 }),
  );
  const operation = fc.record(
    { op: fc.constantFrom('add', 'Replace', 'remove'), path: name, value: fc.jsonValue({ maxDepth: 3 }) },
    { requiredKeys: ['op'] },
  );
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 6 }), (operations) => {
      const before = JSON.stringify(user);
      const result = patch(operations);
      expect(result.kind === 'refused' || isJsonDict(result.resource)).toBe(true);
      expect(JSON.stringify(user)).toBe(before);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('a filter is one comparison, and nothing else is guessed', () => {
  expect(parseScimFilter('userName eq "ana@example.com"')).toEqual({
    attribute: 'userName',
    value: 'ana@example.com',
  });
  expect(parseScimFilter('USERNAME Eq "a\\"b"')).toEqual({ attribute: 'userName', value: 'a"b' });
  expect(parseScimFilter('urn:ietf:params:scim:schemas:core:2.0:User:externalId eq "7"')).toEqual({
    attribute: 'externalId',
    value: '7',
  });
  for (const text of [
    '',
    'userName',
    'userName sw "a"',
    'userName eq a',
    'userName eq "a" or id eq "b"',
    'title eq "x"',
  ])
    expect(parseScimFilter(text)).toBeUndefined();
});
