import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { channels, sources } from '../../src/adapters/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { listen } from '../support/loopback.ts';
import { cleanEnvironment, launcher } from '../support/run-cli.ts';
import { until } from '../support/until.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
});
const hookSecret = ['made', 'up', 'for', 'this', 'test', 'alone'].join('-');
const code = 'a1b2c3d4e5f6a7b8c9d0';

/** The two ends of GitHub that the flow meets: the exchange, once for each code. */
const calls: string[] = [];
const server = createServer((request, response) => {
  calls.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`);
  const isFirst = calls.length === 1 && request.url === `/app-manifests/${code}/conversions`;
  const body = isFirst
    ? { id: 4242, slug: 'foldback-acme', pem, webhook_secret: hookSecret }
    : { message: 'Not Found' };
  response.writeHead(isFirst ? 201 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
let port = 0;
beforeAll(async () => {
  port = await listen(server);
});
afterAll(() => void server.close());

function start(cwd: string) {
  const args = ['--organisation', 'acme', '--api', `http://127.0.0.1:${port}`, '--allow-private-network'];
  const child = spawn(process.execPath, [launcher, 'github-app', 'create', ...args], {
    cwd,
    env: { ...cleanEnvironment({ FOLDBACK__HTTP__PUBLICURL: 'https://foldback.example.com' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { said: () => text, ended };
}

test('the App is made from its manifest, its key lies where only we read it, and is shown nowhere', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'foldback-app-'));
  const run = start(cwd);
  const page = await until('the page', () => /http:\/\/127\.0\.0\.1:\d+/u.exec(run.said())?.[0]);
  const form = await (await fetch(`${page}/`)).text();
  const action = /action="([^"]+)"/u.exec(form)?.[1] ?? '';
  const manifest = JSON.parse((/value="([^"]+)"/u.exec(form)?.[1] ?? '').replaceAll('&#34;', '"'));
  expect(action).toMatch(/^https:\/\/github\.com\/organizations\/acme\/settings\/apps\/new\?state=/u);
  expect(manifest).toMatchObject({
    public: false,
    redirect_url: `${page}/made`,
    hook_attributes: { url: 'https://foldback.example.com/v1/sources/github' },
    default_permissions: { checks: 'write', issues: 'write' },
  });
  const state = new URL(action.replaceAll('&amp;', '&')).searchParams.get('state') ?? '';
  expect((await fetch(`${page}/made?code=${code}&state=${state}x`)).status).toBe(403);
  expect((await fetch(`${page}/made?code=${code}`)).status).toBe(403);
  expect(calls).toEqual([]);
  expect((await fetch(`${page}/made?code=${code}&state=${state}`)).status).toBe(200);
  expect(await run.ended, run.said()).toBe(0);
  expect(calls).toEqual([`POST /app-manifests/${code}/conversions nobody`]);
  const dir = join(cwd, '.foldback');
  const files = ['github-app.pem', 'github-webhook-secret'].map((name) => join(dir, `${name}.sealed`));
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  for (const file of files) expect(readFileSync(file, 'utf8')).toMatch(/^sealed:1:[\w:-]+$/u);
  // What the command says to set is what the settings then hold.
  const variable = /FOLDBACK__\w+_FILE=\S+/gu;
  const environment = Object.fromEntries([...run.said().matchAll(variable)].map(([text]) => text.split('=')));
  environment['FOLDBACK__CHANNELS__GITHUB__APPID'] = '4242';
  environment['FOLDBACK__HTTP__PUBLICURL'] = 'https://foldback.example.com';
  const loaded = loadConfig({ environment, folder: cwd, adapters: { channels, sources } });
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.config.channels['github']).toMatchObject({ appId: '4242', privateKey: pem });
  expect(loaded.config.sources.github?.secrets).toEqual([hookSecret]);
  expect(run.said()).toContain('appId: "4242"');
  expect(run.said()).not.toContain('PRIVATE KEY');
  expect(run.said()).not.toContain(hookSecret);
});

test('a code that GitHub does not know writes nothing, and says so', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'foldback-app-'));
  const run = start(cwd);
  const page = await until('the page', () => /http:\/\/127\.0\.0\.1:\d+/u.exec(run.said())?.[0]);
  const form = await (await fetch(`${page}/`)).text();
  const state = /state=([\w-]+)/u.exec(form)?.[1] ?? '';
  await fetch(`${page}/made?code=../../user&state=${state}`);
  expect(await run.ended).toBe(1);
  expect(run.said()).toContain('what came back is no code');
  expect(() => statSync(join(cwd, '.foldback', 'github-app.pem.sealed'))).toThrow();
});
