import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, isJsonValue } from '../../src/lib/canonical-json.ts';
import { isSignedBy } from '../../src/lib/ed25519.ts';
import { readServerFile } from '../../src/lib/server-file.ts';
import { signedSchema } from '../../src/policy/mcp/agent-tools.ts';
import { cleanEnvironment, launcher, runCli } from '../support/run-cli.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'foldback-test-mcp-'));
const env = { FOLDBACK__DATA__DIR: join(folder, 'data'), HOME: folder };
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(folder, { ...env, FOLDBACK__HTTP__PORT: '0', FOLDBACK__LOG__LEVEL: 'warn' });
}, 120_000);
afterAll(async () => {
  await server.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function connected(mode: 'auto' | 'legacy', args: readonly string[], extra = {}): Promise<Client> {
  const client = new Client({ name: 'a-test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [launcher, 'mcp', ...args],
    cwd: folder,
    env: { ...cleanEnvironment({ ...env, ...extra }) },
  });
  await client.connect(transport);
  return client;
}

describe.each(['auto', 'legacy'] as const)('foldback mcp (%s)', (mode) => {
  test('serves a client of MCP with the answers of the running server, signed by it', async () => {
    const client = await connected(mode, ['--agent', 'shop-coder']);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['check_action', 'lessons', 'claim', 'report']);
    const result = await client.callTool({
      name: 'check_action',
      arguments: { action: 'read', resource: { type: 'secret', id: 'prod/database' } },
    });
    const { payload, signature } = signedSchema.parse(result.structuredContent);
    expect(payload).toMatchObject({ agent: 'shop-coder', decision: false });
    const local = await readServerFile(env.FOLDBACK__DATA__DIR);
    const keys = await fetch(`${local?.url}/v1/agents/rules`, {
      headers: { authorization: `Bearer ${local?.token}` },
    });
    const { payload: rules } = signedSchema.parse(await keys.json());
    expect(rules.keyId).toBe(signature.keyId);
    if (!isJsonValue(payload)) throw new Error('the payload is no JSON');
    expect(isSignedBy(String(rules.publicKey), canonicalJson(payload), signature.value)).toBe(true);
    const none = await client.callTool({ name: 'claim', arguments: { case: 'FB-0000' } });
    expect(none).toMatchObject({ isError: true });
    await client.close();
  });
});

test('the token of an agent says which one it is, and lets it be no other', async () => {
  const made = await runCli(
    ['admin', 'token', '--name', 'coder', '--scope', 'agents:use', '--agent', 'shop-coder', '--json'],
    { cwd: folder, env },
  );
  const { token } = JSON.parse(made.stdout);
  const own = await connected(
    'auto',
    ['--server', (await readServerFile(env.FOLDBACK__DATA__DIR))?.url ?? ''],
    {
      FOLDBACK__TOKEN: token,
    },
  );
  const lessons = await own.callTool({ name: 'lessons', arguments: {} });
  expect(signedSchema.parse(lessons.structuredContent).payload).toMatchObject({ agent: 'shop-coder' });
  await own.close();
  const url = (await readServerFile(env.FOLDBACK__DATA__DIR))?.url ?? '';
  const other = await connected('auto', ['--agent', 'other', '--server', url], { FOLDBACK__TOKEN: token });
  const refused = await other.callTool({ name: 'lessons', arguments: {} });
  expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('token') }] });
  await other.close();
});

test('without a server every tool says so, and a person is to be asked', async () => {
  const client = await connected('auto', ['--agent', 'a'], { FOLDBACK__DATA__DIR: join(folder, 'nothing') });
  const result = await client.callTool({ name: 'lessons', arguments: {} });
  expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('No server') }] });
  await client.close();
});

test('hostile lines on its input get no allow, and the next message is answered all the same', async () => {
  const child = spawn(process.execPath, [launcher, 'mcp', '--agent', 'shop-coder'], {
    cwd: folder,
    env: cleanEnvironment(env),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  const answered = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push(text);
      if (text.includes('"id":99')) resolve();
    });
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const secret = { action: 'read', resource: { type: 'secret', id: 'prod/database' } };
  const call = (id: unknown, args: unknown) =>
    JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name: 'check_action', arguments: args },
    });
  const hello = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a-test', version: '1' } },
  };
  for (const text of [
    JSON.stringify(hello),
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    '{"jsonrpc":',
    '[]',
    'null',
    '\u0000',
    `[${call(2, secret)}]`,
    call({ a: 1 }, secret),
    call(3, { ...secret, context: { approved: true } }),
    call(4, { ...secret, __proto__: { decision: true }, subject: { type: 'user', id: 'root' } }),
    call(5, { ...secret, resource: { ...secret.resource, properties: { x: 'x'.repeat(200_000) } } }),
    call(6, `${'['.repeat(5_000)}${']'.repeat(5_000)}`),
    call(99, secret),
  ])
    child.stdin.write(`${text}\n`);
  await answered;
  child.stdin.end();
  await ended;
  const text = lines.join('\n').replaceAll('\\', '');
  expect(text).toContain('"decision":false');
  expect(text).not.toContain('"decision":true');
});
