import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lendEmbedded } from './support/lent-stores.ts';

const root = join(import.meta.dirname, '..');
const testFiles = [
  ...globSync('src/**/*.test.ts', { cwd: root }),
  ...globSync('test/**/*.ts', { cwd: root }),
];

/** What every file of a process would have in common with the one that changed it. */
const changes: Readonly<Record<string, RegExp>> = {
  'sets the environment':
    /\bprocess\.env(?:\.\w+|\[[^\]]+\])\s*(?:\?\?|\|\|)?=(?!=)|delete process\.env|\bstubEnv\b/u,
  'changes the working folder': /\bprocess\.chdir\(/u,
  'exchanges modules, globals or the clock':
    /\bvi\.\w+\(|\bglobalThis\.\w+\s*=(?!=)|\bsetGlobalDispatcher\(/u,
};

/** Whoever takes it back after each test leaves nothing. */
const takenBack = 'afterEach(() => vi.restoreAllMocks())';

test.each(Object.entries(changes))('no test %s for the next file of its process', (_, pattern) => {
  expect(testFiles.length).toBeGreaterThan(300);
  const found = testFiles.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return pattern.test(text) && !text.includes(takenBack);
  });
  expect(found).toEqual([]);
});

test('those changes are found where they stand', () => {
  const lines = ['process.env.HOME', "process.env['HOME']"].map((name) => `${name} = '/'`);
  for (const line of lines) expect(line).toMatch(changes['sets the environment'] ?? /$^/u);
  expect('if (process.env.HOME === undefined)').not.toMatch(changes['sets the environment'] ?? /^/u);
});

test('a lent store is empty for the next, counts from the start, and is out of reach for whoever gave it back', async () => {
  const first = await lendEmbedded();
  await first.transaction((tx) => tx.saveSetting('a-test', { kept: true }));
  await first.close();
  await expect(first.transaction((tx) => tx.setting('a-test'))).rejects.toThrow();
  const next = await lendEmbedded();
  const [one, other] = [next, await lendEmbedded()];
  expect(await one.transaction((tx) => tx.setting('a-test'))).toBeUndefined();
  await one.transaction((tx) => tx.saveSetting('a-test', { kept: true }));
  // Two that are lent at once are two.
  expect(await other.transaction((tx) => tx.setting('a-test'))).toBeUndefined();
  await Promise.all([one.close(), other.close()]);
});
