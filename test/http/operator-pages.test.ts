import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { visibleText } from '../support/page-reading.ts';
import { type Answer, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [
      leak({
        at: monday - hour,
        receivedAt: monday,
        secret: fakeSecret(1),
        author: 'ana',
        file: '<b>bold</b>.py',
      }),
    ],
  });
  await doors.house.settleDown();
});
afterAll(() => store?.close());
beforeEach(() => {
  doors = openDoors({ store });
});

const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';

async function signIn(token: string, next = '/', on = doors): Promise<Answer> {
  const page = await on.ask('/signin', browser);
  return on.ask('/signin', form({ form: nonceIn(page.text), token, next }));
}

const withCookie = (cookie: string) => ({ headers: { Accept: 'text/html', Cookie: cookie } });

describe('signing in', () => {
  test('gives the browser a session that no script reads and no other site sends', async () => {
    const token = await doors.token(['admin']);
    const signedIn = await signIn(token, '/outbox');
    expect([signedIn.status, signedIn.headers.get('Location')]).toEqual([303, '/outbox']);
    expect(signedIn.headers.get('Set-Cookie')).toMatch(
      /^foldback=fbl_session_\w+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/u,
    );
    expect((await doors.ask('/outbox', withCookie(cookieOf(signedIn)))).status).toBe(200);
  });

  test('over https names the cookie so that no other host can set it', async () => {
    const safe = openDoors({ store, http: { publicUrl: 'https://localhost' } });
    const token = await safe.token(['admin']);
    const signedIn = await signIn(token, '/', safe);
    expect(signedIn.headers.get('Set-Cookie')).toMatch(
      /^__Host-foldback=fbl_session_\w+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/u,
    );
    const secret = cookieOf(signedIn).replace('__Host-foldback=', '');
    expect(signedIn.headers.get('Strict-Transport-Security')).toMatch(/^max-age=/u);
    expect((await safe.ask('/outbox', withCookie(`foldback=${secret}`))).status).toBe(401);
    expect((await safe.ask('/outbox', withCookie(`__Host-foldback=${secret}`))).status).toBe(200);
  });

  test('with a wrong token is refused, told nothing, and slowed down', async () => {
    const statuses: number[] = [];
    const page = await doors.ask('/signin', browser);
    for (let n = 0; n < 11; n += 1) {
      const wrong = form({ form: nonceIn(page.text), token: `fbl_live_${n}`, next: '/' });
      const answer = await doors.ask('/signin', { ...wrong, from: '192.0.2.44' });
      statuses.push(answer.status);
      expect(answer.headers.get('Set-Cookie')).toBeNull();
      if (n === 0) expect(visibleText(answer.text)).toContain('This token is not valid.');
    }
    expect(statuses.slice(-2)).toEqual([401, 429]);
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/v1/loops', '/outbox/../r/x'])(
    'never leads on to %s',
    async (next) => {
      expect((await signIn(await doors.token(['admin']), next)).headers.get('Location')).toBe('/');
    },
  );

  test('with a form that is not ours gives no session', async () => {
    const token = await doors.token(['admin']);
    const answer = await doors.ask('/signin', form({ form: 'x', token, next: '/' }));
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([401, null]);
  });

  test('ends with signing out, which another page cannot do', async () => {
    const cookie = cookieOf(await signIn(await doors.token(['admin'])));
    const home = await doors.ask('/', withCookie(cookie));
    const forged = form({ form: 'x' });
    expect(
      (await doors.ask('/signout', { ...forged, headers: { ...forged.headers, Cookie: cookie } })).status,
    ).toBe(400);
    const ours = form({ form: nonceIn(home.text) });
    const out = await doors.ask('/signout', { ...ours, headers: { ...ours.headers, Cookie: cookie } });
    expect([out.status, out.headers.get('Location')]).toEqual([303, '/']);
    expect(out.headers.get('Set-Cookie')).toMatch(/^foldback=; Max-Age=0; Path=\//u);
  });
});

describe('the start page', () => {
  test('shows figures to whoever may read loops, of the teams they may see, and to nobody else', async () => {
    const stranger = visibleText((await doors.ask('/', browser)).text);
    expect(stranger).toContain('Sign in with a token');
    expect(stranger).not.toContain('Right now');
    const all = cookieOf(await signIn(await doors.token(['loops:read'])));
    expect(visibleText((await doors.ask('/', withCookie(all))).text)).toMatch(/Open cases 1 /u);
    const red = cookieOf(await signIn(await doors.token(['loops:read'], { teams: ['red'] })));
    expect(visibleText((await doors.ask('/', withCookie(red))).text)).toMatch(/Open cases 0 /u);
    const sender = cookieOf(await signIn(await doors.token(['events:write'])));
    expect(visibleText((await doors.ask('/', withCookie(sender))).text)).not.toContain('Right now');
  });

  test('says which state Foldback is in', async () => {
    const shadow = openDoors({ store, delivery: { mode: 'shadow' } });
    expect(visibleText((await shadow.ask('/', browser)).text)).toContain('Shadow: messages are written');
    const token = await doors.token(['admin']);
    await doors.ask('/v1/pause', { token, json: { on: true } });
    expect(visibleText((await doors.ask('/', browser)).text)).toContain('Paused: nothing is sent.');
    await doors.ask('/v1/pause', { token, json: { on: false } });
    expect(visibleText((await doors.ask('/', browser)).text)).toContain('Messages are being sent.');
  });

  test('with a cookie that is no longer valid is that of a stranger', async () => {
    const page = await doors.ask('/', withCookie('foldback=fbl_live_old'));
    expect([page.status, visibleText(page.text).includes('Sign in with a token')]).toEqual([200, true]);
  });
});

describe('the outbox', () => {
  test('shows a browser without a session how to sign in, and nothing else', async () => {
    for (const path of ['/outbox', `/outbox/${'0'.repeat(32)}`]) {
      const page = await doors.ask(path, browser);
      expect(page.status).toBe(401);
      expect(page.text).toContain('action="/signin"');
      expect(page.text).toContain(`name="next" value="${path}"`);
    }
    expect((await doors.ask('/outbox')).headers.get('Content-Type')).toBe('application/problem+json');
  });

  test('lists messages and shows one as it was written, with its link for whoever may answer for others', async () => {
    const [message] = (await store.read.messages(loopPrincipal, { limit: 1 })).items;
    const list = await doors.ask('/outbox', { token: await doors.token(['messages:read']), ...{} });
    expect(visibleText(list.text)).toContain('To Ana');
    const path = `/outbox/${message?.id}`;
    const reader = await doors.ask(path, { token: await doors.token(['messages:read']) });
    expect(visibleText(reader.text)).toContain('Hi Ana.');
    expect(reader.text).not.toMatch(/\/r\/[0-9A-Za-z]{22}/u);
    expect(reader.text).not.toContain('<b>bold');
    const writer = await doors.ask(path, { token: await doors.token(['messages:read', 'loops:write']) });
    expect(writer.text).toMatch(/href="\/r\/[0-9A-Za-z]{22}"/u);
  });

  test('is closed to a session without its scope, on a page that says so', async () => {
    const cookie = cookieOf(await signIn(await doors.token(['events:write'])));
    const page = await doors.ask('/outbox', withCookie(cookie));
    expect([page.status, visibleText(page.text).includes('this page is not open to you')]).toEqual([
      403,
      true,
    ]);
  });
});

describe('the claim link', () => {
  let claimStore: Store;
  let fresh: Doors;
  beforeAll(async () => {
    claimStore = await lendEmbedded();
    fresh = openDoors({ store: claimStore });
  });
  afterAll(() => claimStore?.close());

  test('opened any number of times still makes one administrator, whose browser is signed in', async () => {
    const path = (await fresh.given.claim.offer()) ?? '';
    for (let n = 0; n < 3; n += 1) expect((await fresh.ask(path, browser)).status).toBe(200);
    const page = await fresh.ask(path, browser);
    expect(visibleText((await fresh.ask('/', browser)).text)).toContain(
      'Nobody has claimed this Foldback yet',
    );
    expect((await fresh.ask(path, form({ form: nonceIn(page.text), name: ' ' }))).status).toBe(422);
    expect((await fresh.ask(path, form({ form: 'x', name: 'Ana' }))).status).toBe(422);

    const both = await Promise.all(
      ['Ana', 'Eve'].map((name) => fresh.ask(path, form({ form: nonceIn(page.text), name }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
    const taken = both.find(({ status }) => status === 200);
    const token = /fbl_live_[0-9A-Za-z]+/u.exec(taken?.text ?? '')?.[0] ?? '';
    expect(taken?.headers.get('Set-Cookie')).toMatch(
      /^foldback=fbl_session_\w+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/u,
    );
    expect((await fresh.ask('/v1/tokens', { token })).json.items).toMatchObject([{ scopes: ['admin'] }]);
    expect(
      (await fresh.ask('/v1/tokens', { token, json: { name: 'a pipeline', roles: ['service'] } })).status,
    ).toBe(201);
    for (const asked of [
      await fresh.ask(path, browser),
      await fresh.ask(path, form({ form: nonceIn(page.text), name: 'x' })),
    ]) {
      expect(asked.status).toBe(410);
      expect(visibleText(asked.text)).toContain('This link was already used');
    }
    expect(visibleText((await fresh.ask('/', browser)).text)).not.toContain('Nobody has claimed');
    expect((await fresh.ask('/v1/claim', { token, method: 'POST' })).status).toBe(409);
  });

  test.each(['x', `fbl_claim_${'0'.repeat(39)}`])('that was never made leads nowhere: %s', async (token) => {
    const other = openDoors({ store });
    expect((await other.ask(`/claim/${token}`, browser)).status).toBe(404);
  });
});
