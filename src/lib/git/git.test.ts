import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitRepository, makeRepository } from '../../../test/support/git-repository.ts';
import { type Clone, type Clones, openClones, repositoryKey } from './clones.ts';
import { entryAt, headCommit, parseCommit, readCommit, touches } from './commits.ts';
import { lineCommits } from './line-commits.ts';
import { mapSignatures } from './mailmap.ts';
import { readSpan } from './read-span.ts';
import { listFiles } from './tree.ts';

const ben = { name: 'Ben Ode', email: 'ben@example.com' };
let repository: GitRepository;
let clones: Clones;
let clone: Clone;
const commits: string[] = [];

beforeAll(async () => {
  repository = makeRepository();
  commits.push(repository.commit({ 'src/a b.txt': 'one\ntwo\nthree\n', 'ä/ü.txt': 'umlaut\n' }));
  commits.push(repository.commit({ 'src/a b.txt': 'one\nTWO\nthree\n' }, ben));
  commits.push(repository.commit({ '.mailmap': 'Ana Costa <ana@example.com> <ana@laptop.local>\n' }));
  clones = openClones([{ repository: 'acme/shop', path: repository.path }]);
  clone = await opened(clones, 'acme/shop');
});
afterAll(() => {
  clones.close();
  repository.remove();
});

async function opened(from: Clones, name: string): Promise<Clone> {
  const found = await from.find(name);
  if (found.kind === 'none') throw new Error(found.reason);
  return found.clone;
}
const commitAt = (index: number): string => commits[index] ?? '';

test('a commit is read with author, committer and parents', async () => {
  const commit = await readCommit(clone, commitAt(1));
  expect(commit?.author).toEqual(ben);
  expect(commit?.parents).toEqual([commitAt(0)]);
});

test('a commit that is not hex, or not there, is undefined and runs nothing', async () => {
  for (const name of ['HEAD', '--help', 'f'.repeat(40), `${commitAt(0)}^`, '', 'main', '\n']) {
    expect(await readCommit(clone, name)).toBeUndefined();
  }
});

test('a commit touches what it brought or changed, and nothing else', async () => {
  const first = await readCommit(clone, commitAt(0));
  const second = await readCommit(clone, commitAt(1));
  if (first === undefined || second === undefined) throw new Error('the commits are missing');
  expect(await touches(clone, first, 'src/a b.txt')).toBe('yes');
  expect(await touches(clone, second, './src/a b.txt')).toBe('yes');
  expect(await touches(clone, second, 'ä/ü.txt')).toBe('no');
  expect(await touches(clone, second, 'src')).toBe('yes');
  for (const path of ['', '/', '../x', 'src/../src/a b.txt', 'a\nb', '\0', 'none.txt', 'x'.repeat(10_000)]) {
    expect(await touches(clone, second, path)).toBe('no');
  }
});

test('a line leads to the commit that brought its content', async () => {
  const head = (await headCommit(clone)) ?? '';
  const found = await lineCommits(clone, head, 'src/a b.txt', [3, 2, 2, 99, -1, 0, 1.5]);
  expect([...(found ?? [])]).toEqual([
    [2, commitAt(1)],
    [3, commitAt(0)],
  ]);
});

test('mailmap is taken from the commit and keeps the order', async () => {
  const head = (await headCommit(clone)) ?? '';
  const mapped = await mapSignatures(clone, head, [
    ben,
    { name: 'counter', email: 'ana@laptop.local' },
    { name: 'a\n<x@example.com>\n', email: '' },
  ]);
  expect(mapped).toEqual([
    ben,
    { name: 'Ana Costa', email: 'ana@example.com' },
    { name: 'ax@example.com', email: '' },
  ]);
});

test('a mailmap of the working tree that is not committed is not applied', async () => {
  repository.write('.mailmap', 'Eve <eve@example.com> <ben@example.com>\n');
  repository.git('config', 'mailmap.file', '.mailmap');
  expect(await mapSignatures(clone, commitAt(2), [ben])).toEqual([ben]);
  repository.git('checkout', '--quiet', '--', '.mailmap');
});

test('all files of a commit are listed, with any name', async () => {
  const listing = await listFiles(clone, commitAt(2));
  expect(listing.kind === 'files' && listing.files.map((file) => file.path)).toEqual([
    '.mailmap',
    'src/a b.txt',
    'ä/ü.txt',
  ]);
  expect(await listFiles(clone, '--help')).toMatchObject({ kind: 'failed' });
});

test('a span is read by bytes, with both ends included, and only where it fits', async () => {
  const at = { commit: commitAt(1), path: 'src/a b.txt' };
  expect(await readSpan(clone, { at, startLine: 2, startColumn: 1, endColumn: 3 })).toEqual({
    kind: 'text',
    text: 'TWO',
  });
  expect(await readSpan(clone, { at, startLine: 1, endLine: 2, startColumn: 2, endColumn: 1 })).toEqual({
    kind: 'text',
    text: 'ne\nT',
  });
  const blob = (await entryAt(clone, commitAt(1), 'src/a b.txt'))?.oid ?? '';
  expect(await readSpan(clone, { at: { blob }, startLine: 3, startColumn: 5, endColumn: 5 })).toEqual({
    kind: 'text',
    text: 'e',
  });
  for (const [startLine, startColumn, endColumn] of [
    [2, 1, 4],
    [2, 0, 1],
    [9, 1, 1],
    [2, 3, 2],
    [0, 1, 1],
  ] as const) {
    expect((await readSpan(clone, { at, startLine, startColumn, endColumn })).kind).toBe('unknown');
  }
});

test('the default branch of the remote, as last fetched, goes before the local HEAD', async () => {
  const path = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  const local = makeRepository({ path: join(path, 'origin') });
  const pushed = local.commit({ 'a.txt': 'a' });
  local.git('clone', '--quiet', local.path, join(path, 'copy'));
  const copy = makeRepository({ path: join(path, 'copy') });
  copy.commit({ 'b.txt': 'not pushed' });
  const both = openClones([{ repository: 'acme/copy', path: copy.path }]);
  expect(await headCommit(await opened(both, 'acme/copy'))).toBe(pushed);
  both.close();
  rmSync(path, { recursive: true });
});

test('bare clones, linked worktrees and folders owned by another user can be read', async () => {
  const root = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  repository.git('clone', '--quiet', '--bare', repository.path, join(root, 'bare'));
  repository.git('worktree', 'add', '--quiet', '--detach', join(root, 'tree'), commitAt(1));
  const both = openClones([
    { repository: 'bare', path: join(root, 'bare') },
    { repository: 'tree', path: join(root, 'tree') },
  ]);
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534', join(root, 'bare')]);
  expect(await headCommit(await opened(both, 'bare'))).toBe(commitAt(2));
  expect(await headCommit(await opened(both, 'tree'))).toBe(commitAt(1));
  both.close();
  rmSync(root, { recursive: true });
});

test('a .git that points somewhere else is not followed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  writeFileSync(join(root, '.git'), `gitdir: ${repository.path}/.git\n`);
  const linked = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  symlinkSync(join(repository.path, '.git'), join(linked, '.git'));
  for (const path of [root, linked, join(root, 'missing'), tmpdir()]) {
    const bad = openClones([{ repository: 'x', path }]);
    expect(await bad.find('x')).toMatchObject({ kind: 'none' });
    bad.close();
  }
  rmSync(root, { recursive: true });
  rmSync(linked, { recursive: true });
});

test('a shallow clone does not take its oldest commit for the origin of everything', async () => {
  const root = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  repository.git('clone', '--quiet', '--depth=1', `file://${repository.path}`, join(root, 'shallow'));
  const shallow = openClones([{ repository: 'x', path: join(root, 'shallow') }]);
  const clone = await opened(shallow, 'x');
  const commit = await readCommit(clone, commitAt(2));
  expect(commit && (await touches(clone, commit, 'ä/ü.txt'))).toBe('unknown');
  expect(await lineCommits(clone, commitAt(2), 'ä/ü.txt', [1])).toEqual(new Map());
  shallow.close();
  rmSync(root, { recursive: true });
});

test('a thousand questions at once are all answered, in order', async () => {
  const asked = Array.from({ length: 1000 }, (_, index) => (index % 3 === 0 ? 'no\tsuch' : 'src/a b.txt'));
  const answers = await Promise.all(asked.map((path) => entryAt(clone, commitAt(1), path)));
  expect(answers.map((answer) => answer?.type)).toEqual(
    asked.map((path) => (path === 'src/a b.txt' ? 'blob' : undefined)),
  );
});

test('names of one repository meet, names of different hosts do not', async () => {
  expect(repositoryKey('git@github.com:Acme/Shop.git')).toBe('github.com/acme/shop');
  expect(repositoryKey('https://u:p@github.com/acme/shop/')).toBe('github.com/acme/shop');
  const two = openClones([
    { repository: 'https://a.example/acme/shop', path: '/nowhere/a' },
    { repository: 'https://b.example/acme/shop', path: '/nowhere/b' },
  ]);
  expect(await two.find('acme/shop')).toMatchObject({ reason: 'no local clone of it is configured' });
  expect(await two.find('A.example/acme/shop')).toMatchObject({ reason: 'the folder does not exist' });
  expect(await two.find(undefined)).toMatchObject({ reason: 'no local clone of it is configured' });
  two.close();
});

test('closing leaves nothing behind', async () => {
  const once = openClones([{ repository: 'x', path: repository.path }]);
  const { place } = await opened(once, 'x');
  expect(existsSync(place.emptyDir)).toBe(true);
  once.close();
  expect(existsSync(place.emptyDir)).toBe(false);
});

test('a signature in any encoding or shape never breaks the reading', () => {
  const commit = (author: string, more = ''): Buffer =>
    Buffer.from(
      `tree ${'0'.repeat(40)}\nauthor ${author} 1 +0000\ncommitter ${author} 1 +0000\n${more}\nmsg\n`,
      'latin1',
    );
  expect(parseCommit('x', commit('J\xf6rg <j@example.com>', 'encoding ISO-8859-1\n'))?.author.name).toBe(
    'Jörg',
  );
  expect(parseCommit('x', commit('A <a@example.com>', 'encoding no-such\n'))?.author.email).toBe(
    'a@example.com',
  );
  expect(parseCommit('x', commit('<>'))?.author).toEqual({ name: '', email: '' });
  expect(parseCommit('x', commit('nobody'))).toBeUndefined();
  expect(parseCommit('x', Buffer.alloc(0))).toBeUndefined();
});
