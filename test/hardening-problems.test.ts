import { connect } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../src/core/errors.ts';
import { methodNotAllowed, requireContentType } from '../src/http/hardening/guards.ts';
import { type HardenOptions, harden, serverOptions } from '../src/http/hardening/harden.ts';
import { loopbackHosts } from '../src/http/hardening/host-guard.ts';
import { requestFault } from '../src/http/hardening/problem-response.ts';
import { readForm, readRawBody } from '../src/http/hardening/raw-body.ts';

const bytesMax = 1_000;

function doors(options: Partial<HardenOptions> = {}): { readonly app: Hono; readonly faults: unknown[] } {
  const faults: unknown[] = [];
  const app = new Hono();
  harden(app, {
    hosts: [...loopbackHosts, 'feedback.example.com'],
    nullOriginPaths: ['/r/'],
    isHttps: false,
    onFault: (error) => faults.push(error),
    ...options,
  });
  app.get('/page', (c) => c.html('<p>page'));
  app.get('/console', (c) => {
    c.set('contentPolicy', 'console');
    return c.html('<p>console');
  });
  app.get('/style.css', (c) =>
    c.body('a{}', 200, {
      'Content-Type': 'text/css',
      'Cache-Control': 'public, max-age=31536000, immutable',
    }),
  );
  app.post('/v1/slow', async (c) => c.json((await readRawBody(c, bytesMax, 50)).length));
  app.post('/v1/raw', async (c) => {
    const [first, second] = [await readRawBody(c, bytesMax), await readRawBody(c, bytesMax)];
    return c.json({ same: first === second, hex: Buffer.from(first).toString('hex') });
  });
  app.all('/v1/raw', methodNotAllowed('POST'));
  app.post('/v1/json', (c) => c.text(requireContentType(c, ['application/json'])));
  app.post('/r/:token', async (c) => c.json(Object.fromEntries(await readForm(c, bytesMax))));
  app.get('/v1/fails/known', () => {
    throw new AppError('bad-record', 'No such field.', {
      places: [{ pointer: '/a/0', line: 3, detail: 'expected text' }],
    });
  });
  app.get('/v1/fails/inside', () => {
    throw new AppError('wrong-key', 'the key in /etc/secret is wrong', { cause: new Error('inside') });
  });
  app.get('/v1/fails/unknown', () => {
    throw new Error('connect ECONNREFUSED db.internal:5432 password=hunter2');
  });
  app.get('/v1/fails/hono', () => {
    throw new HTTPException(413, { message: 'inside' });
  });
  return { app, faults };
}

describe('a problem', () => {
  test('says what and where (RFC 9457), with the id of the request', async () => {
    const response = await doors().app.request('/v1/fails/known');
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: '/problems/bad-record',
      title: 'A record does not have the shape that this source sends.',
      status: 422,
      detail: 'No such field.',
      instance: `urn:uuid:${response.headers.get('X-Request-Id')}`,
      errors: [{ pointer: '/a/0', line: 3, detail: 'expected text' }],
    });
  });

  test.each(['/v1/fails/inside', '/v1/fails/unknown'])(
    'of our own says nothing from inside: %s',
    async (path) => {
      const { app, faults } = doors();
      const response = await app.request(path);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        type: expect.stringMatching(/^\/problems\/(?:wrong-key|internal)$/u),
        title: expect.any(String),
        status: 500,
        instance: expect.any(String),
      });
      expect(faults).toHaveLength(1);
    },
  );

  test('of a library is told under our own name', async () => {
    const { app, faults } = doors();
    expect(await (await app.request('/v1/fails/hono')).json()).toMatchObject({
      type: '/problems/too-large',
      status: 413,
    });
    expect(faults).toHaveLength(0);
  });

  test('is a page for whoever asks for one, and problem details for programs', async () => {
    const { app } = doors({ page: (code) => `<p>${code}` });
    const headers = { Accept: 'text/html,*/*' };
    expect(await (await app.request('/nowhere', { headers })).text()).toBe('<p>not-found');
    expect((await app.request('/nowhere')).headers.get('Content-Type')).toBe('application/problem+json');
    expect((await app.request('/v1/nowhere', { headers })).headers.get('Content-Type')).toBe(
      'application/problem+json',
    );
    const forged = await app.request('/page', { headers: { ...headers, Host: 'evil.example' } });
    expect(forged.headers.get('Content-Type')).toBe('application/problem+json');
  });

  test('of a schema points at each place and quotes no value', () => {
    const schema = z.strictObject({ 'a/b': z.array(z.strictObject({ n: z.int() })) });
    const secret = ['s3', 'cret'].join('');
    const parsed = schema.safeParse({ 'a/b': [{ n: secret }] });
    const fault = parsed.error === undefined ? undefined : requestFault(parsed.error);
    expect(fault?.places).toEqual([{ pointer: '/a~1b/0/n', detail: expect.any(String) }]);
    expect(JSON.stringify(fault?.places)).not.toContain(secret);
  });
});

describe('a real server', () => {
  const { app } = doors({ hosts: [...loopbackHosts] });
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', serverOptions });
  const address = () => {
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the server is not listening');
    return bound;
  };
  beforeAll(async () => {
    if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => {
    server.close();
  });

  /** Bytes as sent, bytes as answered: no client library corrects the request on its way. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(address().port, '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      socket.on('close', () => resolve(answer)).on('error', reject);
    });
  const status = async (text: string) => Number((await raw(text)).split(' ')[1]);

  test('serves its own host and refuses a forged one', async () => {
    const { port } = address();
    expect(await status(`GET /page HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)).toBe(
      200,
    );
    const forged = await raw(
      `GET /page HTTP/1.1\r\nHost: rebind.evil.example:${port}\r\nConnection: close\r\n\r\n`,
    );
    expect(forged).toMatch(/^HTTP\/1\.1 421 /u);
    expect(forged.toLowerCase()).toContain('content-type: application/problem+json');
    expect(forged.toLowerCase()).not.toContain('\r\nserver:');
  });

  test('refuses a forged host in an absolute target, and requests with no or two hosts', async () => {
    expect(
      await status('GET http://evil.example/page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    ).toBe(421);
    expect(await status('GET /page HTTP/1.1\r\nConnection: close\r\n\r\n')).toBe(400);
    expect(
      await status(
        'GET /page HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      ),
    ).toBeGreaterThanOrEqual(400);
  });

  test('lets nobody hold a connection by sending a body without end: it is answered, and closed', async () => {
    const { port } = address();
    const head = 'POST /v1/slow HTTP/1.1\r\nHost: localhost\r\n';
    for (const begun of [
      `${head}Content-Length: 500\r\n\r\nab`,
      `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`,
    ]) {
      const answer = await new Promise<string>((resolve, reject) => {
        // The sender keeps its side open: only the server can end this.
        const socket = connect(port, '127.0.0.1', () => socket.write(begun));
        let got = '';
        socket.setEncoding('utf8').on('data', (part: string) => {
          got += part;
        });
        socket.on('close', () => resolve(got)).on('error', reject);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 408 /u);
      expect(answer).toContain('/problems/too-slow');
    }
  });

  test.each([
    ['a length beside chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'],
    ['a length with a sign', 'Content-Length: +4\r\n\r\nabcd'],
    ['an encoding that is nearly chunked', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 4\r\n\r\nabcd'],
    ['a folded line', 'X-One: a\r\n Content-Length: 4\r\nContent-Length: 0\r\nHost: evil.example\r\n\r\n'],
    ['a NUL in a header', 'X-One: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ])('reads no request in which two programs would see two: %s', async (_name, rest) => {
    const smuggled = 'GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const answer = await raw(`POST /v1/raw HTTP/1.1\r\nHost: localhost\r\n${rest}${smuggled}`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /u);
    expect(answer).not.toContain('200 OK');
  });

  test('refuses a body past the limit, whether it declares its length or not', async () => {
    const url = `http://127.0.0.1:${address().port}/v1/raw`;
    const declared = await fetch(url, { method: 'POST', body: 'x'.repeat(200_000) });
    expect(declared.status).toBe(413);
    const chunk = `3e8\r\n${'x'.repeat(1000)}\r\n`;
    const chunked = `POST /v1/raw HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    expect(await status(`${chunked}${chunk.repeat(3)}0\r\n\r\n`)).toBe(413);
    const fine = await fetch(url, { method: 'POST', body: 'ok' });
    expect(await fine.json()).toEqual({ same: true, hex: '6f6b' });
  });
});
