import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { type App, openApp, openInMemory } from '../../app.ts';
import { consoleMissing } from '../../app-console.ts';
import { besideDuties } from '../../app-duties.ts';
import { type KeySet, nameKey } from '../../config/keys.ts';
import { baseSchema } from '../../config/schema.ts';
import { AppError } from '../../core/errors.ts';
import { type Doors, openDoors } from '../../in-process.ts';
import { createLog } from '../../lib/log.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { wordingsOf } from '../../packs/wording.ts';
import { writeCompany } from '../../simulate/company-files.ts';
import { type Ask, playScene } from '../../simulate/demo-scene.ts';
import { demoOrganisation, playDemo } from '../../simulate/demo-story.ts';
import { startWorker } from '../../worker.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, note } from '../output.ts';

export type DemoFlags = { readonly open: boolean; readonly host: string; readonly port: string };

const portMax = 65_535;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** The invented company in memory, on this machine only. Whoever asks is let in: there is nothing to protect. */
export async function demoCommand(flags: DemoFlags): Promise<ExitCode> {
  const host = process.env.FOLDBACK__HTTP__HOST ?? flags.host;
  if (!loopback.has(host))
    throw new CliError(
      `The demonstration lets everybody in, so it listens on this machine only, not on ${host}.`,
    );
  const wanted = Number(flags.port);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > portMax)
    throw new CliError(`--port takes a number from 0 to ${portMax}, where 0 is a free one.`);
  const folder = await mkdtemp(join(tmpdir(), 'foldback-demo-'));
  const stop = stopSignal();
  const { server, port } = await listen(host, wanted);
  const url = `http://${host === '::1' ? '[::1]' : host}:${port}`;
  try {
    note('Foldback demonstration: an invented company, in memory. Nothing leaves this machine.');
    const app = await tellStory(folder, url, host, port);
    try {
      const worker = startWorker({
        parts: app.parts,
        sealer: app.sealer,
        log: app.log,
        beside: besideDuties(app),
      });
      app.onWake(worker.wake);
      const doors = openDoors(app, { isDemonstration: true });
      await playScene((asked) => askDoors(doors, asked), demoOrganisation());
      const policies = app.followPolicies();
      answerWith(server, doors);
      await showAddresses(app, url);
      if (flags.open) openBrowser(`${url}/`);
      await stop;
      server.closeAllConnections();
      await Promise.all([worker.stop(), policies.stop()]);
    } finally {
      await app.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
  note('Stopped. Nothing was kept.');
  return exit.ok;
}

/** Opens an installation in memory and plays the story to it, on a clock that runs normally afterwards. */
async function tellStory(folder: string, url: string, host: string, port: number): Promise<App> {
  const organisation = demoOrganisation();
  const [store, files] = await Promise.all([openInMemory(), writeCompany(folder, organisation)]);
  const config = baseSchema.parse({
    organisation: { name: 'Bright Harbour (demonstration)' },
    data: { dir: folder },
    people: files.people,
    repositories: files.clones.map(({ repository, path }) => ({ name: repository, path })),
    http: { host, port, publicUrl: url },
    // Shown in the outbox only. The story is told at any hour.
    delivery: { mode: 'live', channel: 'outbox', quietHours: { from: '00:00', to: '00:00' } },
  });
  let told: number | undefined;
  const clock = {
    now: () => told ?? Date.now(),
    set: (at: number) => {
      told = at;
    },
  };
  const app = await openApp({
    config,
    keys: demoKeys(),
    log: createLog({ level: 'warn' }),
    clock,
    isInMemory: true,
    store,
  });
  await playDemo(
    {
      parts: app.parts,
      sources: app.sources,
      mapContext: app.mapContext,
      words: wordingsOf(app.packs),
      clock,
    },
    organisation,
    Date.now(),
  );
  told = undefined;
  return app;
}

/** Always the same, so that every start tells the same story under the same names. They protect nothing. */
function demoKeys(): KeySet {
  const key = (name: string) => nameKey(createHash('sha256').update(`demonstration ${name}`).digest());
  return {
    fingerprint: [key('fingerprint')],
    token: [key('token')],
    ledger: [key('ledger')],
    assignment: key('assignment'),
    event: key('event'),
    analytics: [key('analytics')],
  };
}

/** Listens before the story is told: links in its messages carry the port. */
async function listen(
  host: string,
  wanted: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'Retry-After': '5', 'Content-Type': 'text/plain' });
    response.end('The story is being told; a few seconds more.\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? `port ${wanted} is in use; choose another with --port` : error.message;
      reject(new AppError('bad-config', `cannot listen on ${host}:${wanted}: ${reason}`, { cause: error }));
    });
    server.listen(wanted, host, resolve);
  });
  const address = server.address();
  return { server, port: isInet(address) ? address.port : wanted };
}

function isInet(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/** What is refused is part of the scene: the answer is whatever it is. */
async function askDoors(doors: Doors, { method, path, json, token }: Parameters<Ask>[0]): Promise<unknown> {
  const response = await doors.fetch(
    new Request(`${doors.url}${path}`, {
      method: method ?? (json === undefined ? 'GET' : 'POST'),
      headers: {
        Authorization: `Bearer ${token ?? doors.token}`,
        'X-Foldback-Console': '1',
        'Sec-Fetch-Site': 'same-origin',
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    }),
  );
  return response.json().catch(() => undefined);
}

/** Every request on this machine is the operator's. The guards against other pages and hosts stand before it. */
function answerWith(server: Server, doors: Doors): void {
  const listener = getRequestListener(async (request) => {
    const { pathname } = new URL(request.url);
    if (request.headers.has('Authorization') || pathname.startsWith('/r/')) return doors.fetch(request);
    const headers = new Headers(request.headers);
    headers.set('Authorization', `Bearer ${doors.token}`);
    return doors.fetch(new Request(request, { headers }));
  });
  server.removeAllListeners('request');
  server.on('request', (request, response) => void listener(request, response));
}

async function showAddresses({ parts }: App, url: string): Promise<void> {
  const counts = await parts.store.read.counts(loopPrincipal);
  const loops = counts.reduce((sum, { n }) => sum + n, 0);
  note();
  note(
    `Twelve weeks of a company of forty: ${loops} cases, one of them urgent, told just now and waiting. All of it is invented.`,
  );
  note();
  line(`Start here   ${url}/`);
  line(`Console      ${url}/console`);
  line(`What is urgent   ${url}/console/loops?needs=danger`);
  line(`What people were told, as each of them sees it   ${url}/outbox`);
  line(`All cases    ${url}/v1/loops`);
  const noConsole = consoleMissing();
  if (noConsole !== undefined) note(noConsole);
  note();
  note('Nothing leaves this machine, and nothing is kept. Stop it with Ctrl-C.');
}

function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  if (program === undefined) return;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // A machine without a desktop has no such program; the address is on the screen.
  child.on('error', () => undefined);
  child.unref();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
