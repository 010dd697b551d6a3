import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, lockHolder } from './lock-file.ts';
import { isRunning, ownIdentity } from './process-identity.ts';

let folder = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foldback-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const module = JSON.stringify(new URL('lock-file.ts', import.meta.url).href);

/** A process that runs the script, with the lock's functions and the folder at hand, and its lines. */
function run(script: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const text = `import { acquireLock } from ${module}; const folder = ${JSON.stringify(folder)}; ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

const holding = 'const r = await acquireLock(folder); console.log(r.kind); setInterval(() => {}, 1000);';

test('a second opener is refused and told who holds the folder', async () => {
  const { child, lines } = run(holding);
  expect((await lines.next()).value).toBe('held');
  expect(await acquireLock(folder)).toMatchObject({ kind: 'busy', holder: { pid: child.pid } });
  expect(await lockHolder(folder)).toMatchObject({ pid: child.pid });
});

test('a second opener inside the same process is refused too, until the first lets go', async () => {
  const first = await acquireLock(folder);
  expect(first.kind).toBe('held');
  expect(await acquireLock(folder)).toMatchObject({ kind: 'busy', holder: { pid: process.pid } });
  if (first.kind === 'held') await first.lock.release();
  expect(await readdir(folder)).toEqual([]);
  const again = await acquireLock(folder);
  expect(again.kind).toBe('held');
  if (again.kind === 'held') await again.lock.release();
});

test('the lock of a killed process is taken over at once', async () => {
  const { child, lines } = run(holding);
  expect((await lines.next()).value).toBe('held');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const result = await acquireLock(folder);
  expect(result.kind).toBe('held');
  if (result.kind === 'held') await result.lock.release();
});

test('a stopped process still holds its lock', async () => {
  const { child, lines } = run(holding);
  expect((await lines.next()).value).toBe('held');
  child.kill('SIGSTOP');
  expect((await acquireLock(folder)).kind).toBe('busy');
});

test('of many processes that begin together never two hold, and the work goes on', async () => {
  // Each takes the lock when it can, writes "in", yields, writes "out": overlap would show as two "in" in a row.
  const script = `
    import('node:fs').then(async ({ appendFileSync }) => {
      for (let done = 0; done < 3; ) {
        const r = await acquireLock(folder + '/data');
        if (r.kind !== 'held') { await new Promise((f) => setTimeout(f, 5)); continue; }
        appendFileSync(folder + '/trace', 'in ' + process.pid + '\\n');
        await new Promise((f) => setTimeout(f, 2));
        appendFileSync(folder + '/trace', 'out ' + process.pid + '\\n');
        await r.lock.release();
        done += 1;
      }
    });`;
  await Promise.all(Array.from({ length: 6 }, () => once(run(script).child, 'exit')));
  const trace = (await readFile(join(folder, 'trace'), 'utf8')).trim().split('\n');
  expect(trace).toHaveLength(36);
  for (let index = 0; index < trace.length; index += 2) {
    expect([trace[index]?.slice(0, 3), trace[index + 1]]).toEqual([
      'in ',
      trace[index]?.replace('in', 'out'),
    ]);
  }
});

test('a number used again by another process does not keep a dead lock alive', async () => {
  const own = ownIdentity();
  expect(isRunning(own)).toBe('yes');
  if (own.began === '') return;
  expect(isRunning({ ...own, began: '1' })).toBe('no');
  expect(isRunning({ ...own, pid: 2 ** 22 + 5 })).toBe('no');
});

test('a holder elsewhere counts until it has been silent for half a minute', async () => {
  const path = join(folder, 'lock-00112233445566aa.json');
  const claim = {
    identity: { pid: 1, place: 'another host', began: '5' },
    since: '2026-01-01T00:00:00Z',
  };
  await writeFile(path, JSON.stringify(claim));
  expect(await acquireLock(folder)).toMatchObject({ kind: 'busy', holder: { place: 'another host' } });
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  const result = await acquireLock(folder);
  expect(result.kind).toBe('held');
  if (result.kind === 'held') await result.lock.release();
});

test('a claim that cannot be read is not taken for a dead one', async () => {
  await writeFile(join(folder, 'lock-00112233445566aa.json'), '{"half":');
  expect((await acquireLock(folder)).kind).toBe('busy');
});

test('the claim is readable by its owner only', async () => {
  const result = await acquireLock(folder);
  const [name] = await readdir(folder);
  expect((await stat(join(folder, name ?? ''))).mode & 0o777).toBe(0o600);
  if (result.kind === 'held') await result.lock.release();
});
