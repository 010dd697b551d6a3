import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressKind } from '../src/lib/http-fetch/address.ts';
import { createHttpFetch } from '../src/lib/http-fetch.ts';
import { selfSigned } from './support/certificate.ts';
import { closeAfterTest, httpFetch, httpServer, listening, text } from './support/http-servers.ts';

const neverResolve = async (): Promise<readonly string[]> => expect.fail('a name was resolved');

describe('what is refused before anything is connected', () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['plain http', 'http://hooks.example.com/'],
    ['another scheme', 'file:///etc/passwd'],
    ['credentials in the address', 'https://user:pass@hooks.example.com/'],
    ['another port', 'https://hooks.example.com:8443/'],
    ['a tab inside the host', 'https://hooks.exam\tple.com/'],
    ['a line break', 'https://hooks.example.com/\r\nX: y'],
    ['a backslash', 'https://hooks.example.com\\@127.0.0.1/'],
    ['a trailing dot', 'https://hooks.example.com./'],
    ['no URL', 'hooks.example.com'],
    ['this machine', 'https://127.0.0.1/'],
    ['this machine, short', 'https://127.1/'],
    ['this machine, as a number', 'https://2130706433/'],
    ['this machine, in hex', 'https://0x7f000001/'],
    ['this machine, in octal', 'https://0177.0.0.1/'],
    ['this machine, version 6', 'https://[::1]/'],
    ['this machine, mapped', 'https://[::ffff:127.0.0.1]/'],
    ['cloud metadata', 'https://169.254.169.254/latest/meta-data'],
    ['full-width digits', 'https://１２７.０.０.１/'],
  ];
  test.each(refusals)('%s', async (_name, url) => {
    const result = await httpFetch({ resolve: neverResolve })({ url });
    expect(result.kind).toBe('blocked');
    expect(result).not.toHaveProperty('status');
  });

  const addresses: readonly (readonly [string, string])[] = [
    ['loopback', '127.0.0.53'],
    ['private 10/8', '10.1.2.3'],
    ['private 172.16/12', '172.31.0.1'],
    ['private 192.168/16', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['link-local', '169.254.169.254'],
    ['unspecified', '0.0.0.0'],
    ['multicast', '224.0.0.251'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['unique local', 'fd00::1'],
    ['link-local version 6', 'fe80::1'],
    ['scoped', 'fe80::1%eth0'],
    ['multicast version 6', 'ff02::1'],
    ['v4-mapped', '::ffff:10.0.0.1'],
    ['v4-compatible', '::10.0.0.1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:a00:1::'],
    ['Teredo', '2001::a00:1'],
    ['no address at all', 'localhost'],
  ];
  test.each(addresses)('a name that leads to %s', async (_name, address) => {
    const fetch = httpFetch({ resolve: async () => [address] });
    expect((await fetch({ url: 'https://hooks.example.com/' })).kind).toBe('blocked');
    const mixed = httpFetch({ resolve: async () => ['93.184.215.14', address] });
    expect((await mixed({ url: 'https://hooks.example.com/' })).kind).toBe('blocked');
  });

  test('link-local and multicast are refused even where the origin is listed', async () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '224.0.0.1', '0.0.0.0', '[::ffff:127.0.0.1]']) {
      const fetch = httpFetch({ allowOrigins: [`http://${host}`], resolve: neverResolve });
      expect((await fetch({ url: `http://${host}/` })).kind).toBe('blocked');
    }
  });

  test('header names and values that could end a line', async () => {
    const { origin, seen } = await httpServer((_request, response) => response.end());
    const fetch = httpFetch({ allowOrigins: [origin] });
    const bad: readonly Record<string, string>[] = [
      { 'x-case': 'a\r\nx-injected: 1' },
      { 'x-case': 'a\nb' },
      { 'x-case': 'a\0b' },
      { 'x-case': 'ä' },
      { 'x\r\nx-injected': '1' },
      { 'x case': '1' },
      { Host: 'other.example' },
      { 'Transfer-Encoding': 'chunked' },
      { '': '1' },
    ];
    for (const headers of bad) expect((await fetch({ url: origin, headers })).kind).toBe('blocked');
    expect(seen).toHaveLength(0);
  });

  test('an entry of the list that is no origin stops the start', () => {
    for (const entry of [
      'hooks.example.com',
      'https://hooks.example.com/path',
      'ftp://a.example',
      'https://u@a.example',
      '*',
    ]) {
      expect(() => createHttpFetch({ allowOrigins: [entry] })).toThrow('not an origin');
    }
  });

  test('only global unicast addresses are public', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const kind = addressKind(address);
        if (/^(10|127|0|169\.254|192\.168|22[4-9]|2[3-5]\d)\./u.test(address))
          expect(kind).not.toBe('public');
        if (address.includes(':') && kind === 'public') expect(address).toMatch(/^[23][0-9a-f]{3}:/iu);
      }),
    );
    expect(addressKind('93.184.215.14')).toBe('public');
    expect(addressKind('2606:2800:21f:cb07:6820:80da:af6b:8b2c')).toBe('public');
  });
});

describe('a name that changes its address', () => {
  test('is resolved once a request and connected where the check looked', async () => {
    const first = await httpServer((_request, response) => response.end('first'));
    const server = createServer((_request, response) => response.end('second'));
    await new Promise<void>((done) => server.listen(first.port, '127.0.0.2', done));
    closeAfterTest(server);
    const answers = ['127.0.0.1', '127.0.0.2'];
    let asked = 0;
    const origin = `http://rebind.example.com:${first.port}`;
    const fetch = httpFetch({
      allowOrigins: [origin],
      resolve: async () => [answers[asked++] ?? '127.0.0.2'],
    });
    const result = await fetch({ url: origin });
    expect(asked).toBe(1);
    expect(text(result)).toBe('first');
    expect(first.seen[0]?.headers.host).toBe(`rebind.example.com:${first.port}`);
    expect(text(await fetch({ url: origin }))).toBe('second');
  });

  test('from public to this machine reaches nothing', async () => {
    const inside = await httpServer((_request, response) => response.end('inside'));
    // Global unicast by its form, but never assigned: nothing answers there.
    const answers = ['2dff:ffff::1', '127.0.0.1'];
    let asked = 0;
    const fetch = httpFetch({
      connectTimeoutMs: 300,
      resolve: async () => [answers[asked++] ?? '127.0.0.1'],
    });
    expect(await fetch({ url: 'https://rebind.example.com/' })).toMatchObject({
      kind: 'failed',
      phase: 'connect',
    });
    expect(asked).toBe(1);
    expect((await fetch({ url: 'https://rebind.example.com/' })).kind).toBe('blocked');
    expect(inside.seen).toHaveLength(0);
  });

  test('cannot use a connection that was kept for its earlier address', async () => {
    const here = await httpServer((_request, response) => response.end('here'));
    const origin = `http://moving.example.com:${here.port}`;
    let address = '127.0.0.1';
    const fetch = httpFetch({ allowOrigins: [origin], resolve: async () => [address] });
    expect(text(await fetch({ url: origin }))).toBe('here');
    address = '169.254.169.254';
    expect((await fetch({ url: origin })).kind).toBe('blocked');
  });
});

describe('TLS', () => {
  async function tlsServer(certificate: { key: string; cert: string }) {
    const names: unknown[] = [];
    const server = createTlsServer(certificate, (request, response) => {
      names.push('servername' in request.socket ? request.socket.servername : undefined);
      response.end(request.headers.host);
    });
    return { port: await listening(server), names };
  }

  test('is spoken with the name, over the pinned address', async () => {
    const certificate = selfSigned(['hooks.example.com']);
    const { port, names } = await tlsServer(certificate);
    const origin = `https://hooks.example.com:${port}`;
    const fetch = httpFetch({
      allowOrigins: [origin],
      ca: certificate.cert,
      resolve: async () => ['127.0.0.1'],
    });
    expect(text(await fetch({ url: `${origin}/x` }))).toBe(`hooks.example.com:${port}`);
    expect(names).toEqual(['hooks.example.com']);
  });

  test.each([
    ['an unknown authority', ['hooks.example.com'], false],
    ['another name', ['other.example.com'], true],
  ] as const)('with %s fails before anything is sent', async (_name, names, isKnown) => {
    const certificate = selfSigned(names);
    const { port, names: seen } = await tlsServer(certificate);
    const origin = `https://hooks.example.com:${port}`;
    const fetch = httpFetch({
      allowOrigins: [origin],
      resolve: async () => ['127.0.0.1'],
      ...(isKnown ? { ca: certificate.cert } : {}),
    });
    const result = await fetch({ url: origin, method: 'POST', body: 'x' });
    expect(result).toMatchObject({ kind: 'failed', phase: 'connect' });
    expect(seen).toHaveLength(0);
  });
});

describe('redirects', () => {
  async function redirecting(
    location: (origin: string) => string,
    options: { redirectsMax?: number; method?: 'POST' },
  ) {
    const other = await httpServer((_request, response) => response.end('other'));
    const server = await httpServer((request, response) => {
      if (request.url === '/end') response.end('end');
      else response.writeHead(302, { location: location(other.origin) }).end();
    });
    const fetch = httpFetch({ allowOrigins: [server.origin, other.origin] });
    return { result: await fetch({ url: `${server.origin}/start`, ...options }), other, server };
  }

  test('are not followed unless asked for', async () => {
    const { result, server } = await redirecting(() => '/end', {});
    expect(result).toMatchObject({ kind: 'ok', status: 302 });
    expect(server.seen).toHaveLength(1);
  });

  test('stay on their origin, even where the other one is listed', async () => {
    const { result, other } = await redirecting((origin) => `${origin}/end`, { redirectsMax: 3 });
    expect(result.kind).toBe('blocked');
    expect(other.seen).toHaveLength(0);
  });

  test('on the same origin are followed, up to the limit', async () => {
    expect(text((await redirecting(() => '/end', { redirectsMax: 1 })).result)).toBe('end');
    const { result, server } = await redirecting(() => '/start', { redirectsMax: 2 });
    expect(result).toMatchObject({ kind: 'ok', status: 302 });
    expect(server.seen).toHaveLength(3);
  });

  test('never repeat a POST', async () => {
    const { result, server } = await redirecting(() => '/end', { redirectsMax: 3, method: 'POST' });
    expect(result).toMatchObject({ kind: 'ok', status: 302 });
    expect(server.seen).toHaveLength(1);
  });
});
