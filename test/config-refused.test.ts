import { describe, expect, test } from 'vitest';
import { loadConfigOrThrow } from '../src/config/load.ts';
import { AppError } from '../src/core/errors.ts';
import { adapters, configFolder, newKey } from './support/config-folder.ts';

const place = configFolder();
const { write, loaded, refused, problemText } = place;

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
      loadConfigOrThrow({ environment: {}, folder: place.path, adapters });
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
    expect(refused({ FOLDBACK__KEYS__TOKEN: newKey() })).toEqual(['FOLDBACK__KEYS__TOKEN keys']);
    const same = newKey();
    const all = {
      FOLDBACK__KEYS__FINGERPRINT: newKey(),
      FOLDBACK__KEYS__TOKEN: same,
      FOLDBACK__KEYS__LEDGER: newKey(),
      FOLDBACK__KEYS__ASSIGNMENT: newKey(),
      FOLDBACK__KEYS__EVENT: same,
    };
    expect(problemText({ ...url, ...all })).toContain('the same key stands in');
    expect(refused({ ...url, ...all, FOLDBACK__KEYS__EVENT: newKey() })).toEqual([]);
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
