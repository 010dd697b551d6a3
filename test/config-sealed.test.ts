import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { channels, sources } from '../src/adapters/index.ts';
import { currentDataKey, rotateDataKey } from '../src/config/data-key.ts';
import { secretValues } from '../src/config/effective.ts';
import { keyToText } from '../src/config/key-text.ts';
import { loadConfig } from '../src/config/load.ts';
import { sealText } from '../src/lib/seal-text.ts';
import { runCli } from './support/run-cli.ts';

const secret = 'a secret that a webhook signs with';
let folder = '';
const dataDir = () => join(folder, '.foldback');
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-sealed-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (environment = {}) => loadConfig({ environment, folder, adapters: { channels, sources } });
const write = (sealed: string) =>
  writeFileSync(
    join(folder, 'foldback.yaml'),
    `sources:\n  github:\n    secrets: [${JSON.stringify(sealed)}]\n`,
  );
const secretsOf = (result: ReturnType<typeof load>) =>
  result.kind === 'loaded' ? result.config.sources.github?.secrets : result.problems;

test('a sealed setting is opened with the data key of the folder, and kept out of the log like any secret', async () => {
  write(sealText(await currentDataKey(dataDir(), randomBytes), secret));
  const result = load();
  expect(secretsOf(result)).toEqual([secret]);
  expect(result.kind === 'loaded' && secretValues(result)).toContain(secret);
  expect(statSync(join(dataDir(), 'data.key')).mode & 0o077).toBe(0);
});

test('a turned key still opens what it sealed, and seals no more', async () => {
  const first = await currentDataKey(dataDir(), randomBytes);
  write(sealText(first, secret));
  await rotateDataKey(dataDir(), randomBytes);
  expect(secretsOf(load())).toEqual([secret]);
  expect(Buffer.from(await currentDataKey(dataDir(), randomBytes)).equals(first)).toBe(false);
});

test('with keys.data it needs no file, and the other keys need not be set for it', () => {
  const key = randomBytes(32);
  write(sealText(key, secret));
  expect(secretsOf(load({ FOLDBACK__KEYS__DATA: keyToText(key) }))).toEqual([secret]);
});

test('nothing starts with a value that cannot be opened: it says which, where, and what to do, and not the value', async () => {
  const sealed = sealText(randomBytes(32), secret);
  write(sealed);
  const result = load();
  expect(result.kind === 'refused' && result.problems).toMatchObject([
    {
      where: 'foldback.yaml:3',
      setting: 'sources.github.secrets[0]',
      problem: expect.stringContaining('key that is not here'),
    },
  ]);
  expect(JSON.stringify(result)).not.toContain(sealed);
  const key = await currentDataKey(dataDir(), randomBytes);
  write(sealText(key, secret).slice(0, -3));
  const cut = load();
  expect(cut.kind === 'refused' && cut.problems[0]?.problem).toContain('changed or cut');
});

test('a key that others can read opens nothing', async () => {
  write(sealText(await currentDataKey(dataDir(), randomBytes), secret));
  chmodSync(join(dataDir(), 'data.key'), 0o644);
  expect(load().kind).toBe('refused');
});

test('the command seals what comes on standard input, and the settings open it; rotate turns only what is named', async () => {
  const sealed = await runCli(['keys', 'seal'], { cwd: folder, input: `${secret}\n` });
  expect(sealed.stdout).not.toContain(secret);
  write(sealed.stdout.trim());
  expect(secretsOf(load())).toEqual([secret]);
  const before = readFileSync(join(dataDir(), 'data.key'), 'utf8');
  const turned = await runCli(['keys', 'rotate', 'data'], { cwd: folder });
  expect(turned.code).toBe(0);
  expect(readFileSync(join(dataDir(), 'data.key'), 'utf8')).toMatch(
    new RegExp(`^[^\\n]+\\n${before.replaceAll(/[+/]/gu, '\\$&')}$`, 'u'),
  );
  expect((await runCli(['keys', 'rotate', 'assignment'], { cwd: folder })).code).toBe(2);
});
