import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { source } from '../../src/adapters/sources/ssf/index.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { OpenReceiver } from '../../src/ports/source.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

const issuer = 'https://idp.example.com/';
const audience = 'https://feedback.example.com';
const base = 'https://schemas.openid.net/secevent/';
const type = 'application/secevent+jwt';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let folder: string;
let store: Store;
let doors: Doors;
let keys: Keys;
const openWith = async (settings: Record<string, unknown>): Promise<OpenReceiver> => {
  if (source.receiver === undefined) throw new Error('no receiver');
  return source.receiver.open({ issuer, audience, ...settings });
};
const publicJwk = async ({ publicKey }: Keys, kid: string) => ({ ...(await exportJWK(publicKey)), kid });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  keys = await generateKeyPair('RS256', { extractable: true });
  store = await lendEmbedded();
  const receiver = await openWith({ jwks: { keys: [await publicJwk(keys, 'k1')] } });
  doors = openDoors({ store, over: { receivers: new Map([['ssf', receiver]]) } });
});
afterAll(async () => {
  await store?.close();
  rmSync(folder, { recursive: true });
});

const seconds = () => Math.floor(doors.house.clock.now() / 1000);
const claims = (jti: string, more: JWTPayload = {}): JWTPayload => ({
  iss: issuer,
  aud: audience,
  jti,
  iat: seconds(),
  sub_id: { format: 'iss_sub', iss: issuer, sub: 'ci-deploy' },
  events: { [`${base}risc/event-type/account-disabled`]: { reason: 'hijacking' } },
  ...more,
});
const sign = (payload: JWTPayload, header: { typ?: string; kid?: string } = {}, by = keys) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: 'k1', ...header })
    .sign(by.privateKey);
const push = (token: string, at = doors) => at.ask('/v1/sources/ssf', { method: 'POST', body: token, type });

describe('a pushed security event', () => {
  test('is taken with an empty 202, and one that was seen is taken again and adds nothing', async () => {
    const token = await sign(claims('j-1'));
    for (let round = 0; round < 3; round += 1) {
      const answer = await push(token);
      expect([answer.status, answer.text]).toEqual([202, '']);
    }
    const again = await sign(claims('j-1', { iat: seconds() + 1 }));
    expect((await push(again)).status).toBe(202);
    expect(
      (await push(await sign(claims('v', { events: { [`${base}ssf/event-type/verification`]: {} } }))))
        .status,
    ).toBe(202);
  });

  test('is refused in the words of RFC 8935 when it is not from the sender, or not for us', async () => {
    const other = await generateKeyPair('RS256');
    const hmac = new SignJWT(claims('h')).setProtectedHeader({
      alg: 'HS256',
      typ: 'secevent+jwt',
      kid: 'k1',
    });
    const { jti: _left, ...withoutId } = claims('f');
    const cases: readonly [string, string][] = [
      [await sign(claims('a', { iss: 'https://other.example/' })), 'invalid_issuer'],
      [await sign(claims('b', { aud: 'https://other.example' })), 'invalid_audience'],
      [await sign(claims('c'), {}, other), 'invalid_key'],
      [await sign(claims('d'), { kid: 'unknown' }), 'invalid_key'],
      [await hmac.sign(new Uint8Array(32).fill(1)), 'invalid_key'],
      [await sign(claims('e'), { typ: 'JWT' }), 'invalid_request'],
      [await sign(withoutId), 'invalid_request'],
      [await sign(claims('g', { iat: seconds() + 3600 })), 'invalid_request'],
      [await sign(claims('i', { events: {} })), 'invalid_request'],
      [await sign(claims('k', { events: { a: {}, b: {} } })), 'invalid_request'],
      [new UnsecuredJWT(claims('l')).encode(), 'invalid_key'],
      ['not.a.token', 'invalid_request'],
      ['', 'invalid_request'],
    ];
    for (const [token, err] of cases) {
      const answer = await push(token);
      expect([answer.status, answer.json.err]).toEqual([400, err]);
      expect(answer.json.description).toEqual(expect.any(String));
    }
    const good = await sign(claims('m'));
    const flipped = `${good.slice(0, -5)}${good.at(-5) === 'A' ? 'B' : 'A'}${good.slice(-4)}`;
    expect((await push(flipped)).json.err).toBe('invalid_key');
    expect((await push(await sign(claims('o')), openDoors({ store }))).json.err).toBe(
      'authentication_failed',
    );
  });

  test('does not come in as a report, and a report does not come in as one', async () => {
    const token = await sign(claims('p'));
    const report = await doors.ask('/v1/sources/ssf', { method: 'POST', body: token, type: 'text/plain' });
    expect(report.status).toBe(401);
    const other = await doors.ask('/v1/sources/gitleaks', { method: 'POST', body: token, type });
    expect(other.status).toBe(401);
  });

  test('that an account was disabled settles the case of the identity that had lost its owner', async () => {
    const { parts, clock } = doors.house;
    const context = doors.given.mapContext(clock.now());
    const left = makeEvent(
      {
        source: 'directory',
        kind: 'identity.disabled',
        id: ['ci-deploy'],
        occurredAt: clock.now(),
        // A short name is one account only within whoever gave it.
        identity: { type: 'service-account', id: 'settled-by-ssf', provider: issuer },
        action: 'owner-left',
        leads: [{ kind: 'resource-owner', email: 'ana@example.com' }],
      },
      context,
    );
    const { loops } = await ingest(parts, {
      source: 'directory',
      receivedAt: clock.now(),
      mode: 'live',
      events: [left],
    });
    await doors.house.settleDown();
    clock.pass(hour);
    const subject = { format: 'iss_sub', iss: issuer, sub: 'settled-by-ssf' };
    expect((await push(await sign(claims('settles', { sub_id: subject })))).status).toBe(202);
    const story = await store.read.loop(loopPrincipal, loops[0] ?? '');
    expect(story?.loop.rung).toBe('verified');
    expect(monday).toBeLessThan(clock.now());
  });
});

describe('the keys of a sender', () => {
  test('are read again from their file when a key is not in it', async () => {
    const file = join(folder, 'keys.json');
    const next = await generateKeyPair('ES256', { extractable: true });
    writeFileSync(file, JSON.stringify({ keys: [await publicJwk(keys, 'k1')] }));
    const receiver = await openWith({ jwksFile: file });
    const token = await new SignJWT(claims('rotated'))
      .setProtectedHeader({ alg: 'ES256', typ: 'secevent+jwt', kid: 'k2' })
      .sign(next.privateKey);
    const delivery = {
      headers: {},
      body: new TextEncoder().encode(token),
      receivedAt: doors.house.clock.now(),
    };
    expect(await receiver.take(delivery)).toMatchObject({ ok: false, body: { err: 'invalid_key' } });
    writeFileSync(file, JSON.stringify({ keys: [await publicJwk(keys, 'k1'), await publicJwk(next, 'k2')] }));
    expect(await receiver.take(delivery)).toMatchObject({ ok: true, deliveryId: `${issuer} rotated` });
  });

  test('that are missing, or no keys, stop the start and say so', async () => {
    for (const settings of [
      {},
      { jwksFile: join(folder, 'none.json') },
      { jwks: { keys: [] } },
      { jwks: {}, jwksFile: 'x' },
    ]) {
      await expect(openWith(settings)).rejects.toMatchObject({ code: 'bad-config' });
    }
  });
});
