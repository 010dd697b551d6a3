import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Pulled } from '../../../ports/source.ts';
import { pull } from './pull-settings.ts';

const issuer = 'https://idp.example.com/';
const audience = 'https://feedback.example.com';
const now = Date.UTC(2024, 5, 1);
const servers: Server[] = [];
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: object;

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k' }] };
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const sign = (jti: string, aud = audience) =>
  new SignJWT({
    sub_id: { format: 'email', email: 'ana@example.com' },
    events: { 'https://schemas.openid.net/secevent/risc/event-type/account-disabled': {} },
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt', kid: 'k' })
    .setIssuer(issuer)
    .setAudience(aud)
    .setJti(jti)
    .setIssuedAt(now / 1000)
    .sign(keys.privateKey);

/** A real sender on the loopback that gives what it has, `size` at a time, until it is acknowledged. */
async function look(waiting: Map<string, string>, size: number, status = 200) {
  const asked: { readonly authorization: string | undefined; readonly body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const body = JSON.parse(text);
      asked.push({ authorization: request.headers.authorization, body });
      for (const id of [...(body.ack ?? []), ...Object.keys(body.setErrs ?? {})]) waiting.delete(id);
      const sets = [...waiting].slice(0, Math.min(size, body.maxEvents));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ sets: Object.fromEntries(sets), moreAvailable: waiting.size > sets.length }),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const opened = pull.open({ pollUrl: `${origin}/poll`, token: 'example-token', issuer, audience, jwks });
  expect(opened.origins).toEqual([origin]);
  const fetch = createHttpFetch({ allowOrigins: [origin] });
  const pulled: Pulled[] = [];
  for await (const item of opened.read({}, { fetch, now: () => now, wait: async () => undefined }))
    pulled.push(item);
  await fetch.close();
  return { asked, pulled };
}

test('tokens are fetched until there are no more, and acknowledged after they were given on', async () => {
  const waiting = new Map<string, string>();
  for (const id of ['a', 'b', 'c']) waiting.set(id, await sign(id));
  waiting.set('d', await sign('d', 'https://other.example'));
  const { asked, pulled } = await look(waiting, 2);
  expect(pulled.flatMap((item) => (item.kind === 'records' ? item.records : []))).toMatchObject([
    { jti: 'a' },
    { jti: 'b' },
    { jti: 'c' },
  ]);
  expect(pulled.at(-1)).toEqual({ kind: 'done', part: 'events', cursor: null });
  expect(asked.map(({ body }) => body)).toMatchObject([
    { maxEvents: 100, returnImmediately: true },
    { ack: ['a', 'b'] },
    { maxEvents: 0, ack: ['c'], setErrs: { d: { err: 'invalid_audience' } } },
  ]);
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer example-token']));
  expect(waiting.size).toBe(0);
});

test('a sender without news is asked once', async () => {
  const { asked, pulled } = await look(new Map(), 10);
  expect([asked.length, pulled.length]).toEqual([1, 1]);
});

test('an answer that is an error is told, and nothing of it is quoted', async () => {
  const { pulled } = await look(new Map(), 10, 403);
  expect(pulled).toEqual([{ kind: 'failed', part: 'events', reason: 'the sender answered with status 403' }]);
});

test('keys that cannot be read are told, and nothing is asked', async () => {
  const opened = pull.open({
    pollUrl: 'http://127.0.0.1:9/poll',
    issuer,
    audience,
    jwksFile: '/no/such/keys.json',
  });
  const pulled: Pulled[] = [];
  const fetch = () => Promise.reject(new Error('nothing is asked'));
  for await (const item of opened.read({}, { fetch, now: () => now, wait: async () => undefined }))
    pulled.push(item);
  expect(pulled).toMatchObject([{ kind: 'failed' }]);
});

test('without keys, or with both kinds, it is not opened', () => {
  const base = { pollUrl: 'https://idp.example.com/poll', issuer, audience };
  expect(() => pull.open(base)).toThrow();
  expect(() => pull.open({ ...base, jwks: {}, jwksFile: 'x' })).toThrow();
});
