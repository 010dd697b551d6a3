import { expect, test } from 'vitest';
import { withoutRefused } from './link-refusal.ts';
import { mergePeople, type PeopleOf } from './merge-people.ts';
import type { Person } from './owner.ts';

const person = (id: string, emails: readonly string[], github?: string): Person => ({
  id,
  name: id,
  emails,
  accounts: github === undefined ? [] : [{ system: 'github', name: github }],
  isActive: true,
  isDuty: false,
});
const lists: readonly PeopleOf[] = [
  { directory: 'people', persons: [person('ana', ['ana@example.com'], 'octo')], teams: [] },
  { directory: 'okta', persons: [person('okta:7', ['bob@example.com'], 'octo')], teams: [] },
];

test('an account that is refused to one entry no longer makes it the same person', () => {
  expect(mergePeople(lists).people.byEmail('bob@example.com')?.id).toBe('ana');
  const refused = [{ directory: 'okta', entry: 'okta:7', account: 'github octo' }];
  const { people } = mergePeople(withoutRefused(lists, refused));
  expect(people.byEmail('bob@example.com')?.id).toBe('okta:7');
  expect(people.byAccount('github', 'octo')?.id).toBe('ana');
});

test('what is refused to an entry of one directory stays with those of others', () => {
  const refused = [{ directory: 'okta', entry: 'ana', account: 'github octo' }];
  expect(withoutRefused(lists, refused)).toEqual(lists);
  expect(withoutRefused(lists, [])).toBe(lists);
});
