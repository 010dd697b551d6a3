import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPasswordJudge } from '../../src/app-passwords.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let admin: string;
let serial = 0;
const password = 'seven quiet herons';

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  doors = openDoors({ store });
  admin = await doors.token(['admin']);
  serial += 1;
});

const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
const whoIs = (cookie: string): Promise<Answer> => doors.ask('/v1/session', { headers: { Cookie: cookie } });

async function invite(over: Readonly<Record<string, unknown>> = {}) {
  const json = { login: `root${serial}`, name: 'Root', roles: ['admin'], ...over };
  const made = await doors.ask('/v1/accounts', { token: admin, json });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return { id: String(made.json.id), path: new URL(String(made.json.url)).pathname };
}

async function choose(path: string, chosen = password): Promise<Answer> {
  const page = await doors.ask(path, browser);
  return doors.ask(path, form({ form: nonceIn(page.text), password: chosen }));
}

async function signIn(account: string, secret = password, from?: string): Promise<Answer> {
  const page = await doors.ask('/signin', browser);
  const fields = { form: nonceIn(page.text), next: '/', account, password: secret };
  return doors.ask('/signin', { ...form(fields), ...(from === undefined ? {} : { from }) });
}

test('a password that stands in the list of breached ones is not taken, by the link or by a change', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'foldback-breached-'));
  const file = join(dir, 'list.txt');
  const breached = ['four green ladders', 'nine brown kettles'];
  const lines = breached.map((one) => `${createHash('sha1').update(one).digest('hex').toUpperCase()}:7`);
  writeFileSync(file, `${lines.toSorted().join('\r\n')}\r\n`);
  doors = openDoors({ store, access: { judge: openPasswordJudge(file) } });
  admin = await doors.token(['admin']);
  const { path } = await invite();
  expect((await choose(path, breached[0])).status).toBe(422);
  expect((await choose(path)).status).toBe(200);
  const cookie = cookieOf(await signIn(`root${serial}`));
  const page = await doors.ask('/account', { headers: { Cookie: cookie, Accept: 'text/html' } });
  const change = (next: string) => {
    const fields = form({ form: nonceIn(page.text), old: password, password: next });
    return doors.ask('/account/password', { ...fields, headers: { ...fields.headers, Cookie: cookie } });
  };
  expect((await change(breached[1] ?? '')).status).toBe(422);
  // Where the list cannot be looked into, nothing is taken.
  rmSync(dir, { recursive: true });
  expect((await change('five striped lanterns')).status).toBe(500);
});

test('an account gets its password by a link that works once, and signs in as a person', async () => {
  const { path } = await invite();
  expect((await signIn(`root${serial}`, '')).status).toBe(401);
  expect((await choose(path, 'password2026')).status).toBe(422);
  expect((await choose(path)).status).toBe(200);
  expect((await doors.ask(path, browser)).status).toBe(404);
  const answer = await signIn(` Root${serial} `);
  expect(answer.status).toBe(303);
  expect((await whoIs(cookieOf(answer))).json).toMatchObject({
    name: 'Root',
    scopes: ['admin'],
    teams: 'all',
  });
  const row = await store.read.accountByLogin(loopPrincipal, `root${serial}`);
  expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
  expect(JSON.stringify(await store.read.auditEntries(loopPrincipal, { limit: 1000 }))).not.toContain(
    password,
  );
});

async function claim(fields: Readonly<Record<string, string>>, path: string): Promise<Answer> {
  const page = await doors.ask(path, browser);
  return doors.ask(path, form({ form: nonceIn(page.text), name: 'Rosa', ...fields }));
}

test('a hash that was made another way is made anew at the next sign-in, with the same password', async () => {
  const { id, path } = await invite();
  await choose(path);
  const account = await store.read.account(loopPrincipal, id);
  if (account === undefined) throw new Error('no account');
  const weaker = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  await store.transaction((tx) => tx.saveAccount({ ...account, passwordHash: weaker }));
  const kept = async () => (await store.read.account(loopPrincipal, id))?.passwordHash;
  expect((await signIn(`root${serial}`, 'not the password')).status).toBe(401);
  expect(await kept()).toBe(weaker);
  expect((await signIn(`root${serial}`)).status).toBe(303);
  expect(await kept()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u);
  expect((await signIn(`root${serial}`)).status).toBe(303);
});

test('the first administrator may choose a name and a password with the claim, and a bad one claims nothing', async () => {
  await store.transaction((tx) => tx.saveSetting('claim', { kind: 'unclaimed' }));
  const path = (await doors.given.claim.offer()) ?? '';
  const account = `root${serial}`;
  for (const wrong of [
    { account, password: 'short' },
    { account, password: '' },
    { account: 'ro ot', password },
    { account: '', password },
  ])
    expect((await claim(wrong, path)).status).toBe(422);
  expect(await doors.given.claim.judge(path.slice('/claim/'.length))).toBe('valid');
  const claimed = await claim({ account, password }, path);
  expect(claimed.status).toBe(200);
  expect(claimed.text).not.toContain(password);
  expect((await signIn(account)).status).toBe(303);
  expect((await claim({ account: `other${serial}`, password }, path)).status).toBe(410);
});

test('of two who claim at once one is the first administrator, and the other leaves no account', async () => {
  await store.transaction((tx) => tx.saveSetting('claim', { kind: 'unclaimed' }));
  const path = (await doors.given.claim.offer()) ?? '';
  const logins = [`one${serial}`, `two${serial}`];
  const answers = await Promise.all(logins.map((account) => claim({ account, password }, path)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410]);
  const kept = await Promise.all(logins.map((login) => store.read.accountByLogin(loopPrincipal, login)));
  expect(kept.filter((row) => row !== undefined)).toHaveLength(1);
});

test('where local accounts are switched off, nobody makes one, and those that are there open nothing', async () => {
  await choose((await invite()).path);
  doors = openDoors({ store, access: { hasAccounts: false } });
  expect((await signIn(`root${serial}`)).status).toBe(401);
  const json = { login: `more${serial}`, name: 'More', roles: ['viewer'] };
  expect((await doors.ask('/v1/accounts', { token: admin, json })).status).toBe(409);
  const page = await doors.ask('/signin', browser);
  expect(page.text).not.toContain('name="password"');
  expect((await doors.ask('/v1/signin')).json).toEqual({ hasTokens: true, hasAccounts: false });
});

test('a link that is too old, or of an account that was disabled, opens nothing', async () => {
  const { path } = await invite();
  doors.house.clock.pass(24 * hour);
  expect((await doors.ask(path, browser)).status).toBe(404);
  doors.house.clock.set(monday);
  const { id, path: second } = await invite({ login: `other${serial}` });
  expect((await doors.ask(`/v1/accounts/${id}`, { method: 'DELETE', token: admin })).status).toBe(204);
  expect((await doors.ask(second, browser)).status).toBe(404);
});

test('a wrong password and a name that nobody has are answered alike, and slowed down without locking out', async () => {
  await choose((await invite()).path);
  const known = await signIn(`root${serial}`, 'wrong wrong wrong');
  const unknown = await signIn(`nobody${serial}`, 'wrong wrong wrong');
  const seen = ({ status, text }: Answer) => [status, text.replace(/name="form" value="[^"]+"/gu, '')];
  expect(seen(known)).toEqual(seen(unknown));
  for (let n = 0; n < 5; n += 1) await signIn(`root${serial}`, 'wrong wrong wrong');
  const slowed = await signIn(`root${serial}`);
  expect(slowed.status).toBe(429);
  expect(Number(slowed.headers.get('Retry-After'))).toBeLessThanOrEqual(30);
  doors.house.clock.pass(30_000);
  expect((await signIn(`root${serial}`)).status).toBe(303);
});

test('a break-glass account ends by itself, with its sessions, and is in the record', async () => {
  const { id, path } = await invite({ hours: 4 });
  await choose(path);
  const cookie = cookieOf(await signIn(`root${serial}`));
  expect((await whoIs(cookie)).status).toBe(200);
  const [made] = await store.read.auditEntries(loopPrincipal, { kind: 'access.account-made', limit: 1 });
  expect(JSON.parse(made?.body ?? '')).toMatchObject({ account: id, how: 'break glass' });
  expect(doors.logged.join('')).toContain('break-glass');
  for (let n = 0; n < 7; n += 1) {
    doors.house.clock.pass(hour / 2);
    expect((await whoIs(cookie)).status).toBe(200);
  }
  doors.house.clock.pass(hour / 2);
  expect((await whoIs(cookie)).status).toBe(401);
  expect((await signIn(`root${serial}`)).status).toBe(401);
});

test('disabling an account ends its sessions at once', async () => {
  const { id, path } = await invite({ roles: ['viewer'], teams: ['blue'] });
  await choose(path);
  const cookie = cookieOf(await signIn(`root${serial}`));
  expect((await whoIs(cookie)).json).toMatchObject({ teams: ['blue'] });
  await doors.ask(`/v1/accounts/${id}`, { method: 'DELETE', token: admin });
  expect((await whoIs(cookie)).status).toBe(401);
  expect((await signIn(`root${serial}`)).status).toBe(401);
});

test('no second account gets a name that is in use, and no name hides another', async () => {
  await invite();
  const again = { login: `ROOT${serial}`, name: 'x', roles: ['admin'] };
  expect((await doors.ask('/v1/accounts', { token: admin, json: again })).status).toBe(409);
  const hidden = { ...again, login: `rооt${serial}` };
  expect((await doors.ask('/v1/accounts', { token: admin, json: hidden })).status).toBe(400);
});
