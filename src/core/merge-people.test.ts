import { expect, test } from 'vitest';
import { mergePeople, type PeopleOf } from './merge-people.ts';
import type { Person } from './owner.ts';

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id,
  emails: [],
  accounts: [],
  isActive: true,
  isDuty: false,
  ...more,
});
const from = (directory: string, persons: readonly Person[], teams: PeopleOf['teams'] = []): PeopleOf => ({
  directory,
  persons,
  teams,
});
const github = (name: string) => ({ system: 'github', name });

test('entries that share an address or an account are one person, found under every id', () => {
  const { people, conflicts } = mergePeople([
    from('file', [
      person('ana', { emails: ['ana@example.com'], accounts: [github('octo-ana')], team: 'pay' }),
    ]),
    from('export', [
      person('x:1', { name: 'Costa, Ana', emails: ['ANA@example.com'], manager: 'x:2', team: 'x:t' }),
      person('x:2', { emails: ['mia@example.com'] }),
    ]),
    from('teams', [person('y:1', { accounts: [github('Octo-Ana'), { system: 'slack', name: 'U1' }] })]),
  ]);
  expect(conflicts).toEqual([]);
  expect(people.all().map(({ id }) => id)).toEqual(['ana', 'x:2']);
  expect(people.person('x:1')).toEqual(people.person('y:1'));
  expect(people.person('ana')).toEqual(
    person('ana', {
      emails: ['ana@example.com'],
      accounts: [github('octo-ana'), { system: 'slack', name: 'U1' }],
      team: 'pay',
      manager: 'x:2',
    }),
  );
  expect(people.byAccount('slack', 'u1')?.id).toBe('ana');
});

test('a name is never enough to make two entries one person', () => {
  const { people } = mergePeople([
    from('a', [person('1', { name: 'Ana' })]),
    from('b', [person('2', { name: 'Ana' })]),
  ]);
  expect(people.all().length).toBe(2);
  expect(people.find('Ana')).toBeUndefined();
});

test('whoever left in one directory has left', () => {
  const emails = ['ana@example.com'];
  const { people } = mergePeople([
    from('file', [person('ana', { emails })]),
    from('idp', [person('i:1', { emails, isActive: false })]),
  ]);
  expect(people.byEmail('ana@example.com')?.isActive).toBe(false);
});

test('an entry that points at two persons joins the first, takes nothing from the other, and is said', () => {
  const { people, conflicts } = mergePeople([
    from('file', [
      person('ana', { emails: ['ana@example.com'] }),
      person('ben', { emails: ['ben@example.com'], accounts: [github('octo-ben')] }),
    ]),
    from('export', [
      person('x', { emails: ['ana@example.com', 'new@example.com'], accounts: [github('octo-ben')] }),
    ]),
  ]);
  expect(people.byAccount('github', 'octo-ben')?.id).toBe('ben');
  expect(people.byEmail('new@example.com')?.id).toBe('ana');
  expect(conflicts).toMatchObject([{ directory: 'export', id: 'x' }]);
});

test('teams that share an id, a handle, an address or a name are one, and people are in it', () => {
  const { people } = mergePeople([
    from('file', [person('ana', { team: 'pay' })], [{ id: 'pay', name: 'Payments', handles: ['@acme/pay'] }]),
    from(
      'b',
      [person('b:1', { team: 'b:p' })],
      [{ id: 'b:p', name: 'payments', email: 'pay@example.com', handles: [] }],
    ),
    from(
      'c',
      [person('c:1', { team: 'c:p' })],
      [{ id: 'c:p', name: 'P', handles: ['@ACME/Pay', '@acme/payers'] }],
    ),
  ]);
  expect(people.teams()).toEqual([
    { id: 'pay', name: 'Payments', email: 'pay@example.com', handles: ['@acme/pay', '@acme/payers'] },
  ]);
  expect(people.all().map(({ team }) => team)).toEqual(['pay', 'pay', 'pay']);
  expect(people.teamByHandle('acme/payers')?.id).toBe('pay');
  expect(people.team('c:p')?.id).toBe('pay');
});

test('nobody is their own manager after entries became one', () => {
  const emails = ['ana@example.com'];
  const { people } = mergePeople([
    from('a', [person('ana', { emails, manager: 'x:1' })]),
    from('b', [person('x:1', { emails })]),
  ]);
  expect(people.person('ana')?.manager).toBeUndefined();
});
