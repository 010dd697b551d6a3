import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import type { Check } from '../../src/cli/doctor-check.ts';
import {
  administratorChecks,
  channelChecks,
  checkRunning,
  silentChecks,
} from '../../src/cli/doctor-running.ts';
import {
  checkBackups,
  checkBreachedPasswords,
  checkDatabaseClock,
  checkSingleSignOn,
  checkUnsealed,
  diskCheck,
} from '../../src/cli/doctor-surroundings.ts';
import { loadConfig } from '../../src/config/load.ts';
import { baseSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/lib/log.ts';
import { sealText } from '../../src/lib/seal-text.ts';
import { readServerFile } from '../../src/lib/server-file.ts';
import { serve } from '../../src/serve.ts';
import { testKeySet } from '../support/installation.ts';
import { type Issuer, openIssuer } from '../support/oidc-issuer.ts';

let dir: string;
let issuer: Issuer;
beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'foldback-doctor-')));
  issuer = await openIssuer({}, 'http://localhost/signin/oidc/callback');
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await issuer.close();
});

const results = (checks: readonly Check[]) => checks.map(({ name, result }) => [name, result]);
/** Whatever is not well ends with what to do. */
function expectFixes(checks: readonly Check[]): void {
  for (const { result, fix, name } of checks)
    expect([name, result === 'ok' || (fix?.length ?? 0) > 10]).toEqual([name, true]);
}
const oidc = (url: string) => {
  const given = { issuer: url, clientId: 'foldback', clientSecret: 'x' };
  return baseSchema.parse({ data: { dir }, access: { oidc: given } });
};

describe('the doctor finds', () => {
  test('a disk that is nearly full', () => {
    const sizes = [50, 500, 5_000].map((megabytes) => diskCheck(megabytes * 1024 * 1024, '/data'));
    expect(sizes.map(({ result }) => result)).toEqual(['problem', 'note', 'ok']);
    expectFixes(sizes);
  });

  test('secrets that stand in the file of settings as they are, by name and never by value', () => {
    const key = Uint8Array.from({ length: 32 }, (_, n) => n * 7);
    const file = join(dir, 'foldback.yaml');
    const unsealedWith = (secret: string) => {
      const base64 = Buffer.from(key).toString('base64');
      writeFileSync(
        file,
        `access: { oidc: { issuer: 'https://login.example.com', clientId: foldback, clientSecret: '${secret}' } }`,
      );
      const environment = { FOLDBACK__KEYS__DATA: base64 };
      const loaded = loadConfig({ file, environment, folder: dir });
      return loaded.kind === 'loaded' ? loaded.unsealed : [JSON.stringify(loaded.problems)];
    };
    const unsealed = unsealedWith('a plain secret');
    expect(unsealed).toEqual(['access.oidc.clientSecret']);
    expect(unsealedWith(sealText(key, 'a sealed secret'))).toEqual([]);
    const checks = checkUnsealed(unsealed);
    expect(results(checks)).toEqual([['secrets of the settings', 'note']]);
    expect(JSON.stringify(checks)).not.toContain('a plain secret');
    expectFixes(checks);
    expect(checkUnsealed([])).toEqual([]);
  });

  test('that nobody looks for breached passwords, or that their list is none', async () => {
    const file = join(dir, 'breached.txt');
    const config = (local: object) => baseSchema.parse({ data: { dir }, access: { local } });
    const found = async (local: object) => await checkBreachedPasswords(config(local));
    const absent = await found({});
    writeFileSync(file, 'letmein\n'.repeat(100));
    const wrong = await found({ breachedPasswords: file });
    writeFileSync(file, `${'0'.repeat(40)}:3\r\n${'F'.repeat(40)}:1\r\n`);
    const right = await found({ breachedPasswords: file });
    expect([absent, wrong, right].flatMap(results)).toEqual([
      ['breached passwords', 'note'],
      ['breached passwords', 'problem'],
      ['breached passwords', 'ok'],
    ]);
    expectFixes([...absent, ...wrong, ...right]);
    expect(await found({ accounts: false })).toEqual([]);
  });

  test('backups that are too old, or that nobody makes', async () => {
    const backups = join(dir, 'copies');
    const now = Date.UTC(2026, 10, 28);
    mkdirSync(backups);
    const config = (everyHours?: number) =>
      baseSchema.parse({
        data: { dir },
        backup: { dir: backups, ...(everyHours === undefined ? {} : { everyHours }) },
      });
    const none = await checkBackups(config(), now);
    const due = await checkBackups(config(24), now);
    const path = join(backups, 'foldback-2026-11-25T00-00-00Z.backup.gz');
    writeFileSync(path, '');
    const stand = (hours: number) => utimesSync(path, now / 1000 - hours * 3_600, now / 1000 - hours * 3_600);
    stand(72);
    const late = await checkBackups(config(24), now);
    stand(10);
    const good = await checkBackups(config(24), now);
    expect([none, due, late, good].flatMap(results)).toEqual([
      ['backups', 'note'],
      ['backups', 'note'],
      ['backups', 'problem'],
      ['backups', 'ok'],
    ]);
    expectFixes([...none, ...due, ...late, ...good]);
  });

  test.skipIf(inject('postgres').url === undefined)('a clock of the database that disagrees', async () => {
    const { url } = inject('postgres');
    expect(results(await checkDatabaseClock(url, Date.now))).toEqual([['clock of the database', 'ok']]);
    const away = await checkDatabaseClock(url, () => Date.now() - 120_000);
    expect(results(away)).toEqual([['clock of the database', 'problem']]);
    expect(away[0]?.detail).toMatch(/1(?:19|20|21) s/u);
    expectFixes(away);
  });

  test('an identity provider that cannot be asked, or calls itself something else', async () => {
    expect(results(await checkSingleSignOn(oidc(issuer.url)))).toEqual([['single sign-on', 'ok']]);
    const gone = await checkSingleSignOn(oidc('http://127.0.0.1:9'));
    const other = await checkSingleSignOn(oidc(`${issuer.url}/`));
    expect([gone, other].flatMap(results)).toEqual([
      ['single sign-on', 'problem'],
      ['single sign-on', 'problem'],
    ]);
    expectFixes([...gone, ...other]);
    expect(await checkSingleSignOn(baseSchema.parse({ data: { dir } }))).toEqual([]);
  });

  test('a source that fell silent, and a channel through which nothing went yet', () => {
    const silent = silentChecks([
      { id: 'gitleaks', isSilent: true, lastDay: '2026-11-01' },
      { id: 'github', isSilent: false },
    ]);
    expect(results(silent)).toEqual([['source gitleaks', 'note']]);
    const channel = { isOn: true, accepted: 0 };
    const untried = channelChecks([
      { id: 'email', ...channel },
      { id: 'slack', ...channel, testedAt: '2026-11-01T00:00:00Z' },
      { id: 'teams', ...channel, accepted: 3 },
      { id: 'outbox', ...channel },
      { id: 'webhook', ...channel, receiverGoneSince: '2026-11-01' },
    ]);
    expect(results(untried)).toEqual([
      ['channel email', 'note'],
      ['receiver of webhook', 'problem'],
    ]);
    expectFixes([...silent, ...untried]);
  });

  test('that nobody may do everything any more', () => {
    const now = Date.UTC(2026, 10, 28);
    const person = { roles: ['admin'], teams: 'all' } as const;
    const token = { scopes: ['admin'], teams: 'all', expiresAt: '2027-01-01T00:00:00Z' } as const;
    const over = '2026-11-01T00:00:00Z';
    const found = (...given: Parameters<typeof administratorChecks>) =>
      administratorChecks(...given).map(({ result }) => result);
    const nobody: Parameters<typeof administratorChecks> = [
      [
        { ...person, roles: [...person.roles], disabledAt: over },
        { ...person, roles: ['admin'], expiresAt: over },
        { roles: ['admin'], teams: ['blue'] },
        { roles: ['viewer'], teams: 'all' },
      ],
      [
        { ...token, scopes: ['admin'], expiresAt: over },
        { ...token, scopes: ['admin'], revokedAt: over },
      ],
      false,
      now,
    ];
    expect(found(...nobody)).toEqual(['note']);
    expectFixes(administratorChecks(...nobody));
    expect(found([{ roles: ['admin'], teams: 'all' }], [], false, now)).toEqual(['ok']);
    expect(found([], [{ ...token, scopes: ['admin'] }], false, now)).toEqual(['ok']);
    expect(found([], [], true, now)).toEqual(['ok']);
  });

  test('of a running server what it says of itself, and where its public address leads', async () => {
    const config = baseSchema.parse({ data: { dir }, http: { port: 0 } });
    const log = createLog({ level: 'silent' });
    const app = await openApp({ config, keys: testKeySet(), log, isInMemory: true });
    const serving = await serve(app, 'api');
    try {
      const server = await readServerFile(dir);
      if (server === undefined) throw new Error('no server');
      const looked = async (publicUrl?: string) =>
        checkRunning(
          { ...config, http: { ...config.http, ...(publicUrl === undefined ? {} : { publicUrl }) } },
          server,
          Date.now(),
        );
      expect(results(await looked())).toEqual([['administrators', 'note']]);
      const own = await looked(server.url);
      const other = await looked(issuer.url);
      const gone = await looked('http://127.0.0.1:9');
      expect([own, other, gone].map((checks) => results(checks).at(-1))).toEqual([
        ['public address', 'ok'],
        ['public address', 'problem'],
        ['public address', 'note'],
      ]);
      expectFixes([...own, ...other, ...gone]);
    } finally {
      await serving.stop();
      await app.close();
    }
  });
});
