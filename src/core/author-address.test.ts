import { expect, test } from 'vitest';
import { readAuthor } from './author-address.ts';

test.each([
  ['Ana@Example.com', { kind: 'human', email: 'ana@example.com' }],
  [
    '12345+octo-ana@users.noreply.github.com',
    { kind: 'human', account: { system: 'github', name: 'octo-ana' } },
  ],
  ['octo-ana@users.noreply.github.com', { kind: 'human', account: { system: 'github', name: 'octo-ana' } }],
  [
    '77-ana.costa@users.noreply.gitlab.com',
    { kind: 'human', account: { system: 'gitlab', name: 'ana.costa' } },
  ],
  ['talbot@example.com', { kind: 'human', email: 'talbot@example.com' }],
  ['ana@mail.local.example.com', { kind: 'human', email: 'ana@mail.local.example.com' }],
])('%s is a human', (email, reading) => {
  expect(readAuthor({ email })).toEqual(reading);
});

test.each([
  ['counter@counters-MacBook-Air.local', 'machine'],
  ['root@localhost', 'machine'],
  ['root@example.com', 'machine'],
  ['ana@DESKTOP-4F2C1', 'machine'],
  ['ana@ana-laptop.fritz.box', 'machine'],
  ['ec2-user@ip-10-0-0-1.eu-west-1.compute.internal', 'machine'],
  ['ana@ana-pc.(none)', 'machine'],
  ['ana@192.0.2.7', 'machine'],
  ['ana@[192.0.2.7]', 'machine'],
  ['noreply@example.com', 'no-reply'],
  ['do-not-reply@example.com', 'no-reply'],
  ['noreply@github.com', 'bot'],
  ['49699333+dependabot[bot]@users.noreply.github.com', 'bot'],
  ['release-bot@example.com', 'bot'],
  ['', 'no-address'],
  ['nothing', 'no-address'],
  ['@example.com', 'no-address'],
  ['ana@', 'no-address'],
  ['"a b"@example.com', 'no-address'],
  ['a\u202eb@example.com', 'no-address'],
  ['a\nb@example.com', 'no-address'],
  [`${'a'.repeat(300)}@example.com`, 'no-address'],
])('%s is nobody: %s', (email, reason) => {
  expect(readAuthor({ email })).toEqual({ kind: 'nobody', reason });
});

test('a bot is nobody by its name or login too', () => {
  const account = { system: 'github', name: 'Renovate' };
  expect(readAuthor({ name: 'github-actions[bot]', email: 'ana@example.com' }).kind).toBe('nobody');
  expect(readAuthor({ account }).kind).toBe('nobody');
});

test('an account counts even where the address says nothing', () => {
  const account = { system: 'github', name: 'octo-ana' };
  expect(readAuthor({ name: 'Ana', email: 'ana@laptop.local', account })).toEqual({
    kind: 'human',
    name: 'Ana',
    account,
  });
});
