import { expect, test } from 'vitest';
import { compilePattern, matchesPath } from './match-path.ts';
import { findRule, parseCodeowners } from './parse.ts';

const covers = (pattern: string, path: string): boolean => {
  const compiled = compilePattern(pattern);
  return compiled !== undefined && matchesPath(compiled, path);
};

// The examples of "About code owners" in GitHub's documentation, and of gitignore(5) where GitHub follows it.
test.each([
  ['*', 'a.txt', true],
  ['*', 'deep/er/a.txt', true],
  ['**', 'deep/a.txt', true],
  ['*.js', 'a.js', true],
  ['*.js', 'lib/deep/a.js', true],
  ['*.js', 'a.jsx', false],
  ['*.js', 'lib.js/inside.txt', true],
  ['/build/logs/', 'build/logs/a.txt', true],
  ['/build/logs/', 'build/logs/deep/a.txt', true],
  ['/build/logs/', 'build/logs', false],
  ['/build/logs/', 'other/build/logs/a.txt', false],
  ['docs/*', 'docs/getting-started.md', true],
  ['docs/*', 'docs/build-app/troubleshooting.md', false],
  ['docs/*', 'other/docs/a.md', false],
  ['apps/', 'apps/a.txt', true],
  ['apps/', 'deep/apps/er/a.txt', true],
  ['apps/', 'apps', false],
  ['/docs/', 'docs/a.md', true],
  ['/docs/', 'x/docs/a.md', false],
  ['/scripts/', 'scripts/a.sh', true],
  ['**/logs', 'build/logs/a.txt', true],
  ['**/logs', 'deeply/nested/logs/a.txt', true],
  ['**/logs', 'logs', true],
  ['**/logs', 'catalogs/a.txt', false],
  ['/apps/github', 'apps/github/a.txt', true],
  ['/apps/github', 'apps/github', true],
  ['/apps/github', 'apps/github-other/a.txt', false],
  ['www/**/*', 'www/a.ts', true],
  ['www/**/*', 'www/deep/er/a.ts', true],
  ['www/**/*', 'a/www/a.ts', false],
  ['www/**', 'www/deep/a.ts', true],
  ['www/**', 'www', false],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'a/x/y/b/below', true],
  ['a/**/b', 'a/x/y/c', false],
  ['/src/client/auth*', 'src/client/auth.ts', true],
  ['/src/client/auth*', 'src/client/auth-extra/a.ts', true],
  ['/src/client/auth*', 'src/client/deep/auth.ts', false],
  ['/.changeset/cost-*', '.changeset/cost-9.md', true],
  ['groups/*/overview.mdx', 'groups/tls/overview.mdx', true],
  ['groups/*/overview.mdx', 'groups/tls/x/overview.mdx', false],
  ['fil?.txt', 'deep/file.txt', true],
  ['fil?.txt', 'fil/.txt', false],
  ['my\\ file.txt', 'my file.txt', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['Docs/', 'docs/a.md', false],
  ['/', 'a.txt', true],
  ['a.txt', 'dir/a.txt', true],
  ['dir/a.txt', 'x/dir/a.txt', false],
  ['!a.txt', '!a.txt', false],
  ['[ab].txt', 'a.txt', false],
])('%s and %s: %s', (pattern, path, isCovered) => {
  expect(covers(pattern, path)).toBe(isCovered);
});

test('the last matching line wins, and a line without owner takes ownership away', () => {
  const file = parseCodeowners('*  @acme/all\n/docs/ @octo-ana docs@example.com\n/docs/open/\n');
  expect(findRule(file, 'a.ts')?.owners).toEqual([
    { kind: 'stranger', account: { system: 'github', name: 'acme/all' } },
  ]);
  expect(findRule(file, 'docs/a.md')?.owners).toHaveLength(2);
  expect(findRule(file, 'docs/open/a.md')?.owners).toEqual([]);
  expect(findRule(parseCodeowners(''), 'a')).toBeUndefined();
});

test('comments, inline comments, line ends and escapes are read as GitHub does', () => {
  const file = parseCodeowners(
    '\ufeff# all\r\n\r\n/a\\ b/ @octo-ana # why\r\nc#d @octo-ben\r\n   \r\n\\#e @octo-ben',
  );
  expect(file.rules.map((rule) => [rule.line, rule.text])).toEqual([
    [3, '/a\\ b/'],
    [4, 'c#d'],
    [6, '\\#e'],
  ]);
  expect(findRule(file, 'a b/x')?.owners).toEqual([
    { kind: 'stranger', account: { system: 'github', name: 'octo-ana' } },
  ]);
});

test('a line with a syntax error is skipped and named, and the rest goes on', () => {
  const file = parseCodeowners('!no @a\n[Section] @a\nx[12] @a\ny someone\nz <script>@x\nok @a');
  expect(file.rules.map((rule) => rule.text)).toEqual(['ok']);
  expect(file.skipped.map((one) => one.line)).toEqual([1, 2, 3, 4, 5]);
});

test('a rule for everything is told from a rule for a path', () => {
  const file = parseCodeowners(
    ['*', '**', '/**', '**/*', '/', '/*', '*.js', '/docs/**'].map((p) => `${p} @a`).join('\n'),
  );
  expect(file.rules.filter((rule) => rule.isDefault).map((rule) => rule.text)).toEqual([
    '*',
    '**',
    '/**',
    '**/*',
    '/',
  ]);
});

test('a hostile pattern costs no more than its length', () => {
  const pattern = compilePattern(`${'*a'.repeat(500)}b`);
  const deep = compilePattern(`${'**/a/'.repeat(300)}b`);
  const path = `${'a'.repeat(2000)}/${'a/'.repeat(2000)}c`;
  expect(pattern && matchesPath(pattern, path)).toBe(false);
  expect(deep && matchesPath(deep, path)).toBe(false);
});
