import { expect, test } from 'vitest';
import { commitHash, repositoryName } from './repository-name.ts';

test.each([
  'acme/x',
  'https://github.com/acme/x.git',
  'https://github.com/acme/x',
  'http://user:token@github.com/acme/x.git',
  'git@github.com:acme/x.git',
  'ssh://git@github.com:22/acme/x',
  'git://github.com/acme/x.git',
  'github.com/acme/x',
  'https://github.com/acme/x/blob/0123456789abcdef0123456789abcdef01234567/src/blob/a.ts#L3',
  'https://github.com/acme/x/commit/0123',
  'https://gitlab.com/acme/x/-/blob/main/a.ts?ref=1',
  'https://bitbucket.org/acme/x/src/main/a.ts',
])('%s is acme/x', (text) => {
  expect(repositoryName(text)).toBe('acme/x');
});

test('deeper groups and projects keep their path', () => {
  expect(repositoryName('https://gitlab.com/acme/team/x.git')).toBe('acme/team/x');
  expect(repositoryName('https://dev.azure.com/acme/shop/_git/x')).toBe('acme/shop/x');
});

test.each([
  '',
  '.',
  './x',
  '/home/ana/x',
  'file:///home/ana/x',
  '../x',
  'C:\\x',
  'a/../b',
  '~/x',
  'https://',
  undefined,
])('%j names no repository', (text) => {
  expect(repositoryName(text)).toBeUndefined();
});

test('a commit is 40 or 64 hex digits in lower case, and nothing else', () => {
  expect(commitHash('ABCDEF0123456789abcdef0123456789abcdef01')).toBe(
    'abcdef0123456789abcdef0123456789abcdef01',
  );
  expect(commitHash('a'.repeat(64))).toBe('a'.repeat(64));
  for (const bad of [
    '',
    'abc',
    'g14d7debf9775f957cf4f1e8176da0786431f72c',
    '0'.repeat(40),
    '0000000',
    undefined,
  ])
    expect(commitHash(bad)).toBeUndefined();
});
