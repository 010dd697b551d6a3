import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roleNames, scopesOf } from '../../src/access/role.ts';
import { isScope, type Scope } from '../../src/access/scope.ts';
import { tokenHash } from '../../src/access/token.ts';
import { type RouteRow, routeTable } from '../../src/http/route-table.ts';
import { honoPath } from '../../src/http/table/mount.ts';
import { followIdentities } from '../../src/loop/follow-identities.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageAssets } from '../../src/pages/page-style.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type AskOptions, type Doors, openDoors } from './doors.ts';

const rows: readonly RouteRow[] = routeTable;
const scoped = rows.flatMap((row) => (isScope(row.access) ? [{ ...row, access: row.access }] : []));
const nameOf = ({ method, path }: RouteRow) => `${method} ${path}`;

let store: Store;
let doors: Doors;
/** A loop and a message of team blue. */
const blue = { loop: '', message: '', caseCode: '', suppression: '', identity: '' };

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [leak({ at: monday - hour, receivedAt: monday, secret: fakeSecret(1), author: 'ana' })],
  });
  await doors.house.settleDown();
  blue.loop = taken.loops[0] ?? '';
  const story = await store.read.loop(loopPrincipal, blue.loop);
  blue.message = story?.messages[0]?.id ?? '';
  blue.caseCode = story?.loop.caseCode ?? '';
  await followIdentities(doors.house.parts);
  const { items } = await store.read.identities(loopPrincipal, { team: 'blue', limit: 1 });
  blue.identity = items[0]?.id ?? '';
});
afterAll(() => store?.close());

/** A request that the route would understand, about what team blue owns. */
function request(row: RouteRow): { readonly path: string; readonly options: AskOptions } {
  const ids: Readonly<Record<string, string>> = {
    id:
      row.path.includes('/messages/') || row.path.startsWith('/outbox')
        ? blue.message
        : row.path.includes('/identities/')
          ? blue.identity
          : /^\/v1\/people\/\{id\}(?:\/links)?$/u.test(row.path)
            ? 'ana'
            : blue.loop,
    behaviour: 'secret-in-repository',
    source: 'gitleaks',
    token: 'x',
    rest: 'loops',
  };
  const path = row.path.replace(/\{(\w+)\}/gu, (_, name: string) => ids[name] ?? 'x');
  const query = queries[nameOf(row)] ?? '';
  const body = row.takes === undefined ? {} : { body: bodies[nameOf(row)] ?? '{}', type: row.takes[0] ?? '' };
  return { path: path + query, options: { method: row.method, ...body } };
}

const queries: Readonly<Record<string, string>> = {
  'GET /v1/owners': '?identity=nobody',
  'PUT /v1/campaigns/{id}': '?source=gophish',
  'POST /v1/imports': `?id=${'0'.repeat(64)}`,
};
const bodies: Readonly<Record<string, string>> = {
  'PUT /v1/campaigns/{id}': 'From: it@acme.example\r\nSubject: x\r\n\r\nHello',
  'POST /mcp': '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  'POST /v1/agents/calls': '{"tool":"lessons"}',
  'POST /v1/events': '[]',
  'POST /v1/imports': '[]',
  'POST /v1/loops': '{"title":"A key in a wiki","owner":"ana@example.com"}',
  'POST /v1/loops/release': '{"behaviour":"secret-in-repository"}',
  'POST /v1/loops/{id}/replies': '{"decision":"hand-back"}',
  'POST /v1/messages/replay': '{}',
  'POST /v1/messages/{id}/redirect': '{"to":{"kind":"duty"},"reason":"she is away"}',
  'POST /v1/loops/{id}/snooze': '{"for":"next-day","reason":"on a plane"}',
  'POST /v1/identities/{id}/owner':
    '{"decision":"name","to":{"kind":"person","id":"bob"},"reason":"he runs it now"}',
  'POST /v1/people/{id}/links':
    '{"decision":"refuse","system":"github","name":"ana","directory":"people","entry":"ana","reason":"it is not hers"}',
  'POST /v1/leave': '{"person":"ana","from":"2026-12-01","until":"2026-12-04"}',
  'POST /v1/messages/{id}/withdraw': '{"reason":"not meant for her"}',
  'POST /v1/messages/{id}/settle': '{"as":"arrived"}',
  'POST /v1/rollout':
    '{"behaviour":"secret-in-repository","team":"blue","stage":"live","reason":"they read well"}',
  'POST /v1/messages/test': '{"email":"ana@example.com"}',
  'POST /v1/pause': '{"on":false}',
  'POST /v1/controls/{id}/decisions': '{"decision":"accept"}',
  'POST /v1/experiments/{id}/stop': '{"reason":"no more"}',
  'POST /v1/reviews/{id}/decisions': '{"decision":"reject","reason":"not now"}',
  'POST /v1/policy/exceptions/{id}': '{"decision":"approve"}',
  'POST /v1/suppressions':
    '{"kind":"path","pattern":"fixtures/**","reason":"test data","until":"2027-01-01"}',
  'POST /v1/accounts': '{"login":"another","name":"Another","roles":["viewer"]}',
  'POST /v1/tokens': '{"name":"another","roles":["viewer"],"days":1}',
};

const browsers = new Map<string, string>();

/** A person with these roles and teams, in a browser of the console. */
async function signedIn(roles: readonly Role[], teams: 'all' | readonly string[] = 'all') {
  const name = `${roles.join(' ')}, ${teams === 'all' ? teams : teams.join(' ')}`;
  const account = browsers.get(name) ?? (await addPerson(name, roles, teams));
  browsers.set(name, account);
  // A new one each time: some routes end sessions.
  const begun = await doors.given.sessions.beginPerson(account);
  return { headers: { Cookie: `foldback=${begun?.secret}`, 'X-Foldback-Console': '1' } };
}

async function addPerson(
  name: string,
  roles: readonly Role[],
  teams: 'all' | readonly string[],
): Promise<string> {
  const id = doors.house.parts.randomId();
  const row = { id, name, issuer: 'https://login.example.com', subject: name, roles, teams, createdAt: 0 };
  await store.transaction((tx) => tx.saveAccount(row));
  return id;
}

/** Text says how its characters are written; JSON is UTF-8. */
const typed = /^(?:text\/[\w.;= -]*; ?charset=utf-8|application\/[\w.+-]+)/iu;

/** A method that no route of the path has. */
const otherMethod = ({ path }: RouteRow): string => {
  const used = new Set<string>(rows.filter((row) => row.path === path).map(({ method }) => method));
  return ['PATCH', 'POST'].find((method) => !used.has(method)) ?? 'PURGE';
};

const send = (row: RouteRow, more: AskOptions = {}): Promise<Answer> => {
  const { path, options } = request(row);
  return doors.ask(path, { ...options, ...more });
};

describe('the route table', () => {
  test('names every route that is registered, and registers every route that it names', () => {
    const assets = new Set(pageAssets.map(({ path }) => path));
    const registered = doors.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !assets.has(path))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(registered)].sort()).toEqual(
      rows.map(({ method, path }) => `${method} ${honoPath(path)}`).sort(),
    );
    expect(new Set(rows.map(nameOf)).size).toBe(rows.length);
  });

  test('leaves open to anybody only what it says', () => {
    expect(rows.filter(({ access }) => !isScope(access)).map(nameOf)).toEqual([
      'POST /v1/sources/{source}',
      'POST /v1/channels/{channel}/interactions',
      'GET /v1/signin',
      'GET /v1/session',
      'POST /v1/session',
      'DELETE /v1/session',
      'GET /v1/sessions',
      'DELETE /v1/sessions',
      'DELETE /v1/sessions/{id}',
      'GET /r/{token}',
      'POST /r/{token}',
      'GET /claim/{token}',
      'POST /claim/{token}',
      'GET /password/{token}',
      'POST /password/{token}',
      'GET /',
      'GET /me',
      'POST /me',
      'GET /me/{token}',
      'POST /me/{token}',
      'GET /check',
      'POST /check',
      'GET /signin',
      'POST /signin',
      'POST /signin/factor',
      'GET /signin/oidc',
      'GET /signin/oidc/callback',
      'GET /signout',
      'POST /signout',
      'GET /account',
      'POST /account/password',
      'POST /account/factor',
      'GET /console',
      'GET /console/{rest}',
      'GET /.well-known/authzen-configuration',
      'GET /.well-known/oauth-protected-resource',
      'GET /.well-known/oauth-protected-resource/mcp',
      'GET /livez',
      'GET /readyz',
      'GET /openapi.json',
      'GET /docs',
    ]);
  });

  test.each(rows.map((row) => [nameOf(row), row] as const))('answers no other method: %s', async (_, row) => {
    const { path } = request(row);
    const answer = await doors.ask(path.split('?')[0] ?? '', { method: otherMethod(row), body: '{}' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('Allow')).toContain(row.method);
  });
});

describe.each(scoped.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
  test('is refused without a token, with a wrong one and with one that has expired or was revoked', async () => {
    const expired = await doors.token(['admin'], { days: 1 });
    const revoked = await doors.token(['admin']);
    const stored = await store.read.tokenByHash(loopPrincipal, tokenHash(revoked) ?? '');
    await store.transaction((tx) => tx.revokeToken(stored?.id ?? '', monday));
    doors.house.clock.pass(2 * day);
    try {
      for (const token of [undefined, 'nonsense', `${expired.slice(0, -1)}0`, expired, revoked]) {
        const answer = await send(row, { token });
        expect(answer.status, String(token)).toBe(401);
        expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="foldback"(?:,|$)/u);
        expect(answer.text).not.toContain(blue.loop);
      }
    } finally {
      doors.house.clock.set(monday);
    }
  });

  test('is open to the roles that have its scope, and to no other', async () => {
    for (const role of roleNames) {
      const scopes = scopesOf([role]);
      const isAllowed = scopes.has(row.access) || scopes.has('admin');
      const token = { token: await doors.token([...scopes]) };
      for (const [who, caller] of [
        ['token', token],
        ['person', await signedIn([role])],
      ] as const) {
        const answer = await send(row, caller);
        expect([who, role, answer.status === 403]).toEqual([who, role, !isAllowed]);
        expect(answer.text === '' ? 'application/json' : answer.headers.get('Content-Type')).toMatch(typed);
        if (isAllowed) expect([who, role, answer.status < 500]).toEqual([who, role, true]);
      }
    }
  });

  test('changes nothing for a person whose browser was sent by another page', async () => {
    if (row.method === 'GET') return;
    const { headers } = await signedIn(['admin']);
    const { 'X-Foldback-Console': _own, ...cookie } = headers;
    const answer = await send(row, { headers: cookie });
    expect(answer.status).toBe(403);
  });

  test('shows and changes nothing of another team', async () => {
    const all: readonly Scope[] = ['admin'];
    const token = { token: await doors.token(all, { teams: ['red'] }) };
    const before = await store.read.loop(loopPrincipal, blue.loop);
    for (const caller of [token, await signedIn(['admin'], ['red'])]) {
      const answer = await send(row, caller);
      if (row.path.includes('{id}')) expect([403, 404]).toContain(answer.status);
      expect(answer.text).not.toContain(blue.caseCode);
      expect(answer.text).not.toContain('ana@example.com');
    }
    expect(await store.read.loop(loopPrincipal, blue.loop)).toEqual(before);
  });
});

test('a loop of another team is not there: by id, by case code, and in every list', async () => {
  const red = await doors.token(['admin'], { teams: ['red'] });
  const blues = await doors.token(['admin'], { teams: ['blue'] });
  for (const reference of [blue.loop, blue.caseCode, blue.caseCode.toLowerCase()]) {
    expect((await doors.ask(`/v1/loops/${reference}`, { token: red })).status).toBe(404);
    expect((await doors.ask(`/v1/loops/${reference}`, { token: blues })).status).toBe(200);
  }
  for (const path of ['/v1/loops', '/v1/messages', `/v1/owners?identity=${blue.caseCode}`]) {
    expect((await doors.ask(path, { token: red })).json).toEqual({ items: [] });
    expect((await doors.ask(path, { token: blues })).text).toContain('secret-in-repository');
  }
  expect((await doors.ask('/v1/owners/coverage', { token: red })).json).toMatchObject({ n: 0 });
});

test('what concerns everybody is decided by those who see everything', async () => {
  const blues = await doors.token(['admin'], { teams: ['blue'] });
  const paths: readonly [string, AskOptions][] = [
    ['/v1/pause', { json: { on: true } }],
    ['/v1/suppressions', { body: bodies['POST /v1/suppressions'] ?? '' }],
    ['/v1/tokens', {}],
  ];
  for (const [path, options] of paths) {
    expect((await doors.ask(path, { token: blues, ...options })).status).toBe(403);
  }
  expect((await doors.ask('/v1/pause', { token: blues })).json).toMatchObject({ on: false });
});

test('a token cannot make one that may do or see more than itself', async () => {
  const blues = await doors.token(['admin'], { teams: ['blue'] });
  const all = await doors.ask('/v1/tokens', { token: blues, json: { name: 'all teams', roles: ['viewer'] } });
  expect(all.status).toBe(403);
  const own = { name: 'own team', roles: ['viewer'], teams: ['blue'] };
  expect((await doors.ask('/v1/tokens', { token: blues, json: own })).status).toBe(201);
});

test('a token in the Authorization header counts alone, whatever cookie stands beside it', async () => {
  const good = await doors.token(['loops:read']);
  const begun = await doors.given.sessions.begin(good);
  const cookie = { Cookie: `foldback=${begun?.secret}` };
  expect((await doors.ask('/v1/loops', { headers: cookie })).status).toBe(200);
  expect((await doors.ask('/v1/loops', { headers: cookie, token: 'nonsense' })).status).toBe(401);
  expect((await doors.ask('/v1/loops', { headers: { Authorization: 'Basic YTpi', ...cookie } })).status).toBe(
    401,
  );
});

test('requests of one token are limited by name, whatever their address', async () => {
  const few = openDoors({ store, http: { requestsPerMinuteMax: 3 } });
  const token = await few.token(['loops:read']);
  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1)
    statuses.push((await few.ask('/v1/loops', { token, from: `192.0.2.${n}` })).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await few.ask('/v1/loops', { token });
  expect(refused.json).toMatchObject({ detail: expect.stringContaining('http.requestsPerMinuteMax') });
  expect(refused.headers.get('Retry-After')).toBe('20');
  few.house.clock.pass(21_000);
  expect((await few.ask('/v1/loops', { token })).status).toBe(200);
});

test('requests through a trusted proxy are counted by who sent them, and a stranger’s header counts for nothing', async () => {
  const proxied = openDoors({ store, http: { requestsPerMinuteMax: 2, trustedProxies: ['10.0.0.0/8'] } });
  const from = (socket: string, forwarded: string) =>
    proxied.ask('/livez', { from: socket, headers: { 'X-Forwarded-For': forwarded } });
  const statuses = async (socket: string, senders: readonly string[]) =>
    Promise.all(senders.map(async (sender) => (await from(socket, sender)).status));
  expect(await statuses('10.0.0.1', ['192.0.2.1', '192.0.2.2', '192.0.2.3'])).toEqual([200, 200, 200]);
  expect(await statuses('192.0.2.9', ['192.0.2.4', '192.0.2.5', '192.0.2.6'])).toEqual([200, 200, 429]);
});
