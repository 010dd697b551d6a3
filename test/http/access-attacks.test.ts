import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPassingSeal } from '../../src/config/data-key.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type AskOptions, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

const password = 'seven quiet herons';
const newer = 'nine loud magpies';

let store: Store;
let doors: Doors;
let serial = 0;

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  doors = openDoors({ store, access: { seal: openPassingSeal(randomBytes) } });
  doors.house.clock.set(monday);
  serial += 1;
  const made = await doors.given.accounts.create(
    { login: login(), name: 'Somebody', roles: ['viewer'], teams: 'all' },
    'test',
  );
  if (made.kind !== 'made') throw new Error(made.kind);
  expect(await doors.given.accounts.choosePassword(made.path.slice('/password/'.length), password)).toBe(
    'good',
  );
});

const login = () => `victim${serial}`;
const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
const whoIs = (Cookie: string): Promise<Answer> => doors.ask('/v1/session', { headers: { Cookie } });
const withCookie = (options: AskOptions, Cookie: string): AskOptions => ({
  ...options,
  headers: { ...options.headers, Cookie },
});

async function signIn(fields: Readonly<Record<string, string>> = {}, more: AskOptions = {}): Promise<Answer> {
  const page = await doors.ask('/signin', browser);
  const all = { form: nonceIn(page.text), next: '/', account: login(), password, ...fields };
  const options = form(all);
  return doors.ask('/signin', { ...options, ...more, headers: { ...options.headers, ...more.headers } });
}

describe('an attacker', () => {
  test('who planted a cookie before the sign-in has no session by it afterwards', async () => {
    const own = cookieOf(await signIn());
    const planted = await signIn({}, { headers: { Cookie: own } });
    expect(cookieOf(planted)).not.toBe(own);
    expect((await whoIs(own)).status).toBe(401);
    expect((await whoIs(cookieOf(planted))).status).toBe(200);
  });

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/\t/evil.example',
    '/console//evil.example',
    '/console/../../evil',
    '/outbox\r\nSet-Cookie: a=b',
    'javascript:alert(1)',
    '/r/0123456789012345678901?case=A&next=//evil.example',
    '/account/../signout',
    '/account#//evil.example',
  ])('leads nobody elsewhere after a sign-in: %j', async (next) => {
    const typed = await signIn({ next });
    expect([typed.status, typed.headers.get('Location')]).toEqual([303, '/']);
    const page = await doors.ask(`/signin?next=${encodeURIComponent(next)}`, browser);
    expect(page.text).toContain('name="next" value="/"');
    expect(page.text).not.toContain('evil.example');
  });

  test.each([
    '/signin',
    '/signin/factor',
    '/signout',
    '/account/password',
    '/account/factor',
    '/password/x',
    '/claim/x',
  ])('on another site posts no form in somebody’s browser: %s', async (path) => {
    const cookie = cookieOf(await signIn());
    const page = await doors.ask('/account', withCookie(browser, cookie));
    const fields = { form: nonceIn(page.text), old: password, password: newer, account: login() };
    for (const from of [
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' },
      { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:3000' },
      { Origin: 'https://evil.example' },
    ]) {
      const { body = '', type = '' } = form(fields);
      const answer = await doors.ask(path, {
        method: 'POST',
        body,
        type,
        headers: { Cookie: cookie, ...from },
      });
      expect([path, answer.status]).toEqual([path, 421]);
    }
    expect((await whoIs(cookie)).status).toBe(200);
    expect((await signIn()).status).toBe(303);
  });

  test('with a copied page of the account changes no password: it takes the one of now', async () => {
    const cookie = cookieOf(await signIn());
    const page = await doors.ask('/account', withCookie(browser, cookie));
    const stolen = withCookie(
      form({ form: nonceIn(page.text), old: 'a guess of mine', password: newer }),
      cookie,
    );
    expect((await doors.ask('/account/password', stolen)).status).toBe(422);
    expect((await signIn()).status).toBe(303);
  });

  test('who names another host gets no link to it', async () => {
    const token = await doors.token(['admin']);
    const json = { login: `more${serial}`, name: 'More', roles: ['viewer'] };
    for (const headers of [{ Host: 'evil.example' }, { Host: 'localhost.evil.example' }]) {
      const answer = await doors.ask('/v1/accounts', { token, json, headers });
      expect([answer.status, answer.text.includes('password/')]).toEqual([421, false]);
    }
    const headers = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' };
    const made = await doors.ask('/v1/accounts', { token, json, headers });
    expect(new URL(String(made.json.url)).host).toBe('localhost');
  });

  test('who guesses many passwords at the same moment gets no more of them judged', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        signIn({ password: `guess number ${n} of mine` }, { from: `192.0.2.${n}` }),
      ),
    );
    const judged = guesses.filter(({ status }) => status === 401).length;
    const slowed = guesses.filter(({ status }) => status === 429).length;
    expect([judged <= 4, judged + slowed]).toEqual([true, 9]);
  });

  test('who spreads guesses over many addresses is slowed down by the account all the same', async () => {
    for (let n = 0; n < 6; n += 1)
      await signIn({ password: `guess number ${n} of mine` }, { from: `192.0.2.${n}` });
    expect((await signIn({}, { from: '198.51.100.7' })).status).toBe(429);
  });

  test('who spreads guesses over many accounts is slowed down by the address', async () => {
    const spray = (n: number) =>
      signIn({ account: `nobody${serial}-${n}`, password: 'winter is here now' }, { from: '192.0.2.77' });
    for (let n = 0; n < 6; n += 1) await spray(n);
    expect((await spray(6)).status).toBe(429);
    expect((await signIn({}, { from: '192.0.2.78' })).status).toBe(303);
  });
});

describe('a stranger, and an insider with a token of another team', () => {
  /** Ways to write an address that a proxy and a server may read as two. */
  const twisted = [
    '//v1/tokens',
    '/v1//tokens',
    '/V1/tokens',
    '/v1/tokens/',
    '/v1%2ftokens',
    '/v1/%74okens',
    '/v1/loops/%2e%2e/tokens',
    '/v1/loops/..%2f..%2fv1%2ftokens',
    '/v1/loops/../tokens',
    '/v1\\tokens',
    '/v1/tokens;x=/v1/loops',
    '/v1/tokens%00',
    '/v1/tokens%3f',
    '/r/../v1/tokens',
    '/console/../v1/tokens',
    '/console/%2e%2e%2fv1%2ftokens',
    '/metrics/../v1/tokens',
  ];

  test('reach nothing by another way to write its address', async () => {
    const insider = await doors.token(['loops:read'], { teams: ['red'] });
    for (const path of twisted)
      for (const token of [undefined, insider]) {
        const answer = await doors.ask(path, { token });
        expect([path, answer.status >= 400, answer.text.includes('"items"')]).toEqual([path, true, false]);
      }
  });

  test('change no method by a header or a field, and no address of theirs', async () => {
    const insider = await doors.token(['loops:read'], { teams: ['red'] });
    const id = (await doors.given.issueToken(
      {
        id: randomBytes(16).toString('hex'),
        name: 'theirs',
        scopes: ['loops:read'],
        teams: ['red'],
        days: 1,
      },
      { id: 'system:test', kind: 'system', name: 'test', scopes: new Set(['admin']), teams: 'all' },
    )) as { readonly record: { readonly id: string } };
    const path = `/v1/tokens/${id.record.id}`;
    for (const name of [
      'X-HTTP-Method-Override',
      'X-HTTP-Method',
      'X-Method-Override',
      'X-Original-Method',
    ]) {
      const overridden = { [name]: 'DELETE', 'X-Original-URL': path, 'X-Rewrite-URL': path };
      const answer = await doors.ask('/v1/loops', { token: insider, headers: overridden });
      expect([answer.status, answer.json.items]).toEqual([200, []]);
      expect(
        (await doors.ask(`${path}?_method=DELETE`, { token: insider, headers: overridden })).status,
      ).toBe(405);
    }
    const left = await doors.given.parts.store.read.tokenById(loopPrincipal, id.record.id);
    expect(left?.revokedAt).toBeUndefined();
  });

  test('are this machine to nobody, whatever they say about where they come from', async () => {
    for (const headers of [
      { 'X-Forwarded-For': '127.0.0.1' },
      { 'X-Real-Ip': '127.0.0.1', Forwarded: 'for=127.0.0.1' },
      { 'X-Client-Ip': '127.0.0.1', 'True-Client-Ip': '::1', Host: 'localhost' },
    ])
      for (const from of ['192.0.2.5', '2001:db8::5'])
        expect((await doors.ask('/metrics', { headers, from })).status).toBe(401);
    const beside = { from: '127.0.0.1', headers: { 'X-Forwarded-For': '192.0.2.5' } };
    expect((await doors.ask('/metrics', beside)).status).toBe(401);
  });

  test('make nobody who may do or see more than they', async () => {
    const insider = await doors.token(['admin'], { teams: ['red'] });
    for (const more of [
      { roles: ['admin'] },
      { scopes: ['admin'], teams: 'all' },
      { roles: ['viewer'], teams: ['blue'] },
      { roles: ['viewer'], teams: ['red', 'blue'] },
    ]) {
      const json = { name: 'more', ...more };
      expect([more, (await doors.ask('/v1/tokens', { token: insider, json })).status]).toEqual([more, 403]);
      const account = {
        login: `more${serial}`,
        name: 'More',
        roles: ['viewer'],
        ...('teams' in more ? { teams: more.teams } : {}),
      };
      expect((await doors.ask('/v1/accounts', { token: insider, json: account })).status).toBe(403);
    }
    for (const path of ['/v1/audit', '/v1/backup', '/v1/people/ana/data?purpose=curiosity'])
      expect([path, (await doors.ask(path, { token: insider })).status]).toEqual([path, 403]);
    // A session is worth what its token is, not more.
    const headers = { 'X-Foldback-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
    const begun = await doors.ask('/v1/session', { json: { token: insider }, headers });
    const cookie = { Cookie: cookieOf(begun), ...headers };
    expect(
      (await doors.ask('/v1/tokens', { json: { name: 'x', roles: ['admin'] }, headers: cookie })).status,
    ).toBe(403);
  });

  test('find the same answer for what is not theirs and for what is not there', async () => {
    const insider = await doors.token(['loops:read', 'loops:write', 'evidence:read'], { teams: ['red'] });
    const { house } = doors;
    const at = house.clock.now();
    const event = leak({
      at,
      receivedAt: at,
      secret: fakeSecret(9_000 + serial),
      author: 'ana',
      file: `x${serial}.py`,
    });
    const { loops } = await ingest(house.parts, {
      source: 'scanner',
      receivedAt: at,
      mode: 'live',
      events: [event],
    });
    const [theirs = ''] = loops;
    const absent = randomBytes(16).toString('hex');
    const same = ({ status, text }: Answer) => [status, text.replace(/urn:uuid:[0-9a-f-]+/u, '')];
    for (const path of ['', '/evidence']) {
      const [one, other] = [
        await doors.ask(`/v1/loops/${theirs}${path}`, { token: insider }),
        await doors.ask(`/v1/loops/${absent}${path}`, { token: insider }),
      ];
      expect(one.status).toBe(404);
      expect(same(one)).toEqual(same(other));
    }
    const json = { kind: 'dismiss', reason: 'not mine to say' };
    const [one, other] = [
      await doors.ask(`/v1/loops/${theirs}/decisions`, { token: insider, json }),
      await doors.ask(`/v1/loops/${absent}/decisions`, { token: insider, json }),
    ];
    expect([one.status >= 400, same(one)]).toEqual([true, same(other)]);
  });

  test('sign nobody in with a header beside a cookie, two tokens in one header, or a token in the address', async () => {
    const cookie = cookieOf(await signIn());
    const token = await doors.token(['loops:read']);
    const asked = [
      await doors.ask('/v1/session', {
        headers: { Cookie: cookie, Authorization: 'Bearer fbl_live_forged' },
      }),
      await doors.ask('/v1/loops', { headers: { Authorization: `Bearer ${token}, Bearer ${token}` } }),
      await doors.ask(`/v1/loops?access_token=${token}`),
      await doors.ask(`/v1/loops?token=${token}`),
      await doors.ask('/v1/loops', { headers: { Cookie: `foldback=${token}` } }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
  });

  test('keep nothing of anybody in a cache between: each answer says so, and none varies by what a cache may drop', async () => {
    const cookie = cookieOf(await signIn());
    for (const path of [
      '/v1/session',
      '/account',
      '/signin',
      '/console',
      '/v1/session?x=.css',
      '/account/..%2fstyle.css',
    ]) {
      const { headers } = await doors.ask(path, { headers: { Cookie: cookie, Accept: 'text/html' } });
      expect([path, headers.get('Cache-Control')]).toEqual([
        path,
        expect.stringMatching(/no-store|no-cache/u),
      ]);
    }
  });
});
