import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitRepository, makeRepository } from '../support/git-repository.ts';
import { launcher, runCli } from '../support/run-cli.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';

const token = ['ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO', '0pINUx'].join('');
const folder = mkdtempSync(join(tmpdir(), 'foldback-test-hook-'));
const env = {
  FOLDBACK__HTTP__PORT: '0',
  FOLDBACK__LOG__LEVEL: 'warn',
  FOLDBACK__DATA__DIR: join(folder, 'data'),
};
let server: RunningServer;
let remote: GitRepository;
let local: GitRepository;

beforeAll(async () => {
  server = await startServer(folder, env);
  remote = makeRepository({ bare: true });
  local = makeRepository();
  const hook = join(remote.path, 'hooks', 'pre-receive');
  mkdirSync(join(remote.path, 'hooks'), { recursive: true });
  const data = `FOLDBACK__DATA__DIR='${env.FOLDBACK__DATA__DIR}'`;
  writeFileSync(hook, `#!/bin/sh\n${data} exec '${process.execPath}' '${launcher}' hook pre-receive\n`);
  chmodSync(hook, 0o755);
  remote.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
}, 120_000);

afterAll(async () => {
  await server.stop('SIGKILL');
  for (const made of [remote, local]) made.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a secret that the hook stopped is nobody’s case on the server that runs on this data', async () => {
  local.commit({ 'README.md': 'hello\n' });
  local.git('push', '-q', remote.path, 'main');
  local.commit({ 'config/app.env': `TOKEN=${token}\n` });
  for (const _try of [1, 2])
    expect(() => local.git('push', '-q', remote.path, 'main')).toThrow(/a GitHub token/u);
  const listed = await runCli(['loops', 'list', '--json'], { cwd: folder, env });
  expect([listed.code, listed.stdout.trim()]).toEqual([0, '']);
}, 60_000);
