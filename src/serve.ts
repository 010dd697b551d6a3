import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type Principal, systemPrincipal } from './access/principal.ts';
import type { App } from './app.ts';
import { holdConnections } from './app-connections.ts';
import { besideDuties } from './app-duties.ts';
import { AppError } from './core/errors.ts';
import { serverOptions } from './http/hardening/harden.ts';
import { createHttp } from './http/server.ts';
import { isEqualConstantTime } from './lib/hmac.ts';
import { acquireLock, type Lock } from './lib/lock-file.ts';
import { removeServerFile, writeServerFile } from './lib/server-file.ts';
import { noteMode } from './loop/decide.ts';
import { mendCopy } from './loop/seal.ts';
import { startWorker, type Worker } from './worker.ts';

export type Role = 'all' | 'api' | 'worker';

export type Serving = {
  /** Where requests are answered; undefined for a worker alone. */
  readonly url?: string;
  /** The one-time link for the first administrator; undefined once claimed. */
  readonly claimUrl?: string;
  /** Ends requests and the turn that runs, then closes what was opened. */
  stop(): Promise<void>;
};

/** Time that running requests get when the server stops. */
const drainMs = 10_000;

/** Starts answering requests, running the loop, or both. */
export async function serve(app: App, role: Role): Promise<Serving> {
  const { config, parts, log } = app;
  const localToken = randomBytes(32).toString('base64url');
  const authenticate = async (bearer: string): Promise<Principal | undefined> =>
    isEqualConstantTime(bearer, localToken)
      ? { ...systemPrincipal('command line'), kind: 'operator' }
      : app.authenticate(bearer);

  const work = (): Worker => {
    const worker = startWorker({ parts, sealer: app.sealer, log, beside: besideDuties(app) });
    app.onWake(worker.wake);
    const connections = holdConnections({ ...app, language: config.delivery.language });
    return {
      wake: worker.wake,
      stop: async () => {
        await connections.stop();
        await worker.stop();
      },
    };
  };
  if (role !== 'api') {
    await mendCopy(parts, app.sealer);
    await noteMode(parts);
  }
  if (role === 'worker') return work();
  // Policies that are not sound end the start here, not the first request.
  app.policies.live.current();
  await app.policies.flush();
  const server = await listen(createHttp({ ...app, authenticate }).fetch, config.http.host, config.http.port);
  const policies = app.followPolicies();
  // Only now: were the port taken, the process would end with nothing said and nothing left running.
  const worker = role === 'all' ? work() : undefined;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.http.port;
  const url = `http://${config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host}:${port}`;
  await writeServerFile(config.data.dir, { url, token: localToken });
  const claimPath = await app.claim.offer();
  return {
    url,
    ...(claimPath === undefined ? {} : { claimUrl: `${config.http.publicUrl ?? url}${claimPath}` }),
    stop: async () => {
      await removeServerFile(config.data.dir);
      await drain(server);
      await policies.stop();
      await worker?.stop();
    },
  };
}

async function listen(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  host: string,
  port: number,
): Promise<Server> {
  const server = createAdaptorServer({ fetch, serverOptions });
  if (!('headersTimeout' in server)) throw new AppError('internal', 'the server is not one of HTTP/1');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use; choose another with http.port or FOLDBACK__HTTP__PORT`
          : error.message;
      reject(new AppError('bad-config', `cannot listen on ${host}:${port}: ${reason}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return server;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

/** The lock of the data folder, for whoever opens the embedded store. Says who has it when it is taken. */
export async function lockData(dir: string, onLost?: () => void): Promise<Lock> {
  const locked = await acquireLock(dir, onLost === undefined ? {} : { onLost });
  if (locked.kind === 'held') return locked.lock;
  const { pid, since, place } = locked.holder;
  throw new AppError('store-locked', `process ${pid} on ${place} has held ${dir} since ${since}`);
}
