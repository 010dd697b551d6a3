import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBackup } from '../../src/adapters/stores/postgres/backup/read-lines.ts';
import { installationKinds, type TestInstallation } from '../support/installation.ts';
import { type LeakyRepository, makeLeakyRepository } from '../support/leaky-repository.ts';
import { runCli } from '../support/run-cli.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';

let leaky: LeakyRepository;
let folder: string;
let server: RunningServer | undefined;
let target: TestInstallation | undefined;
const env = { FOLDBACK__HTTP__PORT: '0', FOLDBACK__LOG__LEVEL: 'warn' };
const foldback = (args: readonly string[], more: Readonly<Record<string, string>> = {}, cwd = folder) =>
  runCli(args, { cwd, env: { ...env, ...more } });
const file = () => join(folder, 'b.gz');
const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'foldback-backup-')));
const jsonOf = (text: string): Record<string, unknown> => JSON.parse(text.split('\n')[0] ?? '{}');

beforeAll(async () => {
  leaky = makeLeakyRepository();
  folder = newFolder();
  writeFileSync(join(folder, 'foldback.yaml'), `people: ${leaky.people}\n`);
  server = await startServer(folder, env);
  await foldback(['import', join(leaky.repository.path, 'reports', 'v8.json')]);
  await foldback(['loops', 'release', '--behaviour', 'secret-in-repository']);
}, 120_000);
afterAll(async () => {
  await server?.stop('SIGKILL');
  await target?.remove();
  leaky.remove();
  rmSync(folder, { recursive: true, force: true });
});

// One story, each step on what the one before left.
describe('backups', { timeout: 120_000 }, () => {
  let ledger: unknown;
  let codes: string;

  test('a backup is made through the running server, for its user alone, and says that it holds no keys', async () => {
    codes = (await foldback(['loops', 'list', '--json'])).stdout;
    const made = await foldback(['backup', 'create', '--out', file(), '--json']);
    expect(made.stderr).toContain('It holds no keys');
    expect(made.code).toBe(0);
    const said = jsonOf(made.stdout);
    expect(said).toMatchObject({ store: 'embedded', keys: false });
    ledger = said.ledger;
    expect(Number(Reflect.get(Object(ledger), 'loops'))).toBeGreaterThan(0);
    expect(statSync(file()).mode & 0o077).toBe(0);
    expect(existsSync(`${file()}.part`)).toBe(false);
  });

  test('it loads; one that was cut off, changed, or lost a row is refused and named', async () => {
    expect((await foldback(['backup', 'verify', file()])).code).toBe(0);
    const lines = gunzipSync(readFileSync(file())).toString('utf8').split('\n');
    const loop = lines.findIndex((line) => line.startsWith('r') && line.includes('"case_code"'));
    const altered = [...lines];
    altered[loop] = (altered[loop] ?? '').replace('"case_code":"FB', '"case_code":"FX');
    const broken = {
      'was cut off': lines.slice(0, -2),
      'rows of table loops were changed': altered,
      'rows instead of': lines.filter((_, n) => n !== loop),
      'replies is missing': lines.filter((line) => line !== 't{"table":"replies"}'),
      'something follows its end': [...lines.slice(0, -1), 't{"table":"loops"}'],
    };
    expect(loop).toBeGreaterThan(0);
    for (const [words, wrong] of Object.entries(broken)) {
      const given = Readable.from(wrong.filter((line) => line !== ''));
      await expect(readBackup(given)).rejects.toThrow(words);
    }
    writeFileSync(join(folder, 'half.gz'), readFileSync(file()).subarray(0, 500));
    expect((await foldback(['backup', 'verify', join(folder, 'half.gz')])).code).toBe(2);
  });

  test('nothing is restored under a running server, over data that is there, or without the keys that belong to it', async () => {
    const running = await foldback(['backup', 'restore', file()]);
    expect(running.stderr).toContain('A server runs on this data');
    await server?.stop();
    server = undefined;
    const occupied = await foldback(['backup', 'restore', file()]);
    expect(occupied.stderr).toContain('Something is stored');
    const elsewhere = newFolder();
    const keyless = await foldback(['backup', 'restore', file()], {}, elsewhere);
    expect(keyless.stderr).toContain('holds no keys');
    expect(existsSync(join(elsewhere, '.foldback', 'store'))).toBe(false);
    expect([running.code, occupied.code, keyless.code]).toEqual([1, 1, 1]);
    rmSync(elsewhere, { recursive: true });
  });

  test('in an empty data folder, with its keys, it gives the same ledger head and the same loops', async () => {
    const withKeys = join(folder, 'k.gz');
    const dataKey = `${randomBytes(32).toString('base64')}\n`;
    writeFileSync(join(folder, '.foldback', 'data.key'), dataKey, { mode: 0o600 });
    const made = await foldback(['backup', 'create', '--out', withKeys, '--with-keys']);
    expect(made.stderr).toContain('It holds the keys');
    const elsewhere = newFolder();
    copyFileSync(join(folder, 'foldback.yaml'), join(elsewhere, 'foldback.yaml'));
    const restored = await foldback(['backup', 'restore', withKeys, '--json'], {}, elsewhere);
    expect(restored.stderr).not.toContain('problem');
    expect(jsonOf(restored.stdout)).toMatchObject({ ledger, keys: true });
    const again = await foldback(
      ['backup', 'create', '--out', join(elsewhere, 'c.gz'), '--json'],
      {},
      elsewhere,
    );
    expect(jsonOf(again.stdout).ledger).toEqual(ledger);
    expect((await foldback(['loops', 'list', '--json'], {}, elsewhere)).stdout).toBe(codes);
    expect(statSync(join(elsewhere, '.foldback', 'keys.json')).mode & 0o077).toBe(0);
    expect(readFileSync(join(elsewhere, '.foldback', 'data.key'), 'utf8')).toBe(dataKey);
    expect(statSync(join(elsewhere, '.foldback', 'data.key')).mode & 0o077).toBe(0);
    rmSync(elsewhere, { recursive: true });
  });

  test('over what is there it takes its place, and what was there is kept', async () => {
    const replaced = await foldback(['backup', 'restore', file(), '--replace', '--json']);
    expect(replaced.code).toBe(0);
    const { former } = jsonOf(replaced.stdout);
    expect(existsSync(String(former))).toBe(true);
    expect((await foldback(['loops', 'list', '--json'])).stdout).toBe(codes);
  });

  const [, postgres] = installationKinds();
  test.skipIf(postgres === undefined || postgres.skip !== undefined)(
    'one command moves everything to PostgreSQL, with the keys as settings; a second time it refuses',
    async () => {
      target = await postgres?.make();
      const url = target?.databaseUrl ?? '';
      const moved = await foldback(['db', 'migrate-to', url, '--json']);
      expect(moved.stderr).toContain('keys.env');
      expect(jsonOf(moved.stdout)).toMatchObject({ ledger });
      const lines = readFileSync(join(folder, '.foldback', 'keys.env'), 'utf8')
        .trim()
        .split('\n');
      const keys = Object.fromEntries(lines.map((line) => line.split(/=(.*)/su).slice(0, 2)));
      const dataKey = readFileSync(join(folder, '.foldback', 'data.key'), 'utf8').trim();
      expect(keys['FOLDBACK__KEYS__DATA']).toBe(dataKey);
      const onPostgres = { ...keys, DATABASE_URL: url };
      expect((await foldback(['loops', 'list', '--json'], onPostgres)).stdout).toBe(codes);
      const again = await foldback(['db', 'migrate-to', url]);
      expect(again.stderr).toContain('stored in that database already');
      expect(again.stderr).not.toContain(new URL(url).password || 'no password');
      const back = join(folder, 'p.gz');
      expect((await foldback(['backup', 'create', '--out', back], onPostgres)).code).toBe(0);
      const over = await foldback(['backup', 'restore', back, '--replace', '--json'], onPostgres);
      expect(jsonOf(over.stdout)).toMatchObject({ ledger, store: 'postgres' });
      expect(existsSync(String(jsonOf(over.stdout).former))).toBe(true);
      expect((await foldback(['loops', 'list', '--json'], onPostgres)).stdout).toBe(codes);
    },
  );

  test('everything can be removed; what that is is said first, and what is not ours stays', async () => {
    const mine = join(folder, '.foldback', 'notes.txt');
    writeFileSync(mine, 'mine');
    const asked = await foldback(['db', 'remove']);
    expect(asked.stdout).toContain(join('.foldback', 'keys.json'));
    expect(existsSync(join(folder, '.foldback', 'store'))).toBe(true);
    expect((await foldback(['db', 'remove', '--yes'])).code).toBe(0);
    for (const name of ['store', 'keys.json', 'checkpoints.jsonl'])
      expect(existsSync(join(folder, '.foldback', name))).toBe(false);
    expect(existsSync(mine)).toBe(true);
    // Nor does what a restore kept beside the store stay behind.
    expect(readdirSync(join(folder, '.foldback')).filter((name) => /^store|\.gz$/u.test(name))).toEqual([]);
    if (target?.databaseUrl === undefined) return;
    await target.sql('create table theirs (n integer)');
    const keys = Object.fromEntries(
      ['FINGERPRINT', 'TOKEN', 'LEDGER', 'ASSIGNMENT', 'EVENT'].map((name) => [
        `FOLDBACK__KEYS__${name}`,
        randomBytes(32).toString('base64'),
      ]),
    );
    expect(
      (await foldback(['db', 'remove', '--yes'], { DATABASE_URL: target.databaseUrl, ...keys })).code,
    ).toBe(0);
    const left = await target.sql("select tablename from pg_tables where schemaname = 'public'");
    expect(left).toEqual([{ tablename: 'theirs' }]);
  });
});
