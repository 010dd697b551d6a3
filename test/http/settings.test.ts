import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenHash } from '../../src/access/token.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Channel, Delivery, SendResult } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday, status } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { browser, type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let admin: string;
let sent: Delivery[] = [];
let result: SendResult = { kind: 'accepted' };

/** A channel that leaves the machine and remembers what it was given. */
const channel: Channel = {
  id: 'remembering',
  title: 'A remembering channel',
  leavesMachine: true,
  reconcile: 'none',
  address: (recipient) => recipient.email,
  send: async (delivery) => {
    sent.push(delivery);
    return result;
  },
  checkSetup: async () => [],
};

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({
    store,
    channels: [channel],
    delivery: { channel: channel.id, perPersonPerDayMax: 50 },
  });
  admin = await doors.token(['admin']);
});
afterAll(() => store?.close());

const take = (event: ReturnType<typeof leak>) =>
  ingest(doors.house.parts, { source: 'scanner', receivedAt: monday, mode: 'live', events: [event] });

describe('a token', () => {
  test('is shown once, is listed without its value, works until it is revoked', async () => {
    const made = await doors.ask('/v1/tokens', {
      token: admin,
      json: { name: 'the pipeline', roles: ['service'], scopes: ['loops:read'], days: 7 },
    });
    expect(made.status).toBe(201);
    const value = String(made.json.token);
    expect(value).toMatch(/^fbl_live_[0-9A-Za-z]{39}$/u);
    expect((await doors.ask('/v1/loops', { token: value })).status).toBe(200);
    const list = await doors.ask('/v1/tokens', { token: admin });
    expect(list.text).not.toContain(value);
    expect(list.text).not.toContain(tokenHash(value) ?? 'none');
    expect(list.json.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: made.json.id, name: 'the pipeline', teams: 'all' }),
      ]),
    );
    expect((await doors.ask(`/v1/tokens/${made.json.id}`, { token: admin, method: 'DELETE' })).status).toBe(
      204,
    );
    expect((await doors.ask('/v1/loops', { token: value })).status).toBe(401);
    expect((await doors.ask(`/v1/tokens/${made.json.id}`, { token: admin, method: 'DELETE' })).status).toBe(
      404,
    );
    expect((await doors.ask('/v1/tokens/nonsense', { token: admin, method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    { name: 'no right' },
    { roles: ['viewer'] },
    { name: 'x', roles: ['king'] },
    { name: 'x', scopes: ['everything'] },
    { name: 'x', roles: ['viewer'], days: 10_000 },
    { name: 'x', roles: ['viewer'], teams: [] },
    { name: 'x', roles: ['viewer'], expires: 'never' },
  ])('is not made of %j', async (json) => {
    expect((await doors.ask('/v1/tokens', { token: admin, json })).status).toBe(400);
  });
});

describe('the pause', () => {
  test('stops every message and lets it go again', async () => {
    expect((await doors.ask('/v1/pause', { token: admin, json: { on: true } })).json).toMatchObject({
      on: true,
    });
    sent = [];
    const taken = await take(
      leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(1), author: 'ana' }),
    );
    await doors.house.settleDown();
    expect(sent).toEqual([]);
    expect((await doors.ask('/v1/pause', { token: admin })).json).toMatchObject({
      on: true,
      at: '2026-11-23T10:00:00.000Z',
    });
    await doors.ask('/v1/pause', { token: admin, json: { on: false } });
    await doors.house.settleDown();
    expect(sent.map(({ recipient }) => recipient.id)).toEqual(['ana']);
    expect((await store.read.loop(loopPrincipal, taken.loops[0] ?? ''))?.loop.state).toBe('told');
    expect((await doors.ask('/v1/pause', { token: admin, json: { on: 'yes' } })).status).toBe(400);
  });
});

describe('a suppression', () => {
  test('covers what nobody was told of, until it ends', async () => {
    const history = await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'history',
      events: [
        leak({
          at: monday - hour,
          receivedAt: monday,
          secret: fakeSecret(2),
          file: 'test/fixtures/keys.env',
        }),
      ],
    });
    const stateOf = async () => (await store.read.loop(loopPrincipal, history.loops[0] ?? ''))?.loop.state;
    expect(await stateOf()).toBe('backlog');
    const rule = {
      kind: 'path',
      pattern: '**/fixtures/**',
      reason: 'made up for tests',
      until: '2027-05-31',
    };
    const made = await doors.ask('/v1/suppressions', { token: admin, json: rule });
    expect([made.status, made.json]).toMatchObject([
      201,
      { ...rule, until: '2027-05-31T00:00:00.000Z', by: 'a test' },
    ]);
    expect(await stateOf()).toBe('dismissed');
    const reader = await doors.token(['loops:read'], { teams: ['blue'] });
    expect((await doors.ask('/v1/suppressions', { token: reader })).json.items).toMatchObject([
      { pattern: '**/fixtures/**' },
    ]);
    expect(
      (await doors.ask(`/v1/suppressions/${made.json.id}`, { token: admin, method: 'DELETE' })).status,
    ).toBe(204);
    expect(await stateOf()).toBe('backlog');
    expect((await doors.ask('/v1/suppressions', { token: admin })).json).toEqual({ items: [] });
    expect(
      (await doors.ask(`/v1/suppressions/${made.json.id}`, { token: admin, method: 'DELETE' })).status,
    ).toBe(404);
  });

  test.each([
    { kind: 'path', pattern: '**', reason: 'everything', until: '2027-05-31' },
    { kind: 'path', pattern: '@(a|b)/**', reason: 'extended', until: '2027-05-31' },
    { kind: 'path', pattern: '*a*a*a*a*a*a*a*', reason: 'slow', until: '2027-05-31' },
    { kind: 'path', pattern: 'a/**', reason: 'for ever', until: '2099-01-01' },
    { kind: 'path', pattern: 'a/**', reason: 'over', until: '2026-01-01' },
    { kind: 'path', pattern: 'a/**', reason: 'x', until: '2027-05-31' },
    { kind: 'value', pattern: 'hunter2hunter2hunter2', reason: 'a dummy', until: '2027-05-31' },
    { kind: 'rule', pattern: 'a', reason: 'unknown kind', until: '2027-05-31' },
  ])('is not made of %j', async (json) => {
    const answer = await doors.ask('/v1/suppressions', { token: admin, json });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('a message', () => {
  test('that failed is sent again, once, when a person says so', async () => {
    result = { kind: 'refused', reason: 'mailbox full' };
    sent = [];
    const taken = await take(
      leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(3), author: 'bob', file: 'r.py' }),
    );
    await doors.house.settleDown();
    result = { kind: 'accepted' };
    const refused = await doors.ask('/v1/messages?state=refused', { token: admin });
    const [first] = Array.isArray(refused.json.items) ? refused.json.items : [];
    expect(first).toMatchObject({ state: 'refused', lastError: 'mailbox full' });
    const path = `/v1/messages/${first.id}`;
    sent = [];
    const writer = await doors.token(['messages:write'], { teams: ['blue'] });
    expect((await doors.ask(`${path}/replay`, { token: writer, method: 'POST' })).json).toMatchObject({
      state: 'queued',
    });
    await doors.house.settleDown();
    expect(sent.map(({ messageId }) => messageId)).toEqual([first.id]);
    const again = await doors.ask(`${path}/replay`, { token: writer, method: 'POST' });
    expect([again.status, again.json.detail]).toEqual([
      409,
      'It is accepted: there is nothing to send again.',
    ]);
    expect((await doors.ask(path, { token: admin })).json).toMatchObject({
      state: 'accepted',
      loops: taken.loops,
    });
    expect((await doors.ask('/v1/messages/nonsense/replay', { token: writer, method: 'POST' })).status).toBe(
      404,
    );
  });

  test('that left the machine has its link with its recipient and nowhere else', async () => {
    const page = await doors.ask('/v1/messages?state=accepted', { token: admin });
    const [first] = Array.isArray(page.json.items) ? page.json.items : [];
    const whole = await doors.ask(`/v1/messages/${first.id}`, { token: admin });
    expect(whole.json.text).toContain('Hi ');
    expect(whole.text).not.toMatch(/\/r\/[0-9A-Za-z]{22}/u);
    expect((await doors.ask(`/outbox/${first.id}`, { token: admin, ...browser })).text).not.toMatch(
      /\/r\/[0-9A-Za-z]{22}/u,
    );
  });

  test('for a test goes to an address of the directory alone, through the configured channel', async () => {
    sent = [];
    const answer = await doors.ask('/v1/messages/test', { token: admin, json: { email: 'Mia@example.com' } });
    expect(answer.json).toEqual({ channel: 'remembering', to: 'mia@example.com', result: 'accepted' });
    expect(sent).toMatchObject([
      { recipient: { id: 'mia' }, message: { subject: 'A test from Foldback', answers: [] } },
    ]);
    for (const email of ['stranger@example.com', 'leo@example.com'])
      expect((await doors.ask('/v1/messages/test', { token: admin, json: { email } })).status).toBe(404);
    expect(sent).toHaveLength(1);
    const before = await store.read.totals(loopPrincipal);
    await doors.ask('/v1/messages/test', { token: admin, json: { email: 'ana@example.com' } });
    expect(await store.read.totals(loopPrincipal)).toEqual(before);
  });
});

describe('how Foldback is', () => {
  test('is told by its sources, with the day on which each was heard last and what is usual for it', async () => {
    await take(status({ at: monday, secret: fakeSecret(3), validity: 'unknown' }));
    const { json } = await doors.ask('/v1/sources', { token: admin });
    expect(json.items).toEqual(
      expect.arrayContaining([
        { id: 'github', title: 'GitHub', auth: 'signature', hasSecret: true, isSilent: false },
        { id: 'gitleaks', title: expect.any(String), auth: 'token', isSilent: false },
        {
          id: 'scanner',
          title: 'scanner',
          auth: 'token',
          lastDay: '2026-11-23',
          rhythm: { heardDays: 1, everyDays: 1, quietDaysMax: 4 },
          isSilent: false,
        },
      ]),
    );
  });

  test('is open to anybody as far as health goes', async () => {
    expect((await doors.ask('/livez')).json).toEqual({ status: 'alive' });
    expect((await doors.ask('/readyz')).json).toEqual({ status: 'ready' });
    const broken = openDoors({ store, over: { isReady: async () => false } });
    expect((await broken.ask('/readyz')).status).toBe(503);
  });

  test('in figures is for a token, or for this machine itself, not for whoever comes through a proxy here', async () => {
    const local = await doors.ask('/metrics', { from: '127.0.0.1' });
    expect([local.status, local.headers.get('Content-Type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(local.text).toMatch(/^foldback_loops\{behaviour="all",state="told"\} \d+$/mu);
    expect(local.text).toMatch(/^foldback_http_requests_total\{route="GET \/livez",status="200"\} \d+$/mu);
    expect((await doors.ask('/metrics', { from: '::1' })).status).toBe(200);
    expect((await doors.ask('/metrics', { from: '192.0.2.1' })).status).toBe(401);
    expect((await doors.ask('/metrics')).status).toBe(401);
    const proxied = { from: '127.0.0.1', headers: { 'X-Forwarded-For': '203.0.113.9' } };
    expect((await doors.ask('/metrics', proxied)).status).toBe(401);
    expect((await doors.ask('/metrics', { from: '127.0.0.1', token: 'wrong' })).status).toBe(401);
    expect((await doors.ask('/metrics', { token: await doors.token(['system:read']) })).status).toBe(200);
  });
});

describe('the description of the API', () => {
  test('names every route with its scope, and holds no reference that leads nowhere', async () => {
    const { json, text } = await doors.ask('/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    expect(json.paths).toMatchObject({
      '/v1/loops/{id}': { get: { security: [{ token: ['loops:read'] }] } },
      '/v1/events': { post: { requestBody: { content: { 'application/cloudevents+json': {} } } } },
      '/r/{token}': { get: {}, post: {} },
    });
    const parts = JSON.stringify(json.components);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/gu))
      expect(parts).toContain(`"${name}"`);
    const page = await doors.ask('/docs', browser);
    expect(page.text).toContain('POST /v1/sources/{source}');
    expect(page.text).not.toMatch(/<script|https?:\/\/(?!localhost)/u);
  });
});
