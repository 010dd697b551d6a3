import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenHash } from '../../src/access/token.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, browser, type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(() => {
  doors = openDoors({ store });
});

const ours = { 'X-Foldback-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
const signIn = (token: string, headers: Readonly<Record<string, string>> = ours) =>
  doors.ask('/v1/session', { json: { token }, headers });
const withCookie = (cookie: string, more: Readonly<Record<string, string>> = {}) => ({
  headers: { Cookie: cookie, ...more },
});

test('a token is exchanged for a cookie that does not hold it, and that the store keeps as a hash only', async () => {
  const token = await doors.token(['loops:read']);
  const answer = await signIn(token);
  expect(answer.status).toBe(201);
  expect(answer.json).toMatchObject({ name: 'a test', scopes: ['loops:read'], teams: 'all' });
  expect(answer.headers.get('Set-Cookie')).toMatch(
    /^foldback=fbl_session_[0-9A-Za-z]{39}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/u,
  );
  const secret = cookieOf(answer).replace('foldback=', '');
  expect(answer.text).not.toContain(secret);
  const rows = await store.read.sessions(loopPrincipal, monday);
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect((await doors.ask('/v1/session', withCookie(cookieOf(answer)))).json).toMatchObject({
    name: 'a test',
  });
});

test('a session on a token ends without use, and lasts no longer than others', async () => {
  const token = await doors.token(['loops:read']);
  const [idle, busy] = [cookieOf(await signIn(token)), cookieOf(await signIn(token))];
  const asked = async (cookie: string) => (await doors.ask('/v1/session', withCookie(cookie))).status;
  doors.house.clock.pass(59 * 60_000);
  expect(await asked(busy)).toBe(200);
  doors.house.clock.pass(60_000);
  expect([await asked(idle), await asked(busy)]).toEqual([401, 200]);
  for (let n = 0; n < 22; n += 1) {
    doors.house.clock.pass(hour / 2);
    expect(await asked(busy)).toBe(n < 21 ? 200 : 401);
  }
});

test('where tokens sign nobody in, a browser gets no session by one, and programs use it as before', async () => {
  doors = openDoors({ store, access: { limits: { hours: 12, idleMinutes: 60, byToken: false } } });
  const token = await doors.token(['loops:read']);
  const answer = await signIn(token);
  expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([401, null]);
  expect((await doors.ask('/v1/signin')).json).toEqual({ hasTokens: false, hasAccounts: true });
  const page = await doors.ask('/signin', browser);
  expect([page.text.includes('name="password"'), page.text.includes('name="token"')]).toEqual([true, false]);
  expect((await doors.ask('/v1/loops', { token })).status).toBe(200);
});

test('what a session may do and see is what its token may', async () => {
  const blue = await signIn(await doors.token(['loops:read'], { teams: ['blue'] }));
  expect(blue.json).toMatchObject({ teams: ['blue'] });
  expect((await doors.ask('/v1/loops', withCookie(cookieOf(blue)))).status).toBe(200);
  expect((await doors.ask('/v1/tokens', withCookie(cookieOf(blue)))).status).toBe(403);
});

test('a page of another origin can neither sign a browser in nor use its session', async () => {
  const token = await doors.token(['admin']);
  expect((await signIn(token, { ...ours, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(421);
  expect((await signIn(token, { ...ours, Origin: 'https://elsewhere.example' })).status).toBe(421);
  expect((await signIn(token, {})).status).toBe(403);
  const cookie = cookieOf(await signIn(token));
  const pause = (headers: Readonly<Record<string, string>>) =>
    doors.ask('/v1/pause', { json: { on: false }, headers: { Cookie: cookie, ...headers } });
  expect((await pause({})).status).toBe(403);
  expect((await pause({ ...ours, Origin: 'https://elsewhere.example' })).status).toBe(421);
  expect((await pause(ours)).status).toBe(200);
});

test('signing out revokes the session: the cookie that was copied opens nothing', async () => {
  const cookie = cookieOf(await signIn(await doors.token(['admin'])));
  const out = await doors.ask('/v1/session', { method: 'DELETE', ...withCookie(cookie, ours) });
  expect(out.headers.get('Clear-Site-Data')).toBe('"cache", "storage"');
  expect(out.status).toBe(204);
  expect((await doors.ask('/v1/session', withCookie(cookie))).status).toBe(401);
});

test('a session ends with its time, and with the token that it stands on', async () => {
  const token = await doors.token(['admin']);
  const [first, second] = [cookieOf(await signIn(token)), cookieOf(await signIn(token))];
  doors.house.clock.pass(12 * hour);
  expect((await doors.ask('/v1/session', withCookie(first))).status).toBe(401);
  doors.house.clock.set(monday);
  expect((await doors.ask('/v1/session', withCookie(second))).status).toBe(200);
  const stored = await store.read.tokenByHash(loopPrincipal, tokenHash(token) ?? '');
  await store.transaction((tx) => tx.revokeToken(stored?.id ?? '', monday));
  expect((await doors.ask('/v1/session', withCookie(second))).status).toBe(401);
});

test('an administrator sees who is signed in, and signs them out', async () => {
  const admin = await doors.token(['admin']);
  const other = cookieOf(await signIn(await doors.token(['loops:read'])));
  const own = cookieOf(await signIn(admin));
  const listed = await doors.ask('/v1/sessions', withCookie(own));
  expect(listed.text).not.toContain('fbl_');
  const { items } = listed.json;
  if (!Array.isArray(items)) throw new Error(listed.text);
  expect(items.filter(({ isThis }) => isThis)).toHaveLength(1);
  for (const { id, isThis } of items)
    if (isThis !== true)
      expect((await doors.ask(`/v1/sessions/${id}`, { method: 'DELETE', token: admin })).status).toBe(204);
  expect((await doors.ask('/v1/session', withCookie(other))).status).toBe(401);
  expect((await doors.ask('/v1/session', withCookie(own))).status).toBe(200);
});

test('whoever is no administrator sees and ends their own sessions, and nobody else’s', async () => {
  const viewer = await doors.token(['loops:read'], { teams: ['blue'] });
  const other = cookieOf(await signIn(await doors.token(['loops:read'])));
  const [own, second] = [cookieOf(await signIn(viewer)), cookieOf(await signIn(viewer))];
  const itemsOf = async (cookie: string) => {
    const { items } = (await doors.ask('/v1/sessions', withCookie(cookie))).json;
    return Array.isArray(items) ? items.map(({ id, isThis }) => ({ id: String(id), isThis })) : [];
  };
  expect((await itemsOf(own)).map(({ isThis }) => isThis).sort()).toEqual([false, true]);
  const [foreign] = await itemsOf(other);
  const end = (id: string | undefined, headers = ours) =>
    doors.ask(`/v1/sessions/${id}`, { method: 'DELETE', headers: { Cookie: own, ...headers } });
  expect((await end(foreign?.id)).status).toBe(404);
  expect((await doors.ask('/v1/session', withCookie(other))).status).toBe(200);
  const mine = (await itemsOf(own)).find(({ isThis }) => !isThis);
  const fromElsewhere = await doors.ask(`/v1/sessions/${mine?.id}`, { method: 'DELETE', ...withCookie(own) });
  expect(fromElsewhere.status).toBe(403);
  expect((await end(mine?.id)).status).toBe(204);
  expect((await doors.ask('/v1/session', withCookie(second))).status).toBe(401);
  expect((await doors.ask('/v1/sessions')).status).toBe(401);
});

describe('signing others out', () => {
  const minutes = 60_000;
  const end = (cookie: string, path: string) =>
    doors.ask(`/v1/sessions${path}`, { method: 'DELETE', headers: { Cookie: cookie, ...ours } });
  const idOf = async (cookie: string) => {
    const { items } = (await doors.ask('/v1/sessions', withCookie(cookie))).json;
    return Array.isArray(items) ? String(items.find(({ isThis }) => isThis)?.id) : '';
  };
  const isIn = async (cookie: string) => (await doors.ask('/v1/session', withCookie(cookie))).status === 200;

  test('asks for a sign-in of the last ten minutes, of a browser; its own session it ends at any time', async () => {
    const [admin, viewer] = [await doors.token(['admin']), await doors.token(['loops:read'])];
    const [own, other] = [cookieOf(await signIn(admin)), cookieOf(await signIn(viewer))];
    const [ownId, otherId] = [await idOf(own), await idOf(other)];
    doors.house.clock.pass(10 * minutes + 1);
    const early = await end(own, `/${otherId}`);
    expect([early.status, early.json.type]).toEqual([403, '/problems/sign-in-again']);
    expect((await end(own, '')).json.type).toBe('/problems/sign-in-again');
    expect((await end(own, `?of=${'a'.repeat(32)}`)).json.type).toBe('/problems/sign-in-again');
    expect(await isIn(other)).toBe(true);
    // A program shows its token with each request.
    expect((await doors.ask(`/v1/sessions/${otherId}`, { method: 'DELETE', token: admin })).status).toBe(204);
    expect(await isIn(other)).toBe(false);
    expect((await end(own, `/${ownId}`)).status).toBe(204);
    const again = cookieOf(await signIn(admin));
    const third = cookieOf(await signIn(viewer));
    expect((await end(again, `/${await idOf(third)}`)).status).toBe(204);
    expect(await isIn(third)).toBe(false);
    expect(await isIn(again)).toBe(true);
  });

  test('all others of one’s own, and for an administrator all of one person or token, end at once and are recorded', async () => {
    const viewer = await doors.token(['loops:read'], { teams: ['blue'] });
    const [one, two, three] = [
      cookieOf(await signIn(viewer)),
      cookieOf(await signIn(viewer)),
      cookieOf(await signIn(viewer)),
    ];
    const stranger = cookieOf(await signIn(await doors.token(['loops:read'])));
    expect((await end(one, '')).json).toEqual({ ended: 2 });
    expect([await isIn(one), await isIn(two), await isIn(three), await isIn(stranger)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    const held = await store.read.tokenByHash(loopPrincipal, tokenHash(viewer) ?? '');
    const of = `?of=${held?.id}`;
    expect((await end(stranger, of)).status).toBe(403);
    expect((await end(one, of)).json).toEqual({ ended: 0 });
    for (const strange of ['?of=x', '?of=', `${of}&of=${held?.id}`, '?who=1'])
      expect((await end(one, strange)).status, strange).toBe(400);
    const narrow = cookieOf(await signIn(await doors.token(['admin'], { teams: ['red'] })));
    expect((await end(narrow, of)).status).toBe(403);
    const admin = await doors.token(['admin']);
    const boss = cookieOf(await signIn(admin));
    expect((await end(boss, of)).json).toEqual({ ended: 1 });
    expect(await isIn(one)).toBe(false);
    const noted = await store.read.auditEntries(loopPrincipal, { kind: 'access.session-ended', limit: 1 });
    expect(JSON.parse(noted[0]?.body ?? '')).toMatchObject({
      by: expect.stringMatching(/^token:/u),
      how: 'all of one',
      of: held?.id,
    });
  });

  test('a revoked token and its browsers open nothing from the next request on', async () => {
    const admin = await doors.token(['admin']);
    const viewer = await doors.token(['loops:read']);
    const cookie = cookieOf(await signIn(viewer));
    const held = await store.read.tokenByHash(loopPrincipal, tokenHash(viewer) ?? '');
    expect((await doors.ask(`/v1/tokens/${held?.id}`, { method: 'DELETE', token: admin })).status).toBe(204);
    expect((await doors.ask('/v1/loops', { token: viewer })).status).toBe(401);
    expect(await isIn(cookie)).toBe(false);
  });
});

test('wrong tokens are slowed down', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 11; n += 1)
    statuses.push(
      (await doors.ask('/v1/session', { json: { token: `x${n}` }, headers: ours, from: '192.0.2.45' }))
        .status,
    );
  expect(statuses.slice(-2)).toEqual([401, 429]);
});
