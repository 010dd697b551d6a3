import { createServer as createTlsServer } from 'node:https';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { retryAfterSeconds } from '../src/lib/http-fetch.ts';
import { selfSigned } from './support/certificate.ts';
import { httpFetch, httpServer, listening, text } from './support/http-servers.ts';

describe('answers', () => {
  test('come as values, with lower-case headers', async () => {
    const { origin, seen } = await httpServer((_request, response) => {
      response.writeHead(418, { 'X-Thing': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('short');
    });
    const fetch = httpFetch({ allowOrigins: [origin] });
    const result = await fetch({
      url: `${origin}/p?q=1#frag`,
      method: 'PUT',
      body: 'ä',
      headers: { 'x-a': '1' },
    });
    expect(result).toMatchObject({
      kind: 'ok',
      status: 418,
      isCut: false,
      headers: { 'x-thing': 'a', 'set-cookie': 'b=1, c=2' },
    });
    expect(text(result)).toBe('short');
    expect(seen[0]?.url).toBe('/p?q=1');
    expect(seen[0]?.headers).toMatchObject({
      'x-a': '1',
      'content-length': '2',
      'accept-encoding': 'identity',
    });
  });

  test('above the limit fail, or end there', async () => {
    const { origin } = await httpServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const fetch = httpFetch({ allowOrigins: [origin] });
    expect(await fetch({ url: origin, responseBytesMax: 1000 })).toMatchObject({
      kind: 'failed',
      phase: 'sent',
    });
    const cut = await fetch({ url: origin, responseBytesMax: 1000, oversize: 'cut' });
    expect(cut).toMatchObject({ kind: 'ok', isCut: true });
    expect(text(cut)).toHaveLength(1000);
  });

  test('that never come end at the deadline, as sent', async () => {
    const { origin } = await httpServer(() => undefined);
    const fetch = httpFetch({ allowOrigins: [origin] });
    expect(await fetch({ url: origin, timeoutMs: 150 })).toEqual({
      kind: 'failed',
      phase: 'sent',
      reason: 'no answer in time',
    });
  });

  test('that trickle end at the deadline too', async () => {
    const { origin } = await httpServer((_request, response) => {
      response.write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const fetch = httpFetch({ allowOrigins: [origin] });
    expect(await fetch({ url: origin, timeoutMs: 200 })).toMatchObject({ kind: 'failed', phase: 'sent' });
  });

  test('that break off, or are no HTTP, fail as sent', async () => {
    for (const garbage of [
      '',
      'SSH-2.0-OpenSSH_9.9\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`,
    ]) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(garbage));
      });
      const port = await listening(server);
      const fetch = httpFetch({ allowOrigins: [`http://127.0.0.1:${port}`] });
      expect(await fetch({ url: `http://127.0.0.1:${port}/` })).toMatchObject({
        kind: 'failed',
        phase: 'sent',
      });
    }
  });

  test('from a closed port fail as not sent', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((done) => server.close(done));
    const fetch = httpFetch({ allowOrigins: [`http://127.0.0.1:${port}`] });
    expect(await fetch({ url: `http://127.0.0.1:${port}/` })).toEqual({
      kind: 'failed',
      phase: 'connect',
      reason: 'ECONNREFUSED',
    });
  });

  test('of a resolver that fails or never comes leave nothing sent', async () => {
    const failing = httpFetch({
      resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    });
    expect(await failing({ url: 'https://gone.example.com/' })).toEqual({
      kind: 'failed',
      phase: 'connect',
      reason: 'the name does not resolve (ENOTFOUND)',
    });
    const silent = httpFetch({ resolve: () => new Promise(() => undefined) });
    expect(await silent({ url: 'https://slow.example.com/', timeoutMs: 50 })).toMatchObject({
      kind: 'failed',
      phase: 'connect',
    });
  });

  test('are not asked for when the deadline passed while connecting, not even later', async () => {
    const seen: unknown[] = [];
    const certificate = selfSigned(['slow.example.com']);
    const inner = createTlsServer(certificate, (request, response) => {
      seen.push(request.url);
      response.end();
    });
    const innerPort = await listening(inner);
    const release = Promise.withResolvers<void>();
    const clientGone = Promise.withResolvers<void>();
    const gate = createServer((client) => {
      client.on('error', () => undefined);
      client.on('close', clientGone.resolve);
      void release.promise.then(() => {
        const upstream = connect(innerPort, '127.0.0.1');
        upstream.on('error', () => undefined);
        client.pipe(upstream).pipe(client);
      });
    });
    const origin = `https://slow.example.com:${await listening(gate)}`;
    const fetch = httpFetch({
      connectTimeoutMs: 10_000,
      allowOrigins: [origin],
      ca: certificate.cert,
      resolve: async () => ['127.0.0.1'],
    });
    expect(await fetch({ url: origin, method: 'POST', body: 'x', timeoutMs: 200 })).toMatchObject({
      kind: 'failed',
      phase: 'connect',
    });
    release.resolve();
    await clientGone.promise;
    expect(seen).toHaveLength(0);
  });

  test('are not waited for once the caller stops, and nothing leaves after that', async () => {
    const { origin, seen } = await httpServer(() => undefined);
    const fetch = httpFetch({ allowOrigins: [origin] });
    expect(await fetch({ url: origin, signal: AbortSignal.abort() })).toEqual({
      kind: 'failed',
      phase: 'connect',
      reason: 'stopped by the caller',
    });
    expect(seen).toHaveLength(0);
  });
});

test('Retry-After is read as seconds or as a date, within a day', () => {
  const at = Date.UTC(2026, 10, 23, 10, 0, 0);
  expect(retryAfterSeconds('120', at)).toBe(120);
  expect(retryAfterSeconds('Mon, 23 Nov 2026 10:02:00 GMT', at)).toBe(120);
  expect(retryAfterSeconds('Mon, 23 Nov 2026 09:00:00 GMT', at)).toBe(0);
  expect(retryAfterSeconds('99999999', at)).toBe(86_400);
  for (const bad of [
    undefined,
    '',
    '-1',
    '1.5',
    'soon',
    '2026-11-23T10:02:00Z',
    'Mon, 99 Nov 2026 10:02:00 GMT',
  ]) {
    expect(retryAfterSeconds(bad, at)).toBeUndefined();
  }
});
