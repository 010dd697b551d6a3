import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';
import { AppError } from '../src/core/errors.ts';
import { methodNotAllowed, requireContentType } from '../src/http/hardening/guards.ts';
import { type HardenOptions, harden } from '../src/http/hardening/harden.ts';
import { loopbackHosts } from '../src/http/hardening/host-guard.ts';
import { readForm, readRawBody } from '../src/http/hardening/raw-body.ts';
import { contentPolicies } from '../src/http/hardening/security-headers.ts';

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

describe('every response', () => {
  test.each(['/page', '/console', '/style.css', '/nowhere', '/v1/fails/unknown'])(
    'carries the headers: %s',
    async (path) => {
      const { headers } = await doors().app.request(path);
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'.*frame-ancestors 'none'; base-uri 'none'$/u,
      );
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/u);
      expect(headers.has('Server') || headers.has('X-Powered-By')).toBe(false);
      expect(headers.has('Access-Control-Allow-Origin')).toBe(false);
    },
  );

  test('is not stored, unless a route says that it may be', async () => {
    const { app } = doors();
    expect((await app.request('/page')).headers.get('Cache-Control')).toBe('no-store');
    expect((await app.request('/nowhere')).headers.get('Cache-Control')).toBe('no-store');
    expect((await app.request('/style.css')).headers.get('Cache-Control')).toContain('immutable');
  });

  test('gets the policy of its kind: a page runs no script, only the console runs its own', async () => {
    const { app } = doors();
    const policy = async (path: string) => (await app.request(path)).headers.get('Content-Security-Policy');
    expect(await policy('/page')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(await policy('/console')).toBe(contentPolicies.console);
    expect(await policy('/nowhere')).toBe(contentPolicies.data);
    for (const text of Object.values(contentPolicies)) expect(text).not.toMatch(/unsafe|\*|https?:/u);
  });

  test('binds the browser to https only where this server is reached by https', async () => {
    expect((await doors().app.request('/page')).headers.has('Strict-Transport-Security')).toBe(false);
    const secure = await doors({ isHttps: true }).app.request('/page');
    expect(secure.headers.get('Strict-Transport-Security')).toBe('max-age=31536000');
    const own = await doors({ isHttps: true, ownsSubDomains: true }).app.request('/page');
    expect(own.headers.get('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains');
  });

  test('does not take over an id that the sender made up', async () => {
    const response = await doors().app.request('/page', { headers: { 'X-Request-Id': 'forged' } });
    expect(response.headers.get('X-Request-Id')).not.toBe('forged');
  });
});

describe('the host', () => {
  test.each([
    'localhost',
    'localhost:4400',
    '127.0.0.1:9',
    '[::1]:4400',
    'FEEDBACK.example.com',
    'feedback.example.com:443',
  ])('is served when it is ours: %s', async (host) => {
    expect((await doors().app.request('/page', { headers: { Host: host } })).status).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    'feedback.example.com.evil.example',
    'localhost.',
    '127.0.0.1.evil.example',
    '',
    'a@localhost',
    'localhost:4400:1',
    '[::2]',
  ])('is refused when it is not: "%s"', async (host) => {
    const response = await doors().app.request('/page', { headers: { Host: host } });
    expect(response.status).toBe(421);
    expect(await response.json()).toMatchObject({ type: '/problems/bad-host', status: 421 });
  });

  test('with a port in the list is served on that port only', async () => {
    const { app } = doors({ hosts: ['127.0.0.1:4400'] });
    const ask = async (host: string) =>
      (await app.request(`http://${host}/page`, { headers: { Host: host } })).status;
    expect([await ask('127.0.0.1:4400'), await ask('127.0.0.1:4401'), await ask('127.0.0.1')]).toEqual([
      200, 421, 421,
    ]);
  });
});

describe('a change', () => {
  const post = async (
    headers: Record<string, string>,
    options?: Partial<HardenOptions>,
    path = '/v1/raw',
  ) => {
    const all = { Host: 'localhost:4400', 'Content-Type': 'application/x-www-form-urlencoded', ...headers };
    return (await doors(options).app.request(path, { method: 'POST', headers: all, body: 'a=1' })).status;
  };

  test.each([
    ['a program', {}],
    ['our own page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:4400' }],
    ['our own page under no-referrer', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
    ['our own page in an older browser', { Origin: 'http://localhost:4400' }],
    ['a reload by the reader', { 'Sec-Fetch-Site': 'none' }],
  ])('is taken from %s', async (_, headers) => {
    expect(await post(headers)).toBe(200);
  });

  test.each([
    ['a page elsewhere', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['a page elsewhere in an older browser', { Origin: 'https://evil.example' }],
    ['a page elsewhere that hides its origin', { Origin: 'null' }],
    [
      'another program’s page on this machine',
      { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:3000' },
    ],
    ['another port in an older browser', { Origin: 'http://localhost:3000' }],
    ['a sub-domain', { 'Sec-Fetch-Site': 'same-site' }],
    ['an origin that does not parse', { Origin: 'http://' }],
    [
      'headers that contradict each other',
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' },
    ],
  ])('is refused from %s', async (_, headers) => {
    expect(await post(headers)).toBe(421);
  });

  test('is taken from the public origin although a proxy rewrote the host', async () => {
    const headers = { Origin: 'https://feedback.example.com' };
    expect(await post(headers)).toBe(421);
    expect(await post(headers, { origins: ['https://feedback.example.com'] })).toBe(200);
  });

  test('of a form with its own proof of origin is taken from a browser that says nothing', async () => {
    expect(await post({ Origin: 'null' }, {}, '/r/abc')).toBe(200);
    expect(await post({ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, {}, '/r/abc')).toBe(421);
  });

  test('a link from a mail or chat opens its page', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    expect((await doors().app.request('/page', { headers })).status).toBe(200);
  });
});

describe('a body', () => {
  const { app } = doors();
  const send = (
    body: string | Uint8Array<ArrayBuffer> | ReadableStream,
    headers: Record<string, string> = {},
  ) =>
    app.request(
      new Request('http://localhost/v1/raw', {
        method: 'POST',
        body,
        headers,
        duplex: 'half',
      }),
    );

  test('is given byte for byte, and the same when asked again', async () => {
    const response = await send(new Uint8Array([0, 255, 10, 195, 40]));
    expect(await response.json()).toEqual({ same: true, hex: '00ff0ac328' });
  });

  test('may be empty, and may be exactly as long as the limit', async () => {
    expect((await send('')).status).toBe(200);
    expect((await send('x'.repeat(bytesMax))).status).toBe(200);
  });

  test('is refused by its declared length before it is read', async () => {
    const response = await send('x', { 'Content-Length': '1001' });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: 'A body here has at most 1000 bytes.' });
  });

  test('is refused while reading when it does not declare its length, and the rest is not read', async () => {
    let pulls = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(600));
      },
    });
    expect((await send(endless)).status).toBe(413);
    expect(pulls).toBeLessThan(6);
  });

  test('that breaks off is the sender’s problem, without a word from inside', async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('socket 10.0.0.1')),
    });
    const response = await send(broken);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('10.0.0.1');
  });

  test('of a form is read as fields, and no other type passes for a form', async () => {
    const form = await app.request('/r/abc', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      body: 'answer=done&note=%C3%A9',
    });
    expect(await form.json()).toEqual({ answer: 'done', note: 'é' });
    const other = await app.request('/r/abc', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'a=1',
    });
    expect(other.status).toBe(415);
  });
});

describe('the guards', () => {
  const { app } = doors();
  const type = async (value: string | undefined, encoding?: string) => {
    const headers: Record<string, string> = {};
    if (value !== undefined) headers['Content-Type'] = value;
    if (encoding !== undefined) headers['Content-Encoding'] = encoding;
    return (await app.request('/v1/json', { method: 'POST', headers })).status;
  };

  test('let the named content types through, and no other', async () => {
    for (const fine of [
      'application/json',
      'Application/JSON; charset=utf-8',
      'application/json;charset="UTF-8"',
    ])
      expect(await type(fine)).toBe(200);
    for (const bad of [
      undefined,
      'text/plain',
      'application/jsonp',
      'application/json; charset=utf-7',
      'text/plain, application/json',
    ])
      expect(await type(bad)).toBe(415);
    expect(await type('application/json', 'gzip')).toBe(415);
    expect(await type('application/json', 'identity')).toBe(200);
  });

  test('answer an unknown method with those that are allowed', async () => {
    const response = await app.request('/v1/raw', { method: 'DELETE' });
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ type: '/problems/method-not-allowed' });
  });
});
