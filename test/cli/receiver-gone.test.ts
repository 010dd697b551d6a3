import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { channels, sources } from '../../src/adapters/index.ts';
import { openApp } from '../../src/app.ts';
import { findKeys } from '../../src/config/keys-store.ts';
import { loadConfigOrThrow } from '../../src/config/load.ts';
import { createLog } from '../../src/lib/log.ts';
import { noteGone, receiversOf } from '../../src/loop/receivers.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'foldback-gone-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a receiver that is gone is a problem of the doctor, which says how it is called again', async () => {
  writeFileSync(
    join(folder, 'foldback.yaml'),
    `http: { publicUrl: "https://f.example.com" }\nchannels: { webhook: { url: "http://127.0.0.1:9/x", allowPrivateNetwork: true, stateChanges: true, secrets: ["whsec_${randomBytes(32).toString('base64')}"] } }\n`,
  );
  const { config } = loadConfigOrThrow({ environment: {}, folder, adapters: { channels, sources } });
  const { keys } = await findKeys(config, randomBytes);
  const app = await openApp({ config, keys, log: createLog({ level: 'silent' }) });
  const [webhook] = app.channels.filter(({ id }) => id === 'webhook');
  const [receiver] = webhook === undefined ? [] : receiversOf(webhook);
  await app.parts.store.transaction((tx) => noteGone(tx, receiver, Date.UTC(2026, 10, 23)));
  await app.close();

  const found = await runCli(['doctor'], { cwd: folder });
  expect(found.stdout).toContain('PROBLEM  receiver of webhook');
  expect(found.stdout).toContain('npx foldback channels resume webhook');
  expect((await runCli(['channels'], { cwd: folder })).stdout).toContain('webhook (gone)');
  expect((await runCli(['channels', 'resume', 'webhook'], { cwd: folder })).stdout).toContain('called again');
}, 180_000);
