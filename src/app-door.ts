import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { AppError } from './core/errors.ts';
import { serverOptions } from './http/hardening/harden.ts';

type Handle = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** A step of the schema that is being taken. */
export type SchemaProgress = { readonly step: string; readonly done: number; readonly of: number };

/**
 * The port, taken before anything else is opened: whoever watches sees that the process lives, and how far it is,
 * however long the schema takes. Until it is opened, nothing but that is answered.
 */
export type Door = {
  readonly url: string;
  /** Says how far the schema is. */
  tell(progress: SchemaProgress): void;
  open(handle: Handle): void;
  /** Lets running requests end, for ten seconds at most. */
  close(): Promise<void>;
};

/** Time that running requests get when the server stops. */
const drainMs = 10_000;
const retryAfterSeconds = 2;

/** Errors: `bad-config` when it cannot be listened there. */
export async function openDoor({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<Door> {
  let progress: SchemaProgress | undefined;
  let handle: Handle = (request) => startingAnswer(new URL(request.url).pathname, progress);
  const server = createAdaptorServer({ fetch: (request, env) => handle(request, env), serverOptions });
  if (!('headersTimeout' in server)) throw new AppError('internal', 'the server is not one of HTTP/1');
  await listening(server, host, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    tell: (next) => {
      progress = next;
    },
    open: (next) => {
      handle = next;
    },
    close: () => drain(server),
  };
}

function startingAnswer(path: string, schema: SchemaProgress | undefined): Response {
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  if (path === '/livez') return new Response(JSON.stringify({ status: 'alive' }), { headers });
  const status = schema === undefined ? 'starting' : 'bringing the schema up to date';
  const body = { status, ...(path !== '/readyz' || schema === undefined ? {} : { schema }) };
  return new Response(JSON.stringify(body), {
    status: 503,
    headers: { ...headers, 'Retry-After': String(retryAfterSeconds) },
  });
}

async function listening(server: Server, host: string, port: number): Promise<void> {
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
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
