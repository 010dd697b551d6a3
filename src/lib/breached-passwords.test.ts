import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBreached } from './breached-passwords.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'foldback-breached-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();

function listOf(passwords: readonly string[], end = '\r\n', last = end): string {
  const path = join(dir, `${passwords.length}-${end.length}-${last.length}.txt`);
  const lines = passwords.map((password, n) => `${sha1(password)}:${10 ** (n % 8)}`).toSorted();
  writeFileSync(path, lines.join(end) + last);
  return path;
}

test.each([
  [1, '\r\n', ''],
  [40, '\n', '\n'],
  [5_000, '\r\n', '\r\n'],
  [5_001, '\n', ''],
])('each of %i passwords is found, and none that is not there', async (count, end, last) => {
  const passwords = Array.from({ length: count }, (_, n) => `correct horse ${n}`);
  const breached = openBreached(listOf(passwords, end, last));
  expect(await breached.check()).toMatchObject({ kind: 'ok' });
  const inOrder = passwords.toSorted((left, right) => (sha1(left) < sha1(right) ? -1 : 1));
  // Both ends, and places between.
  for (const password of [...inOrder.slice(0, 3), ...inOrder.slice(-3), ...passwords.slice(0, 200)])
    expect([password, await breached.has(password)]).toEqual([password, true]);
  for (let n = 0; n < 100; n += 1) expect(await breached.has(`another ${n}`)).toBe(false);
});

test('a password counts as it was typed and as it is hashed here', async () => {
  const breached = openBreached(listOf(['caf\u00e9 con leche', 'x', 'y']));
  expect(await breached.has('cafe\u0301 con leche')).toBe(true);
});

test('a file that is no such list, is in another order or is gone is named', async () => {
  const bad = (text: string) => {
    const path = join(dir, 'bad.txt');
    writeFileSync(path, text);
    return openBreached(path).check();
  };
  expect(await bad('')).toEqual({ kind: 'bad', reason: 'it is empty' });
  expect(await bad('password\nletmein\n'.repeat(10))).toMatchObject({ kind: 'bad' });
  expect(await bad('x'.repeat(5_000))).toMatchObject({ kind: 'bad' });
  const backwards = Array.from({ length: 500 }, (_, n) => `${sha1(`${n}`)}:1`)
    .toSorted()
    .toReversed();
  expect(await bad(backwards.join('\n'))).toEqual({
    kind: 'bad',
    reason: 'it is not in the order of the hashes',
  });
  expect(await openBreached(join(dir, 'nowhere')).check()).toMatchObject({ kind: 'bad' });
  await expect(openBreached(join(dir, 'nowhere')).has('x')).rejects.toThrow('ENOENT');
});
