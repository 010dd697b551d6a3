import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { channels, sources } from '../src/adapters/index.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Store } from '../src/ports/store.ts';
import { openDoors } from './http/doors.ts';
import { testStores } from './support/stores.ts';

const root = resolve(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, 'deploy', name), 'utf8');
const adapters = { channels, sources };

describe('the container', () => {
  const dockerfile = read('Dockerfile');

  test('copies only what is there and what its context lets in', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gmu)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied.length).toBeGreaterThan(8);
    for (const name of copied) {
      expect(existsSync(join(root, name))).toBe(true);
      expect(allowed).toContain(`!${name}`);
    }
  });

  test('runs no script when it installs, so that the console is built once and from its sources', () => {
    const installs = dockerfile.match(/npm ci.*/gu) ?? [];
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toContain('--ignore-scripts');
    expect(dockerfile.match(/build:console/gu)).toHaveLength(1);
  });

  test('is healthy as soon as it lives: a schema that takes its time is no reason to start again', () => {
    const asked = /HEALTHCHECK[\s\S]*?\n {2}CMD (.+)/u.exec(dockerfile)?.[1] ?? '';
    expect(asked).toContain('/livez');
    expect(asked).not.toContain('/readyz');
  });

  test('runs as a user of its own, and its settings are settings', () => {
    expect(dockerfile).toMatch(/^USER node$/mu);
    const environment = Object.fromEntries(
      [...dockerfile.matchAll(/(FOLDBACK__\w+)=(\S+)/gu)].map(([, name, value]) => [name, value]),
    );
    const result = loadConfig({ environment, folder: tmpdir(), adapters });
    // It listens for others: whoever runs it says under which name.
    expect(result.kind === 'refused' && result.problems.map(({ setting }) => setting)).toEqual(['http.host']);
  });
});

describe('compose', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'foldback-deploy-'));
    cpSync(join(root, 'deploy', 'make-secrets.sh'), join(folder, 'make-secrets.sh'));
    execFileSync('sh', [join(folder, 'make-secrets.sh')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('its variables and the secrets that the script makes are settings that start', () => {
    const { services, secrets } = parse(read('compose.yaml'));
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(Object.keys(secrets).sort());
    const environment = Object.fromEntries(
      Object.entries<string>(services.foldback.environment).map(([name, value]) => [
        name,
        value
          .replace('/run/secrets', join(folder, 'secrets'))
          .replace(/\$\{FOLDBACK_PUBLIC_URL:-(.+)\}/u, '$1'),
      ]),
    );
    const inContainer = { FOLDBACK__HTTP__HOST: '0.0.0.0', FOLDBACK__DATA__DIR: '/data' };
    const result = loadConfig({ environment: { ...environment, ...inContainer }, folder, adapters });
    expect(result).toMatchObject({ kind: 'loaded' });
    if (result.kind !== 'loaded') return;
    expect(result.config.database.url).toMatch(
      /^postgres:\/\/foldback:[A-Za-z0-9]{20,}@database:5432\/foldback\?sslmode=disable$/u,
    );
    // No other container is on its network, which the file says; without that it would be TLS.
    expect(services.foldback.environment.FOLDBACK__DATABASE__TLS).toBe('plain');
    expect(services.database.environment.POSTGRES_PASSWORD_FILE).toBe('/run/secrets/database-password');
  });

  test('the secrets stand in a folder that only their owner enters, and a second run changes none', () => {
    expect(statSync(join(folder, 'secrets')).mode & 0o077).toBe(0);
    const all = () =>
      readdirSync(join(folder, 'secrets')).map((name) => readFileSync(join(folder, 'secrets', name), 'utf8'));
    const before = all();
    expect(new Set(before).size).toBe(before.length);
    execFileSync('sh', [join(folder, 'make-secrets.sh')]);
    expect(all()).toEqual(before);
  });
});

test('the variables of the systemd unit are settings', () => {
  const environment = Object.fromEntries(
    [...read('foldback.service').matchAll(/^Environment=(FOLDBACK__\w+)=(\S+)$/gmu)].map(
      ([, name, value]) => [name, value],
    ),
  );
  expect(Object.keys(environment)).not.toEqual([]);
  expect(loadConfig({ environment, folder: tmpdir(), adapters }).kind).toBe('loaded');
});

describe('what is drawn and what wakes an operator', () => {
  let store: Store;
  beforeAll(async () => {
    const [embedded] = testStores();
    if (embedded !== undefined) store = await embedded.open();
  });
  afterAll(() => store.close());

  test('is served by /metrics', async () => {
    const doors = openDoors({ store });
    const token = await doors.token(['system:read']);
    await doors.ask('/metrics', { token });
    const { text } = await doors.ask('/metrics', { token });
    const served = new Set([...text.matchAll(/^# TYPE (\w+) (\w+)$/gmu)].map(([, name]) => name));
    const asked = [`${read('grafana-dashboard.json')}${read('alerts.yaml')}`].flatMap((all) =>
      [...all.matchAll(/\b((?:foldback|process|nodejs)_\w+)\b/gu)].map(([, name = '']) =>
        name.replace(/_bucket$/u, ''),
      ),
    );
    expect(asked.length).toBeGreaterThan(10);
    for (const name of asked) expect(served).toContain(name);
    expect(text).toMatch(
      /^foldback_http_request_duration_seconds_bucket\{route="GET \/metrics",le="\+Inf"\} 1$/mu,
    );
  });
});
