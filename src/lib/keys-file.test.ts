import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPrivateFile, readPrivateFile, replacePrivateFile } from './keys-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a created file is readable by its owner only, and its folder too', async () => {
  const path = join(folder, 'data', 'keys.json');
  expect(await createPrivateFile(path, 'secret')).toBe(true);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
  expect(await readPrivateFile(path)).toEqual({ kind: 'read', text: 'secret' });
});

test('of many creators at once exactly one wins, and no draft stays behind', async () => {
  const path = join(folder, 'keys.json');
  const won = await Promise.all(
    Array.from({ length: 20 }, (_, index) => createPrivateFile(path, `text ${index}`)),
  );
  const winner = won.indexOf(true);
  expect(won.filter((isWinner) => isWinner)).toHaveLength(1);
  expect(await readPrivateFile(path)).toEqual({ kind: 'read', text: `text ${winner}` });
  expect(await readdir(folder)).toEqual(['keys.json']);
});

test('replacing keeps the mode and leaves the new text whole', async () => {
  const path = join(folder, 'keys.json');
  await createPrivateFile(path, 'old');
  await replacePrivateFile(path, 'new');
  expect(await readPrivateFile(path)).toEqual({ kind: 'read', text: 'new' });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

test('a file that others can read is refused', async () => {
  const path = join(folder, 'keys.json');
  await createPrivateFile(path, 'secret');
  await chmod(path, 0o640);
  expect(await readPrivateFile(path)).toEqual({ kind: 'refused', reason: 'readable-by-others' });
});

test('a link, a folder and a huge file in its place are refused; nothing there is told apart', async () => {
  await writeFile(join(folder, 'real'), 'x', { mode: 0o600 });
  await symlink(join(folder, 'real'), join(folder, 'link'));
  expect(await readPrivateFile(join(folder, 'link'))).toEqual({ kind: 'refused', reason: 'not-a-file' });
  expect(await readPrivateFile(folder)).toEqual({ kind: 'refused', reason: 'not-a-file' });
  await writeFile(join(folder, 'huge'), 'x'.repeat(300_000), { mode: 0o600 });
  expect(await readPrivateFile(join(folder, 'huge'))).toEqual({ kind: 'refused', reason: 'too-large' });
  expect(await readPrivateFile(join(folder, 'none'))).toEqual({ kind: 'absent' });
});
