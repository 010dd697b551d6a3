import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openOidc } from '../../src/adapters/identity/oidc/index.ts';
import { openSessions } from '../../src/app-sessions.ts';
import { openSingleSignOn } from '../../src/app-single-sign-on.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday, testClock } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import {
  clientId,
  clientSecret,
  type Forgery,
  type Issuer,
  type Known,
  openForger,
  openIssuer,
} from '../support/oidc-issuer.ts';
import { type Answer, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

const callback = 'http://localhost/signin/oidc/callback';
const people: Readonly<Record<string, Known>> = {
  ana: { name: 'Ana', email: 'Ana@example.com', email_verified: true, groups: ['ops'] },
  ben: { name: 'Ben', email: 'ben@example.com', email_verified: true, groups: ['staff', 'other'] },
  eve: { name: 'Eve', email: 'ana@example.com', email_verified: false, groups: [] },
  dev: { name: 'Dev', email: 'dev@example.com', email_verified: true, groups: ['devs'] },
};
const person = (id: string, team: string, isActive = true) => ({
  id,
  name: id,
  emails: [`${id}@example.com`],
  accounts: [],
  team,
  isActive,
  isDuty: false,
});

let store: Store;
let issuer: Issuer;
let forger: Awaited<ReturnType<typeof openForger>>;
let doors: Doors;
let leavers: ReadonlySet<string>;
const clock = testClock();

beforeAll(async () => {
  [store, issuer, forger] = await Promise.all([lendEmbedded(), openIssuer(people, callback), openForger()]);
});
afterAll(() => Promise.all([store?.close(), issuer?.close(), forger?.close()]));
beforeEach(() => {
  clock.set(Date.now());
  leavers = new Set();
  doors = doorsOver(issuer.url);
});

function doorsOver(url: string, trustedIssuers: readonly string[] = [url]): Doors {
  const listed = () =>
    indexPeople(
      Object.keys(people).map((id) => person(id, 'blue', !leavers.has(id))),
      [],
    );
  const sessions = openSessions({ store, clock, limits: { hours: 12, idleMinutes: 60 }, people: listed });
  const provider = openOidc(
    {
      issuer: url,
      clientId,
      clientSecret,
      name: 'Acme',
      scopes: ['profile', 'email', 'groups'],
      claim: 'groups',
      origins: [],
    },
    clock,
  );
  const singleSignOn = openSingleSignOn({
    store,
    clock,
    provider,
    grants: [
      { value: 'ops', roles: ['admin'], teams: 'all' },
      { value: 'staff', roles: ['viewer'], teams: ['red'] },
      { value: 'devs', roles: ['analyst'], teams: 'own' },
    ],
    trustedIssuers,
    people: listed,
    sessions,
  });
  return openDoors({
    store,
    clock,
    delivery: { perPersonPerDayMax: 500 },
    recipientsSignIn: trustedIssuers.includes(url),
    over: { singleSignOn, sessions },
  });
}

/** As a browser, from the button to the provider. */
async function begin(next = '/'): Promise<{ readonly url: string; readonly cookie: string }> {
  const answer = await doors.ask(`/signin/oidc?next=${encodeURIComponent(next)}`);
  expect(answer.status).toBe(303);
  return { url: answer.headers.get('Location') ?? '', cookie: cookieOf(answer, 'foldback-login') };
}

const cookieOf = ({ headers }: Answer, name: string): string =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((line) => line.startsWith(`${name}=`) && line !== `${name}=`) ?? '';
const back = (to: URL, cookie: string): Promise<Answer> =>
  doors.ask(`${to.pathname}${to.search}`, { headers: { Cookie: cookie, Accept: 'text/html' } });
const whoIs = (cookie: string): Promise<Answer> => doors.ask('/v1/session', { headers: { Cookie: cookie } });

async function signIn(subject: string): Promise<string> {
  const { url, cookie } = await begin();
  const answer = await back(await issuer.signIn(url, subject), cookie);
  expect(answer.status).toBe(200);
  return cookieOf(answer, 'foldback');
}

async function expectRefused(answer: Answer): Promise<void> {
  expect(answer.status).toBe(401);
  expect(cookieOf(answer, 'foldback')).toBe('');
  expect(answer.text).toContain('Sign in with Acme');
}

describe('signing out', () => {
  test('ends the session here, and leads to where the provider ends its own, back to us and nowhere else', async () => {
    const cookie = await signIn('ana');
    const home = await doors.ask('/', { headers: { Cookie: cookie, Accept: 'text/html' } });
    const options = form({ form: nonceIn(home.text) });
    const out = await doors.ask('/signout', { ...options, headers: { ...options.headers, Cookie: cookie } });
    expect([out.status, out.headers.get('Location')]).toEqual([303, '/signout']);
    expect((await whoIs(cookie)).status).toBe(401);
    const page = await doors.ask('/signout', browser);
    const link = new URL(/href="(http[^"]+)"/u.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '');
    expect(`${link.origin}${link.pathname}`).toBe(`${issuer.url}/session/end`);
    expect(Object.fromEntries(link.searchParams)).toEqual({
      client_id: clientId,
      post_logout_redirect_uri: 'http://localhost/signout',
    });
    // The provider takes the request: it asks the person, and does not refuse it.
    const asked = await fetch(link, { redirect: 'manual' });
    expect([asked.status, (await asked.text()).includes('/session/end/confirm')]).toEqual([200, true]);
  });

  test('says so when the provider cannot be asked, without a way there', async () => {
    doors = doorsOver('http://127.0.0.1:9');
    const page = await doors.ask('/signout', browser);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('127.0.0.1:9');
  });
});

describe('single sign-on', () => {
  test('signs in with the roles and teams of the first grant that fits, and goes on to our own page only', async () => {
    const { url, cookie } = await begin('/outbox');
    const asked = new URL(url).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')).toMatch(/^[0-9a-f]{64}$/u);
    const answer = await back(await issuer.signIn(url, 'ana'), cookie);
    expect(answer.text).toContain('content="0;url=/outbox"');
    expect(answer.headers.getSetCookie().join('\n')).toMatch(
      /foldback=fbl_session_\w{39}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict/u,
    );
    const ana = await whoIs(cookieOf(answer, 'foldback'));
    expect(ana.json).toMatchObject({ name: 'Ana', scopes: ['admin'], teams: 'all' });
    expect((await whoIs(await signIn('ben'))).json).toMatchObject({ teams: ['red'] });
    expect((await whoIs(await signIn('dev'))).json).toMatchObject({ teams: ['blue'] });
    const elsewhere = await begin('https://elsewhere.example/');
    const home = await back(await issuer.signIn(elsewhere.url, 'ana'), elsewhere.cookie);
    expect(home.text).toContain('content="0;url=/"');
  });

  test('who is signed in and comes again has to prove who they are at the provider, which says when', async () => {
    const asked = (url: string) => {
      const { searchParams } = new URL(url);
      return [searchParams.get('prompt'), searchParams.get('max_age')];
    };
    const first = await begin();
    expect(asked(first.url)).toEqual([null, null]);
    const cookie = await signIn('ana');
    const other = await signIn('ana');
    const ours = { Cookie: cookie, 'X-Foldback-Console': '1' };
    const end = (headers: Readonly<Record<string, string>>) =>
      doors.ask('/v1/sessions', { method: 'DELETE', headers });
    // The provider may have known the browser: nobody proved anything just now.
    expect((await end(ours)).json.type).toBe('/problems/sign-in-again');
    expect((await whoIs(other)).status).toBe(200);
    const again = await doors.ask('/signin/oidc?next=%2Fconsole', { headers: { Cookie: cookie } });
    const url = again.headers.get('Location') ?? '';
    expect(asked(url)).toEqual(['login', '300']);
    const login = cookieOf(again, 'foldback-login');
    const answer = await back(await issuer.signIn(url, 'ana'), `${login}; ${cookie}`);
    expect(answer.status).toBe(200);
    const fresh = cookieOf(answer, 'foldback');
    expect((await whoIs(cookie)).status).toBe(401);
    const ended = await end({ ...ours, Cookie: fresh });
    expect([ended.status, ended.json.ended]).toEqual([200, expect.any(Number)]);
    expect((await whoIs(other)).status).toBe(401);
    expect((await whoIs(fresh)).status).toBe(200);
  });

  test('who has no grant is known and may do nothing', async () => {
    const cookie = await signIn('eve');
    expect((await whoIs(cookie)).json).toMatchObject({ name: 'Eve', scopes: [], teams: [] });
    expect((await doors.ask('/v1/loops', { headers: { Cookie: cookie } })).status).toBe(403);
  });

  test('an address counts only where it was verified, by an issuer that is trusted with addresses', async () => {
    const emailOf = async (subject: string) =>
      (await store.read.accountBySubject(loopPrincipal, issuer.url, subject))?.email;
    await signIn('ana');
    await signIn('eve');
    expect([await emailOf('ana'), await emailOf('eve')]).toEqual(['ana@example.com', undefined]);
    doors = doorsOver(issuer.url, ['https://another.example']);
    await signIn('ana');
    expect(await emailOf('ana')).toBeUndefined();
    const [ana, eve] = await Promise.all(
      ['ana', 'eve'].map((one) => store.read.accountBySubject(loopPrincipal, issuer.url, one)),
    );
    expect(ana?.id).not.toBe(eve?.id);
  });

  test('an answer with another state, without our cookie or with that of another login signs nobody in', async () => {
    const { url, cookie } = await begin();
    const other = await begin();
    const answered = await issuer.signIn(url, 'ana');
    const forged = new URL(answered);
    forged.searchParams.set('state', 'a'.repeat(64));
    await expectRefused(await back(forged, cookie));
    await expectRefused(await back(answered, ''));
    await expectRefused(await back(answered, other.cookie));
  });

  test('a code is taken once', async () => {
    const { url, cookie } = await begin();
    const answered = await issuer.signIn(url, 'ana');
    expect((await back(answered, cookie)).status).toBe(200);
    await expectRefused(await back(answered, cookie));
  });

  test('a code that was asked for with another nonce, for another client, or without our proof is not taken', async () => {
    for (const [name, value] of [
      ['nonce', 'b'.repeat(64)],
      ['client_id', 'somebody-else'],
      ['code_challenge', 'c'.repeat(43)],
    ] as const) {
      const { url, cookie } = await begin();
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      await expectRefused(await back(await issuer.signIn(changed.href, 'ana'), cookie));
    }
  });

  test('an answer that another issuer is said to have given is not taken', async () => {
    const { url, cookie } = await begin();
    const answered = await issuer.signIn(url, 'ana');
    expect(answered.searchParams.get('iss')).toBe(issuer.url);
    answered.searchParams.set('iss', 'https://another.example');
    await expectRefused(await back(answered, cookie));
  });

  test('a login that took too long, or was refused at the provider, signs nobody in', async () => {
    const { url, cookie } = await begin();
    const answered = await issuer.signIn(url, 'ana');
    clock.pass(11 * 60_000);
    await expectRefused(await back(answered, cookie));
    const { cookie: second, url: asked } = await begin();
    const refused = new URL(`${callback}?error=access_denied`);
    refused.searchParams.set('state', new URL(asked).searchParams.get('state') ?? '');
    refused.searchParams.set('iss', issuer.url);
    await expectRefused(await back(refused, second));
  });

  test('a provider that does not answer stops nobody who has a token', async () => {
    doors = doorsOver('http://127.0.0.1:9');
    const answer = await doors.ask('/signin/oidc', { headers: { Accept: 'text/html' } });
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('name="token"');
  });
});

describe('an ID token', () => {
  async function present(forgery: Forgery): Promise<Answer> {
    doors = doorsOver(forger.url);
    const { url, cookie } = await begin();
    const asked = new URL(url).searchParams;
    forger.forge(forgery, asked.get('nonce') ?? '');
    return back(new URL(`${callback}?code=x&state=${asked.get('state')}`), cookie);
  }
  const past = Math.floor(Date.now() / 1000) - 7200;

  test('as it should be is taken, so that the refusals below are about what they change', async () => {
    expect((await present({})).status).toBe(200);
  });

  test.each<[string, Forgery]>([
    ['without a signature', { alg: 'none' }],
    ['signed with the secret that we share', { alg: 'HS256' }],
    ['signed by a key that its issuer does not have', { isForeign: true }],
    ['of another issuer', { claims: { iss: 'https://another.example' } }],
    ['for another audience', { claims: { aud: 'somebody-else' } }],
    ['for many audiences, by the wish of another', { claims: { aud: [clientId, 'x'], azp: 'x' } }],
    ['that has expired', { claims: { iat: past, exp: past + 600 } }],
    ['with another nonce', { claims: { nonce: 'd'.repeat(64) } }],
    ['without a subject', { claims: { sub: '' } }],
  ])('%s is refused', async (_, forgery) => {
    await expectRefused(await present(forgery));
  });
});

describe('a session of a person', () => {
  test('ends when nobody uses it, and after its whole time however much it is used', async () => {
    const [idle, busy] = [await signIn('ana'), await signIn('ana')];
    clock.pass(59 * 60_000);
    expect((await whoIs(busy)).status).toBe(200);
    clock.pass(60_000);
    expect((await whoIs(idle)).status).toBe(401);
    for (let n = 0; n < 22; n += 1) {
      expect((await whoIs(busy)).status).toBe(200);
      clock.pass(hour / 2);
    }
    expect((await whoIs(busy)).status).toBe(401);
  });

  test('has an id of its own for each login, and the one before in the same browser ends', async () => {
    const first = await signIn('ana');
    const { url, cookie } = await begin();
    const answer = await back(await issuer.signIn(url, 'ana'), `${cookie}; ${first}`);
    expect(cookieOf(answer, 'foldback')).not.toBe(first);
    expect((await whoIs(first)).status).toBe(401);
  });

  test('ends when its person leaves, in the list of people or at the identity provider, and none begins again', async () => {
    const [listed, pushed] = [await signIn('ben'), await signIn('eve')];
    leavers = new Set(['ben']);
    expect((await whoIs(listed)).status).toBe(401);
    leavers = new Set();
    expect((await whoIs(listed)).status).toBe(401);
    const entry = { kind: 'user' as const, name: 'eve-by-scim', externalId: 'eve', body: {} };
    await doors.given.directory.add({ ...entry, isActive: false });
    expect((await whoIs(pushed)).status).toBe(401);
    const { url, cookie } = await begin();
    await expectRefused(await back(await issuer.signIn(url, 'eve'), cookie));
  });
});

describe('a recipient, where single sign-on knows the people who are written to', () => {
  let serial = 40;
  async function link(): Promise<string> {
    clock.set(monday);
    serial += 1;
    const event = leak({
      at: monday - hour,
      receivedAt: monday,
      secret: fakeSecret(serial),
      author: 'ana',
      file: `s${serial}.py`,
    });
    const taken = await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events: [event],
    });
    await doors.house.settleDown();
    const message = (await store.read.loop(loopPrincipal, taken.loops[0] ?? ''))?.messages.at(-1);
    expect(message?.to).toEqual({ kind: 'person', id: 'ana' });
    const { url } = doors.house.parts.replyLink(message?.id ?? '', 'ana');
    return new URL(url ?? '').pathname;
  }
  async function answer(path: string, given: string, cookie = ''): Promise<Answer> {
    const page = await doors.ask(path, { headers: { ...browser.headers, Cookie: cookie } });
    const code = /name="case" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
    const posted = form({
      form: nonceIn(page.text),
      case: code,
      answer: given,
      person: 'ben',
      until: '2026-11-30',
    });
    return doors.ask(path, { ...posted, headers: { ...posted.headers, Cookie: cookie } });
  }

  test.each(['not-me', 'not-mine', 'accept-risk'])(
    'says “%s” only with a login of their own, never by the link alone',
    async (given) => {
      const path = await link();
      const asked = await answer(path, given);
      expect(asked.status).toBe(422);
      expect(asked.text).toContain(`href="/signin/oidc?next=${encodeURIComponent(path)}"`);
      for (const other of ['ben', 'dev'])
        expect((await answer(path, given, await signIn(other))).status).toBe(422);
      const { url, cookie } = await begin(path);
      const back2 = await back(await issuer.signIn(url, 'ana'), cookie);
      expect(back2.text).toContain(`content="0;url=${path}"`);
      expect((await answer(path, given, cookieOf(back2, 'foldback'))).status).toBe(303);
    },
  );

  test('says by the link alone what burdens nobody else', async () => {
    expect((await answer(await link(), 'need-help')).status).toBe(303);
  });

  test('is asked for no login where the provider is not trusted with addresses: nobody could give one', async () => {
    doors = doorsOver(issuer.url, []);
    expect((await answer(await link(), 'not-me')).status).toBe(303);
  });
});
