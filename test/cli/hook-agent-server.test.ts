import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readServerFile } from '../../src/lib/server-file.ts';
import { cleanEnvironment, launcher, runCli } from '../support/run-cli.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'foldback-agent-server-'));
const data = join(folder, 'data');
const env = { FOLDBACK__DATA__DIR: data, HOME: folder };
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(folder, {
    ...env,
    FOLDBACK__HTTP__PORT: '0',
    FOLDBACK__LOG__LEVEL: 'warn',
  });
}, 120_000);
afterAll(async () => {
  await server.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** One line of the transcript: what the coding agent hands to its hook, and what it is answered. */
async function before(
  tool: string,
  input: object,
  args: readonly string[] = [],
  given: Readonly<Record<string, string>> = env,
) {
  const call = {
    session_id: 'a-session',
    transcript_path: '/home/dev/.claude/transcript.jsonl',
    cwd: '/home/dev/shop',
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    tool_name: tool,
    tool_input: input,
    tool_use_id: `toolu_${tool}`,
  };
  const named = ['hook', 'agent', '--agent', 'shop-coder', ...args];
  const ran = await runCli(named, { cwd: folder, env: given, input: JSON.stringify(call) });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  if (ran.stdout === '') return { decision: undefined, reason: '' };
  const { hookSpecificOutput: said } = JSON.parse(ran.stdout);
  expect(said.hookEventName).toBe('PreToolUse');
  return { decision: said.permissionDecision, reason: String(said.permissionDecisionReason) };
}

test('a transcript: what a policy allows, what a rule forbids, and what nobody can undo', async () => {
  expect(await before('Bash', { command: 'npm test' })).toMatchObject({ decision: 'allow' });
  expect((await before('Bash', { command: 'npm test' }, ['--defer'])).decision).toBeUndefined();

  const secret = await before('Read', { file_path: '/home/dev/shop/.env' });
  expect(secret.decision).toBe('deny');
  expect(secret.reason).toMatch(
    /^Foldback stopped this call \(secret-reach\)\. .+ Do not try it another way\.$/u,
  );
  expect(secret.reason).not.toMatch(/\.env|home|shop/u);

  const again = await before('Read', { file_path: '/home/dev/shop/.env.local' }, [
    '--agent-version',
    '2.0.1',
    '--prompt',
    'sha256:1f',
  ]);
  expect(again.decision).toBe('deny');
  expect(again.reason.length).toBeGreaterThan(secret.reason.length);

  const gone = await before('Bash', { command: 'rm -rf /home/dev/shop' });
  expect(gone).toMatchObject({
    decision: 'deny',
    reason: expect.stringMatching(/^Foldback stopped this call \(unapproved-irreversible\)/u),
  });
});

test('the token of one agent is enough: its calls are taken, and a denial is its own', async () => {
  const scopes = ['--scope', 'agents:use', '--scope', 'policy:enforce'];
  const made = await runCli(
    ['admin', 'token', '--name', 'coder', ...scopes, '--agent', 'shop-coder', '--json'],
    { cwd: folder, env },
  );
  const url = (await readServerFile(data))?.url ?? '';
  const own = { ...env, FOLDBACK__TOKEN: String(JSON.parse(made.stdout).token) };
  expect(await before('Grep', { pattern: 'x' }, ['--server', url], own)).toMatchObject({ decision: 'allow' });
  const secret = await before('Read', { file_path: '/home/dev/.aws/credentials' }, ['--server', url], own);
  expect(secret).toMatchObject({ decision: 'deny' });
});

test('the critical rules are kept for the owner alone, and hold while the server is away', async () => {
  const kept = join(data, 'agent-rules.json');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(readFileSync(kept, 'utf8')).toContain('agent-reads-secret');
  await server.stop();

  const secret = await before('Read', { file_path: '/home/dev/shop/.env' });
  expect(secret.decision).toBe('deny');
  expect(secret.reason).toMatch(/secret-reach.+No server of Foldback runs/u);
  const rest = await before('Bash', { command: 'npm test' });
  expect(rest).toMatchObject({
    decision: 'ask',
    reason: expect.stringContaining('No server of Foldback runs'),
  });
  // High, but not critical: a person decides.
  expect((await before('Bash', { command: 'rm -rf /home/dev/shop' })).decision).toBe('ask');

  // Rules that others can write are none.
  chmodSync(kept, 0o666);
  expect(await before('Read', { file_path: '/home/dev/shop/.env' })).toMatchObject({ decision: 'deny' });
});

test('an answer needs nothing of the program that takes long to load', async () => {
  const loaded = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, 'hook', 'agent'], {
      cwd: folder,
      env: { ...cleanEnvironment(env), NODE_DEBUG: 'esm' },
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
    child.stdin.end(
      JSON.stringify({ hook_event_name: 'PreToolUse', session_id: 's', tool_name: 'Read', tool_input: {} }),
    );
  });
  expect(loaded).toContain('hook-agent-main.ts');
  for (const heavy of ['node_modules/zod/', 'node_modules/commander/', 'node_modules/pino/', 'src/app.ts'])
    expect(loaded, heavy).not.toContain(heavy);
});
