import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-mail-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mail = 'From: Ana <ana@example.com>\r\nTo: us@corp.example\r\nSubject: hello\r\n\r\nHello.\r\n';
const email = {
  FOLDBACK__HTTP__PUBLIC_URL: 'https://feedback.example.com',
  FOLDBACK__CHANNELS__EMAIL__HOST: '127.0.0.1',
  FOLDBACK__CHANNELS__EMAIL__TLS: 'none',
  FOLDBACK__CHANNELS__EMAIL__FROM: 'us@corp.example',
};

test('a mail server pipes in what came back, and its log says what was made of it', {
  timeout: 120_000,
}, async () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    runCli(['mail', 'receive', ...args], { cwd: folder, env, input: mail });
  const taken = await run(['-'], email);
  expect([taken.code, taken.stdout]).toEqual([0, 'Nothing to do: it is about no message of ours.\n']);
  const without = await run(['-'], {});
  expect([without.code, without.stdout]).toEqual([3, '']);
  expect(without.stderr).toContain('No channel to which mail comes back is switched on.');
});
