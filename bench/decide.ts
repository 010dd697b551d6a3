import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPolicyFolder } from '../src/app-policies.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
import { cedar } from '../src/policy/cedar.ts';
import type { PolicyRequest } from '../src/policy/request.ts';
import { type Figure, figure, note, percentile, size } from './support/figure.ts';
import { processorSeconds } from './support/processor-time.ts';

const root = resolve(import.meta.dirname, '..');

/**
 * Decisions a second by `decide` against the bare stateful call of Cedar in the same run, 95 % grants: both get the same
 * requests over the same policies, in turns. Beside it: how long an answer takes over HTTP at a steady rate, from the
 * instant at which the request was due, and how long one takes of a route that does nothing.
 */
export async function bench(): Promise<Figure> {
  const count = size('DECIDE_REQUESTS', 4_000);
  const rounds = size('DECIDE_ROUNDS', 7);
  const set = openPolicyFolder(shippedPacksDir());
  const requests = Array.from({ length: count }, (_, n) => requestOf(n));
  const calls = requests.flatMap((request) => set.call(request) ?? []);
  if (calls.length !== count) throw new Error('a request is outside of the schema');
  const engine = cedar();
  const bare = (): number => {
    let grants = 0;
    for (const call of calls) {
      const answer = engine.statefulIsAuthorized(call);
      if (answer.type === 'success' && answer.response.decision === 'allow') grants += 1;
    }
    return grants;
  };
  const decided = (): number => {
    let grants = 0;
    for (const request of requests) if (set.decide(request).decision) grants += 1;
    return grants;
  };
  const limits: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // In turns, so that other work on the machine hits both alike.
    limits.push(speed(bare, count));
    ours.push(speed(decided, count));
  }
  set.close();
  note(
    `decide ${Math.round(percentile(ours, 0.5))}/s, bare Cedar ${Math.round(percentile(limits, 0.5))}/s, of processor time`,
  );
  await overHttp();
  return figure(percentile(limits, 0.5), percentile(ours, 0.5), 'decisions/s');
}

/** Decisions a second of processor time. */
function speed(run: () => number, count: number): number {
  const before = process.cpuUsage();
  const grants = run();
  const { user, system } = process.cpuUsage(before);
  if (Math.abs(grants / count - 0.95) > 0.01) throw new Error(`${grants} of ${count} were let through`);
  return count / ((user + system) / 1_000_000);
}

/** One of twenty is denied. */
function requestOf(n: number): PolicyRequest {
  const isDenied = n % 20 === 7;
  if (n % 2 === 0)
    return {
      subject: { type: 'agent', id: `agent-${n % 97}`, properties: { version: '3.1', team: 'payments' } },
      action: { name: 'call_tool' },
      resource: { type: 'tool', id: `tool-${n % 31}`, properties: { server: 'shop', outside: false } },
      context: { ticket: `OPS-${n}` },
    };
  return {
    subject: { type: 'workload', id: `deploy-${n % 89}`, properties: { team: 'payments' } },
    action: { name: 'issue_token' },
    resource: { type: 'environment', id: 'production', properties: { tier: 'one' } },
    context: { approved: !isDenied, ticket: `OPS-${n}` },
  };
}

/**
 * A server of Foldback and one whose route does nothing, each a process of its own, under the same load from this third
 * one, in turns: what the machine takes away shows in both.
 */
async function overHttp(): Promise<void> {
  const rate = size('DECIDE_RATE', 1_000);
  const seconds = size('DECIDE_SECONDS', 5);
  const rounds = size('DECIDE_HTTP_ROUNDS', 4);
  const folder = mkdtempSync(join(tmpdir(), 'foldback-decide-'));
  const port = 20_000 + (process.pid % 20_000);
  const server = spawn(process.execPath, ['bin/foldback.js', 'serve'], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...process.env,
      FOLDBACK__DATA__DIR: join(folder, 'data'),
      FOLDBACK__HTTP__PORT: String(port),
      FOLDBACK__HTTP__REQUESTS_PER_MINUTE_MAX: '1000000',
      FOLDBACK__LOG__LEVEL: 'error',
    },
  });
  const bare = spawn(process.execPath, ['bench/support/bare-hono.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = [server, bare].map((one) => new Promise((done) => one.once('exit', done)));
  try {
    const own = await ready(join(folder, 'data/server.json'));
    const [port0]: readonly unknown[] = await once(bare.stdout, 'data');
    const client = new Agent({ keepAlive: true, maxSockets: 64 });
    const body = { name: 'bench', scopes: ['policy:enforce'] };
    const { token }: { token: string } = JSON.parse(
      await send(client, own.url, '/v1/tokens', own.token, body),
    );
    const bareUrl = `http://127.0.0.1:${String(port0).trim()}`;
    const questions = { perSecond: rate, seconds, attempt: false };
    const nothing = target('a route that does nothing', bareUrl, bare.pid);
    const ours = target('questions', own.url, server.pid);
    for (let round = 0; round < rounds; round += 1)
      for (const { waits, url } of [nothing, ours])
        waits.push(...(await steady(client, url, token, questions)));
    for (const one of [nothing, ours])
      note(`${one.name} at ${rate}/s for ${rounds} × ${seconds} s: ${one.said()}`);
    // One of twenty waits for the disk of the embedded store.
    const attempts = { perSecond: Math.ceil(rate / 10), seconds, attempt: true };
    const stored = await steady(client, own.url, token, attempts);
    note(
      `attempts, whose denials are stored before the answer, at ${attempts.perSecond}/s: ${times(stored)}`,
    );
    client.destroy();
  } catch (fault) {
    note(`over HTTP: ${fault instanceof Error ? fault.message : 'it failed'}`);
  } finally {
    server.kill('SIGTERM');
    bare.kill('SIGTERM');
    await Promise.all(ended);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is measured of one server. Its processor time says what it costs also where others use the machine. */
function target(name: string, url: string, pid: number | undefined) {
  const waits: number[] = [];
  const before = processorSeconds(pid);
  const said = () => {
    const after = processorSeconds(pid);
    if (before === undefined || after === undefined || waits.length === 0) return times(waits);
    const each = Math.round(((after - before) / waits.length) * 1_000_000);
    return `${times(waits)}; ${each} µs of processor time each, with what warmed up`;
  };
  return { name, url, waits, said };
}

const times = (waits: readonly number[]) =>
  `p50 ${ms(waits, 0.5)}, p99 ${ms(waits, 0.99)}, worst ${ms(waits, 1)}`;
const ms = (waits: readonly number[], p: number) => `${percentile(waits, p).toFixed(1)} ms`;

type Load = { readonly perSecond: number; readonly seconds: number; readonly attempt: boolean };

/** Sends at a steady rate whatever the answers do; a second for warming up does not count. */
async function steady(
  client: Agent,
  url: string,
  token: string,
  { perSecond, seconds, attempt }: Load,
): Promise<readonly number[]> {
  const waits: number[] = [];
  const running: Promise<void>[] = [];
  let open = 0;
  const startedAt = performance.now();
  const total = perSecond * (seconds + 1);
  for (let n = 0; n < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * perSecond));
    for (; n < due; n += 1) {
      const dueAt = startedAt + (n / perSecond) * 1000;
      const request = requestOf(n);
      const context = attempt ? { ...request.context, foldback: { attempt: true } } : request.context;
      const counts = n >= perSecond;
      open += 1;
      running.push(
        send(client, url, '/access/v1/evaluation', token, { ...request, context }).then((answer) => {
          if (!answer.startsWith('{"decision":')) throw new Error(answer.slice(0, 300));
          open -= 1;
          if (counts) waits.push(performance.now() - dueAt);
        }),
      );
    }
    if (open > perSecond * 2) break;
    await sleep(1);
  }
  const waiting = open;
  const failed = (await Promise.allSettled(running)).find(({ status }) => status === 'rejected');
  if (waiting > perSecond * 2) throw new Error(`the machine did not keep up: ${waiting} requests waited`);
  if (failed?.status === 'rejected') throw failed.reason;
  return waits;
}

function send(agent: Agent, url: string, path: string, token: string, json: unknown): Promise<string> {
  return new Promise((done, fail) => {
    const body = JSON.stringify(json);
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    const sent = httpRequest(`${url}${path}`, { agent, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => done(text));
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

async function ready(file: string): Promise<{ readonly url: string; readonly token: string }> {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      await sleep(100);
    }
  }
  throw new Error('the server did not start');
}
