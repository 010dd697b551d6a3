import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { afterEach } from 'vitest';
import {
  createHttpFetch,
  type HttpFetch,
  type HttpPolicy,
  type HttpResult,
} from '../../src/lib/http-fetch.ts';
import { listen } from './loopback.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Closed after the test, in the order of opening but clients first. */
export function closeAfterTest(one: { close(): unknown }): void {
  opened.push(one);
}

export function httpFetch(policy: HttpPolicy): HttpFetch {
  const fetch = createHttpFetch({ connectTimeoutMs: 1_000, ...policy });
  opened.unshift(fetch);
  return fetch;
}

export async function listening(server: Server | NetServer): Promise<number> {
  const port = await listen(server);
  closeAfterTest({
    close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  });
  return port;
}

/** A real HTTP server on loopback that remembers what it was asked. */
export async function httpServer(answer: RequestListener) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  const port = await listening(server);
  return { port, seen, origin: `http://127.0.0.1:${port}` };
}

export const text = (result: HttpResult): string =>
  result.kind === 'ok' ? Buffer.from(result.body).toString() : '';
