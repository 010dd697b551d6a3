import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { runCli } from '../support/run-cli.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the shipped packs with one file of the policies changed. */
function packsWith(file: string, change: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-policy-'));
  folders.push(folder);
  cpSync(shippedPacksDir(), folder, { recursive: true });
  const path = join(folder, 'policies', file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return folder;
}

const check = async (folder: string) => {
  const { code, stdout } = await runCli(['policy', 'check', folder, '--json']);
  const { problems }: { problems: { file: string; line: number; reason: string }[] } = JSON.parse(stdout);
  return { code, text: problems.map(({ file, line, reason }) => `${file}:${line}: ${reason}`).join('\n') };
};

test('the shipped policies pass their check', async () => {
  expect(await check(shippedPacksDir())).toEqual({ code: 0, text: '' });
});

test('a check says what is wrong, with its file and line', async () => {
  const unreachable = await check(
    packsWith('tokens.cedar', (text) =>
      text.replace('resource is account\n)\nunless', 'resource is tool\n)\nunless'),
    ),
  );
  expect(unreachable.code).toBe(1);
  expect(unreachable.text).toMatch(/tokens\.cedar:\d+: no request can reach "lasting-key-without-ticket"/u);

  const blaming = await check(
    packsWith('words.en.yaml', (text) => text.replace('An agent reads no secrets.', 'This was careless.')),
  );
  expect(blaming).toMatchObject({ code: 1, text: expect.stringContaining('"careless" blames') });

  const wordless = await check(
    packsWith('words.es.yaml', (text) => text.replace(/^ {2}agent-secret:\n.*\n.*\n/mu, '')),
  );
  expect(wordless).toMatchObject({
    code: 1,
    text: expect.stringContaining('words.es.yaml has no "agent-secret"'),
  });

  const failing = await check(
    packsWith('policies.tests.yaml', (text) => text.replace('expect: permitted', 'expect: forbidden')),
  );
  expect(failing).toMatchObject({ code: 1, text: expect.stringContaining('should be forbidden') });
});
