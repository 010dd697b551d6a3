import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hourOf } from '../src/config/checks.ts';
import { configMarkdown, variableOf } from '../src/config/docs.ts';
import { effective, secretValues } from '../src/config/effective.ts';
import { loadConfigOrThrow } from '../src/config/load.ts';
import { configSchema } from '../src/config/schema.ts';
import { type Setting, settingsTree } from '../src/config/settings-tree.ts';
import { adapters, configFolder, newKey } from './support/config-folder.ts';

const place = configFolder();
const { write, loaded, refused, problemText } = place;

describe('without any settings', () => {
  test('Foldback listens on this machine, keeps data in ./.foldback, is in shadow and sends nothing', () => {
    const { config } = loaded();
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 4400, hosts: [] });
    expect(config.data.dir).toBe(join(place.path, '.foldback'));
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
    const [withFile, without] = [place.path, join(place.path, 'none')].map(
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
    const { config } = loaded({ FOLDBACK__SOURCES__GITHUB__SECRETS_FILE: join(place.path, 'secret') });
    expect(config.sources.github?.secrets).toEqual(['hunter2-hunter2-hunter2']);
    expect(problemText({ FOLDBACK__TOKEN_FILE: join(place.path, 'nowhere') })).toContain('cannot be read');
  });

  test('DATABASE_URL is database.url, and two variables for one setting are refused', () => {
    const keys = {
      FOLDBACK__KEYS__FINGERPRINT: `${newKey()},${newKey()}`,
      FOLDBACK__KEYS__TOKEN: newKey(),
      FOLDBACK__KEYS__LEDGER: newKey(),
      FOLDBACK__KEYS__ASSIGNMENT: newKey(),
      FOLDBACK__KEYS__EVENT: newKey(),
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
      FOLDBACK__CHANNELS__WEBHOOK__SECRETS: `whsec_${newKey()}`,
      FOLDBACK__CHANNELS__WEBHOOK__ALLOW_PRIVATE_NETWORK: 'yes',
      FOLDBACK__HTTP__PUBLICURL: 'https://loop.example/',
      FOLDBACK__PEOPLE: '',
    });
    expect(config.http.hosts).toEqual(['a.example', 'b.example']);
    expect(config.delivery.workingHours.days).toEqual([1, 2]);
    expect(config.repositories).toEqual([{ name: 'shop', path: join(place.path, '../shop') }]);
    expect(config.channels.webhook).toMatchObject({ allowPrivateNetwork: true, timeoutMs: 15_000 });
    expect(config.http.publicUrl).toBe('https://loop.example');
    expect(config.people).toBeUndefined();
  });

  test('paths in the file start at its folder, others at the working folder', async () => {
    await mkdir(join(place.path, 'etc'));
    await write(
      'people: people.yaml\ndata: {dir: data}\nrepositories: [{name: a, path: /srv/a}]\n',
      'etc/fb.yaml',
    );
    const { config } = loaded({ FOLDBACK_CONFIG: 'etc/fb.yaml', FOLDBACK__PACKS: 'packs' });
    expect(config.people).toBe(join(place.path, 'etc/people.yaml'));
    expect(config.data.dir).toBe(join(place.path, 'etc/data'));
    expect(config.repositories[0]?.path).toBe('/srv/a');
    expect(config.packs).toBe(join(place.path, 'packs'));
  });
});

describe('showing settings', () => {
  test('no secret is shown, neither those of the schema nor those of adapters, and the log knows them all', () => {
    const secrets = [
      newKey(),
      newKey(),
      newKey(),
      newKey(),
      newKey(),
      'mail-password-1',
      `whsec_${newKey()}`,
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
