import { expect, test } from 'vitest';
import { namedSecrets } from './named-secrets.ts';

test('what stands under a secret’s name is found at any depth and in lists', () => {
  const record = {
    name: 'not one',
    target: [{ detail: { client_secret: 'value-one' } }, { password: ['value-two', 'value-one'] }],
    stringData: { password: 'value-three' },
    token: null,
    tokenType: 'access_token',
    secret: 'short',
  };
  expect(namedSecrets(record)).toEqual(['value-one', 'value-two', 'value-three']);
});

test('a record of any size and depth is looked at for a bounded time', () => {
  let deep: unknown = { password: 'too-deep-down' };
  for (let level = 0; level < 40; level++) deep = { deep };
  expect(namedSecrets(deep)).toEqual([]);
  const many = Array.from({ length: 20_000 }, (_, at) => ({ password: `value-${at}` }));
  expect(namedSecrets(many).length).toBeLessThanOrEqual(50);
  expect(namedSecrets(undefined)).toEqual([]);
});
