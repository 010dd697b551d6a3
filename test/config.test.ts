import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { channels, sources } from '../src/adapters/index.ts';
import { hourOf } from '../src/config/checks.ts';
import { configMarkdown, variableOf } from '../src/config/docs.ts';
import { effective, secretValues } from '../src/config/effective.ts';
import { type LoadedConfig, loadConfig, loadConfigOrThrow } from '../src/config/load.ts';
import { problemsText } from '../src/config/problem.ts';
import type { Environment } from '../src/config/read-environment.ts';
import { configSchema } from '../src/config/schema.ts';
import { type Setting, settingsTree } from '../src/config/settings-tree.ts';
import { AppError } from '../src/core/errors.ts';

const adapters = { channels, sources };
const key = (): string => randomBytes(32).toString('base64');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-config-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(yaml: string, name = 'foldback.yaml'): Promise<void> {
  await writeFile(join(folder, name), yaml);
}

function loaded(environment: Environment = {}): LoadedConfig {
  const result = loadConfig({ environment, folder, adapters });
  if (result.kind === 'refused') throw new Error(problemsText(result.problems));
  return result;
}

/** The problems as `where setting`, sorted. */
function refused(environment: Environment = {}): readonly string[] {
  const result = loadConfig({ environment, folder, adapters });
  return result.kind === 'loaded'
    ? []
    : result.problems.map(({ where, setting }) => `${where} ${setting}`.trim());
}

function problemText(environment: Environment = {}): string {
  const result = loadConfig({ environment, folder, adapters });
  return result.kind === 'loaded' ? '' : problemsText(result.problems);
}

describe('without any settings', () => {
  test('Foldback listens on this machine, keeps data in ./.foldback, is in shadow and sends nothing', () => {
    const { config } = loaded();
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 4400, hosts: [] });
    expect(config.data.dir).toBe(join(folder, '.foldback'));
    expect(config.delivery).toMatchObject({
      mode: 'shadow',
      channel: 'outbox',
      quietHours: { from: '20:00', to: '08:00' },
      workingHours: { from: '09:00', to: '17:00', days: [1, 2, 3, 4, 5] },
      timeZone: 'UTC',
      language: 'en',
      perPersonPerDayMax: 3,
      releasePerPersonPerDayMax: 1,
      urgentSeverity: 'critical',
    });
    expect(config.backlog.afterHours).toBe(72);
    expect(config.channels).toEqual({});
  });

  test('a file of comments and empty sections is the same as none', async () => {
    await write('# nothing yet\nhttp:\n  # port: 1\ndelivery:\n  quietHours:\n');
    const [withFile, without] = [folder, join(folder, 'none')].map(
      (at) => loadConfigOrThrow({ environment: {}, folder: at, adapters }).config,
    );
    expect({ ...withFile, data: {} }).toEqual({ ...without, data: {} });
  });
});

describe('where values come from', () => {
  test('the environment goes before the file, the file before the default, and each value tells its origin', async () => {
    await write('http:\n  port: 5000\n  host: localhost\n');
    const found = loaded({ FOLDBACK__HTTP__PORT: '6000', FOLDBACK__DELIVERY__QUIET_HOURS__FROM: '21:00' });
    const rows = new Map(effective(found).map((row) => [row.setting, row]));
    expect(rows.get('http.port')).toEqual({
      setting: 'http.port',
      value: '6000',
      origin: 'FOLDBACK__HTTP__PORT',
    });
    expect(rows.get('http.host')?.origin).toBe('foldback.yaml:3');
    expect(rows.get('delivery.quietHours.from')?.origin).toBe('FOLDBACK__DELIVERY__QUIET_HOURS__FROM');
    expect(rows.get('delivery.mode')?.origin).toBe('default');
  });

  test('FOLDBACK_CONFIG names another file, which must be there', async () => {
    await write('http: {port: 5001}\n', 'other.yaml');
    expect(loaded({ FOLDBACK_CONFIG: 'other.yaml' }).config.http.port).toBe(5001);
    expect(refused({ FOLDBACK_CONFIG: 'missing.yaml' })).toEqual(['missing.yaml']);
  });

  test('a secret can come from a file, without the line break at its end', async () => {
    await write('hunter2-hunter2-hunter2\n', 'secret');
    const { config } = loaded({ FOLDBACK__SOURCES__GITHUB__SECRETS_FILE: join(folder, 'secret') });
    expect(config.sources.github?.secrets).toEqual(['hunter2-hunter2-hunter2']);
    expect(problemText({ FOLDBACK__TOKEN_FILE: join(folder, 'nowhere') })).toContain('cannot be read');
  });

  test('DATABASE_URL is database.url, and two variables for one setting are refused', () => {
    const keys = {
      FOLDBACK__KEYS__FINGERPRINT: `${key()},${key()}`,
      FOLDBACK__KEYS__TOKEN: key(),
      FOLDBACK__KEYS__LEDGER: key(),
      FOLDBACK__KEYS__ASSIGNMENT: key(),
      FOLDBACK__KEYS__EVENT: key(),
    };
    const url = 'postgres://user:hunter2@db.example/foldback';
    expect(loaded({ ...keys, DATABASE_URL: url }).config.database.url).toBe(url);
    expect(loaded({ ...keys, DATABASE_URL: url }).config.keys.fingerprint).toHaveLength(2);
    expect(refused({ ...keys, DATABASE_URL: url, FOLDBACK__DATABASE__URL: url })).toEqual([
      'FOLDBACK__DATABASE__URL database.url',
    ]);
  });

  test('lists, numbers and switches are read from text; empty variables count as not set', () => {
    const { config } = loaded({
      FOLDBACK__HTTP__HOSTS: 'a.example, b.example',
      FOLDBACK__DELIVERY__WORKING_HOURS__DAYS: '1,2',
      FOLDBACK__REPOSITORIES: '[{name: shop, path: ../shop}]',
      FOLDBACK__CHANNELS__WEBHOOK__URL: 'https://hook.example/x',
      FOLDBACK__CHANNELS__WEBHOOK__SECRETS: `whsec_${key()}`,
      FOLDBACK__CHANNELS__WEBHOOK__ALLOW_PRIVATE_NETWORK: 'yes',
      FOLDBACK__HTTP__PUBLICURL: 'https://loop.example/',
      FOLDBACK__PEOPLE: '',
    });
    expect(config.http.hosts).toEqual(['a.example', 'b.example']);
    expect(config.delivery.workingHours.days).toEqual([1, 2]);
    expect(config.repositories).toEqual([{ name: 'shop', path: join(folder, '../shop') }]);
    expect(config.channels.webhook).toMatchObject({ allowPrivateNetwork: true, timeoutMs: 15_000 });
    expect(config.http.publicUrl).toBe('https://loop.example');
    expect(config.people).toBeUndefined();
  });

  test('paths in the file start at its folder, others at the working folder', async () => {
    await mkdir(join(folder, 'etc'));
    await write(
      'people: people.yaml\ndata: {dir: data}\nrepositories: [{name: a, path: /srv/a}]\n',
      'etc/fb.yaml',
    );
    const { config } = loaded({ FOLDBACK_CONFIG: 'etc/fb.yaml', FOLDBACK__PACKS: 'packs' });
    expect(config.people).toBe(join(folder, 'etc/people.yaml'));
    expect(config.data.dir).toBe(join(folder, 'etc/data'));
    expect(config.repositories[0]?.path).toBe('/srv/a');
    expect(config.packs).toBe(join(folder, 'packs'));
  });
});

describe('what is wrong', () => {
  test('is named all at once, each with its place and what to do', async () => {
    await write(
      [
        'http:',
        '  prt: 1',
        '  host: 0.0.0.0',
        'delivery:',
        '  mode: liv',
        '  quietHours: {from: 8am}',
        'channels:',
        '  email: {host: mail.example.com}',
        'repositories:',
        '  - path: x',
        'zap: 1',
      ].join('\n'),
    );
    const environment = { FOLDBACK__DELIVRY__LANGUAGE: 'en', FOLDBACK__HTTP__PORT: 'http' };
    expect([...refused(environment)].sort()).toEqual([
      'FOLDBACK__DELIVRY__LANGUAGE',
      'FOLDBACK__HTTP__PORT http.port',
      'foldback.yaml:10 repositories[0].name',
      'foldback.yaml:11 zap',
      'foldback.yaml:2 http.prt',
      'foldback.yaml:3 http.host',
      'foldback.yaml:5 delivery.mode',
      'foldback.yaml:6 delivery.quietHours.from',
      'foldback.yaml:8 channels.email',
      'foldback.yaml:8 channels.email.from',
    ]);
    const text = problemText(environment);
    expect(text).toContain('Did you mean FOLDBACK__DELIVERY__LANGUAGE?');
    expect(text).toContain('Did you mean port?');
    expect(text).toContain('Write one of shadow, live.');
    expect(text).toContain('Set http.publicUrl');
  });

  test('is never quoted: a wrong value may be a secret in the wrong place', async () => {
    const canary = 'canary-value-1234';
    await write(
      `http: {port: ${canary}, publicUrl: ${canary}}\nkeys: {token: [${canary}], event: ${canary}}\ndelivery: {mode: ${canary}, timeZone: ${canary}}\nduty: {emails: [${canary}]}\nlog: ${canary}\n`,
    );
    const environment = {
      FOLDBACK__DATABASE__URL: canary,
      FOLDBACK__SOURCES__GITHUB: canary,
      FOLDBACK__LIMITS__DEPTH_MAX: canary,
    };
    expect(refused(environment)).toHaveLength(12);
    expect(problemText(environment)).not.toContain(canary);
    await write(`a: [${canary}\n  ${canary}: {`);
    expect(problemText()).toMatch(/not valid YAML/u);
    expect(problemText()).not.toContain(canary);
  });

  test('is one fault with a place for each problem, for whoever must stop', async () => {
    await write('http: {prt: 1}\nzap: 2\n');
    try {
      loadConfigOrThrow({ environment: {}, folder, adapters });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.code).toBe('bad-config');
      expect(error.places.map(({ pointer }) => pointer)).toEqual(['http.prt', 'zap']);
    }
  });

  test.each([
    ['a list', '- a\n', 'foldback.yaml:1'],
    ['a text', 'hello\n', 'foldback.yaml:1'],
    ['a key twice', 'http: {port: 1}\nhttp: {port: 2}\n', 'foldback.yaml:2'],
    ['broken YAML', 'http: [\n', 'foldback.yaml:2'],
  ])('%s instead of settings is refused with its line', async (_name, yaml, where) => {
    await write(yaml);
    expect(refused()).toEqual([where]);
  });

  test('a file that repeats itself without end is refused, not read', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) => `l${n}: &l${n} [${Array(9).fill(n === 0 ? 'x' : `*l${n - 1}`)}]`,
    );
    await write(`${levels.join('\n')}\n`);
    expect(problemText()).toContain('too many aliases');
    await write(`x: ${'y'.repeat(1_100_000)}\n`);
    expect(problemText()).toContain('larger than 1 MiB');
  });
});

describe('what must not start', () => {
  const mail = {
    FOLDBACK__CHANNELS__EMAIL__HOST: 'mail.example.com',
    FOLDBACK__CHANNELS__EMAIL__FROM: 'foldback@example.com',
  };

  test('a channel that leaves the machine without publicUrl, also in shadow', () => {
    expect(refused(mail)).toEqual(['FOLDBACK__CHANNELS__EMAIL__FROM channels.email']);
    expect(refused({ ...mail, FOLDBACK__HTTP__PUBLIC_URL: 'https://loop.example' })).toEqual([]);
    expect(refused({ FOLDBACK__CHANNELS__OUTBOX: '{}' })).toEqual([]);
  });

  test.each([
    ['http://loop.example', 1],
    ['https://user:pw@loop.example', 1],
    ['https://loop.example/?x=1', 1],
    ['ftp://loop.example', 1],
    ['http://localhost:4400', 0],
    ['http://[::1]:4400', 0],
    ['https://loop.example/foldback/', 0],
  ])('publicUrl %s gives %i problems', (url, count) => {
    expect(refused({ FOLDBACK__HTTP__PUBLIC_URL: url })).toHaveLength(count);
  });

  test('listening to other machines without a host name that is allowed', () => {
    expect(refused({ FOLDBACK__HTTP__HOST: '0.0.0.0' })).toEqual(['FOLDBACK__HTTP__HOST http.host']);
    expect(problemText({ FOLDBACK__HTTP__HOST: '::' })).toContain('other machines');
    expect(refused({ FOLDBACK__HTTP__HOST: '0.0.0.0', FOLDBACK__HTTP__HOSTS: 'loop.example' })).toEqual([]);
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost']) {
      expect(refused({ FOLDBACK__HTTP__HOST: host })).toEqual([]);
    }
  });

  test('PostgreSQL without every key, some keys only, one key in two places, a key that is none', () => {
    const url = { DATABASE_URL: 'postgres://db.example/foldback' };
    expect(problemText(url)).toContain(
      'keys.fingerprint, keys.token, keys.ledger, keys.assignment, keys.event',
    );
    expect(refused({ FOLDBACK__KEYS__TOKEN: key() })).toEqual(['FOLDBACK__KEYS__TOKEN keys']);
    const same = key();
    const all = {
      FOLDBACK__KEYS__FINGERPRINT: key(),
      FOLDBACK__KEYS__TOKEN: same,
      FOLDBACK__KEYS__LEDGER: key(),
      FOLDBACK__KEYS__ASSIGNMENT: key(),
      FOLDBACK__KEYS__EVENT: same,
    };
    expect(problemText({ ...url, ...all })).toContain('the same key stands in');
    expect(refused({ ...url, ...all, FOLDBACK__KEYS__EVENT: key() })).toEqual([]);
    expect(refused({ ...url, ...all, FOLDBACK__KEYS__EVENT: 'password' })).toEqual([
      'FOLDBACK__KEYS__EVENT keys.event',
    ]);
    expect(problemText({ ...all, FOLDBACK__KEYS__EVENT: Buffer.alloc(32, 7).toString('base64') })).toContain(
      'no random key',
    );
  });

  test('a channel that does not exist or has no settings, an upside-down working day, a clone twice', async () => {
    expect(problemText({ FOLDBACK__DELIVERY__CHANNEL: 'emial' })).toContain('Did you mean email?');
    expect(problemText({ FOLDBACK__DELIVERY__CHANNEL: 'email' })).toContain('channels.email');
    expect(refused({ FOLDBACK__DELIVERY__WORKING_HOURS__TO: '08:00' })).toEqual([
      'FOLDBACK__DELIVERY__WORKING_HOURS__TO delivery.workingHours',
    ]);
    await write('repositories:\n  - {name: A, path: x}\n  - {name: a, path: y}\n');
    expect(refused()).toEqual(['foldback.yaml:3 repositories[1]']);
  });

  test('an unknown source or channel, with the nearest one named', () => {
    expect(problemText({ FOLDBACK__SOURCES__GITHUP__SECRETS: 'x'.repeat(16) })).toContain(
      'FOLDBACK__SOURCES__GITHUB__SECRETS?',
    );
    expect(problemText({ FOLDBACK__SOURCES__GITHUB__SECRETS: 'short' })).toContain('16 characters');
  });
});

describe('showing settings', () => {
  test('no secret is shown, neither those of the schema nor those of adapters, and the log knows them all', () => {
    const secrets = [
      key(),
      key(),
      key(),
      key(),
      key(),
      'mail-password-1',
      `whsec_${key()}`,
      'sender-secret-1234567',
    ];
    const [fingerprint, token, ledger, assignment, event, password, hook, sender] = secrets;
    const found = loaded({
      DATABASE_URL: 'postgres://user:p%40ssw0rd@db.example:5432/foldback?sslmode=require',
      FOLDBACK__KEYS__FINGERPRINT: fingerprint,
      FOLDBACK__KEYS__TOKEN: token,
      FOLDBACK__KEYS__LEDGER: ledger,
      FOLDBACK__KEYS__ASSIGNMENT: assignment,
      FOLDBACK__KEYS__EVENT: event,
      FOLDBACK__CHANNELS__EMAIL__HOST: 'mail.example.com',
      FOLDBACK__CHANNELS__EMAIL__FROM: 'foldback@example.com',
      FOLDBACK__CHANNELS__EMAIL__USER: 'foldback',
      FOLDBACK__CHANNELS__EMAIL__PASSWORD: password,
      FOLDBACK__CHANNELS__WEBHOOK__URL: 'https://hook.example',
      FOLDBACK__CHANNELS__WEBHOOK__SECRETS: hook,
      FOLDBACK__SOURCES__GITHUB__SECRETS: sender,
      FOLDBACK__HTTP__PUBLIC_URL: 'https://loop.example',
      FOLDBACK__TOKEN: 'client-token-1',
    });
    const shown = JSON.stringify(effective(found));
    const known = secretValues(found);
    for (const secret of [...secrets, 'client-token-1', 'p@ssw0rd']) {
      expect(shown).not.toContain(secret);
      expect(known).toContain(secret);
    }
    expect(shown).not.toContain('p%40ssw0rd');
    expect(shown).toContain('postgres://••••@db.example:5432/foldback');
    expect(shown).toContain('mail.example.com');
  });

  test('a time of day is counted in hours', () => {
    expect([hourOf('00:00'), hourOf('20:30'), hourOf('08:15')]).toEqual([0, 20.5, 8.25]);
  });
});

describe('docs/config.md', () => {
  const root = settingsTree(configSchema(adapters));

  test('is what the schema says; if this fails run: node scripts/config-docs.ts', async () => {
    const text = await readFile(new URL('../docs/config.md', import.meta.url), 'utf8');
    expect(text).toBe(configMarkdown(root));
  });

  test('names every setting, and every setting of ours says what it is', () => {
    const text = configMarkdown(root);
    const walk = (setting: Setting, path: readonly string[]): void => {
      for (const [name, member] of setting.members) {
        if (member.members.size > 0) walk(member, [...path, name]);
        else expect([name, text.includes(`\`${[...path, name].join('.')}`)]).toEqual([name, true]);
        // What an adapter's group is for, its title and README say.
        const isAdapter = member.kind === 'section' && ['channels', 'sources'].includes(path[0] ?? '');
        if (!isAdapter) expect([...path, name, member.description]).not.toContain('');
      }
    };
    walk(root, []);
  });

  test('the variable of a setting is read back as that setting', () => {
    expect(variableOf(['delivery', 'perPersonPerDayMax'])).toBe('FOLDBACK__DELIVERY__PER_PERSON_PER_DAY_MAX');
    expect(
      loaded({ [variableOf(['delivery', 'perPersonPerDayMax'])]: '7' }).config.delivery.perPersonPerDayMax,
    ).toBe(7);
  });
});

describe('the ladder of channels', () => {
  const mail =
    'channels: { email: { host: mail.example.com, from: a@example.com } }\nhttp: { publicUrl: "https://f.example.com" }\n';
  test.each([
    ['after', 'ladder: { after: [emial] }', 'ladder.after', 'Did you mean email?'],
    [
      'teams',
      'ladder: { teams: { blue: [email, pager] } }',
      'ladder.teams.blue',
      'there is no channel pager',
    ],
    [
      'people',
      'ladder: { people: { ana: [constructor] } }',
      'ladder.people.ana',
      'there is no channel constructor',
    ],
    ['after', 'ladder: { after: [slack] }', 'ladder.after', 'Write them under channels.slack.'],
    ['teams', 'ladder: { teams: { blue: [teams] } }', 'ladder.teams.blue', 'the channel has no settings'],
    ['people', 'ladder: { people: { ana: [webhook] } }', 'ladder.people.ana', 'the channel has no settings'],
  ])(
    'nothing starts with a channel in %s that is not there or has no settings: %s',
    async (_where, yaml, setting, said) => {
      await write(`${mail}${yaml}\n`);
      expect(refused()).toEqual([`foldback.yaml:3 ${setting}`]);
      expect(problemText()).toContain(said);
    },
  );

  test('channels that are there and set up are taken', async () => {
    await write(
      `${mail}ladder: { after: [email], teams: { blue: [email, outbox] }, people: { ana: [outbox] } }\n`,
    );
    expect(loaded().config.ladder.teams).toEqual({ blue: ['email', 'outbox'] });
  });
});
