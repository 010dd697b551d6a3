import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServerFile, removeServerFile, writeServerFile } from './server-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-server-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a running server is found by its file, which only its owner can read', async () => {
  await writeServerFile(folder, { url: 'http://127.0.0.1:4400', token: 'example-token' });
  expect(await readServerFile(folder)).toEqual({
    url: 'http://127.0.0.1:4400',
    token: 'example-token',
    pid: process.pid,
  });
  expect((await stat(join(folder, 'server.json'))).mode & 0o777).toBe(0o600);
  await removeServerFile(folder);
  expect(await readServerFile(folder)).toBeUndefined();
  await removeServerFile(folder);
});

test('the file of a process that is gone names no server', () => {
  const module = JSON.stringify(new URL('server-file.ts', import.meta.url).href);
  const script = `import { writeServerFile } from ${module}; await writeServerFile(${JSON.stringify(folder)}, { url: 'http://127.0.0.1:1', token: 'x' });`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).status).toBe(0);
  return expect(readServerFile(folder)).resolves.toBeUndefined();
});

test('a file that others can read, or that is no such file, names no server', async () => {
  await writeServerFile(folder, { url: 'http://127.0.0.1:4400', token: 'example-token' });
  await chmod(join(folder, 'server.json'), 0o644);
  expect(await readServerFile(folder)).toBeUndefined();
  for (const text of ['', '{', '[]', 'null', '{"url":"x","token":"y","identity":{"pid":"1"}}']) {
    await rm(join(folder, 'server.json'), { force: true });
    await writeFile(join(folder, 'server.json'), text, { mode: 0o600 });
    expect(await readServerFile(folder)).toBeUndefined();
  }
});
