import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPassingSeal } from '../../src/config/data-key.ts';
import type { Store } from '../../src/ports/store.ts';
import { monday } from '../support/house.ts';
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
