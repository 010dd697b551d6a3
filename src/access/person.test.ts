import { expect, test } from 'vitest';
import { type Grant, grantedTo, isIdle, principalOfAccount } from './person.ts';

const grants: readonly Grant[] = [
  { value: 'ops', roles: ['admin'], teams: ['blue'] },
  { value: 'staff', roles: ['viewer'], teams: 'all' },
  { value: 'devs', roles: ['analyst'], teams: 'own' },
];

test('the first grant that fits decides whole: nobody is administrator of what another grant shows them', () => {
  expect(grantedTo(grants, ['staff', 'ops'], undefined)).toEqual({ roles: ['admin'], teams: ['blue'] });
  expect(grantedTo(grants, ['devs'], 'red')).toEqual({ roles: ['analyst'], teams: ['red'] });
  expect(grantedTo(grants, ['devs'], undefined)).toEqual({ roles: ['analyst'], teams: [] });
});

test('who fits no grant may do nothing', () => {
  for (const groups of [[], ['other'], ['OPS'], ['ops ']])
    expect(grantedTo(grants, groups, 'blue')).toEqual({ roles: [], teams: [] });
});

test('an account that was disabled or has ended stands for nobody', () => {
  const account = {
    createdAt: 0,
    id: 'a1',
    name: 'Ana',
    roles: ['viewer', 'gone-role'],
    teams: 'all' as const,
  };
  expect(principalOfAccount(account, 5)).toMatchObject({ id: 'person:a1', kind: 'operator', teams: 'all' });
  expect(principalOfAccount(account, 5)?.scopes.has('loops:read')).toBe(true);
  expect(principalOfAccount({ ...account, expiresAt: 5 }, 5)).toBeUndefined();
  expect(principalOfAccount({ ...account, disabledAt: 1 }, 5)).toBeUndefined();
});

test('a session that nobody uses is idle after its time, counted from its last use', () => {
  const limits = { hours: 12, idleMinutes: 10 };
  expect(isIdle({ createdAt: 0 }, limits, 599_999)).toBe(false);
  expect(isIdle({ createdAt: 0 }, limits, 600_000)).toBe(true);
  expect(isIdle({ createdAt: 0, seenAt: 60_000 }, limits, 600_000)).toBe(false);
});
