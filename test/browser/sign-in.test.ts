import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import { type ServerType, serve } from '@hono/node-server';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openOidc } from '../../src/adapters/identity/oidc/index.ts';
import { openSessions } from '../../src/app-sessions.ts';
import { openSingleSignOn } from '../../src/app-single-sign-on.ts';
import { openPassingSeal } from '../../src/config/data-key.ts';
import { base32Bytes } from '../../src/lib/base32.ts';
import { totpCode, totpSeconds, totpStep } from '../../src/lib/totp.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Doors, openDoors } from '../http/doors.ts';
import { selfSigned } from '../support/certificate.ts';
import { testClock } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { clientId, clientSecret, type Issuer, openIssuer } from '../support/oidc-issuer.ts';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { builtConsole } from './built-console.ts';

const password = 'seven quiet herons';
const clock = testClock();

/** Our doors behind real TLS, as a proxy in front would serve them. */
describe('signing in over TLS, in a browser', () => {
  let browser: Browser | undefined;
  let store: Store;
  let issuer: Issuer;
  let doors: Doors;
  let server: ServerType;
  let origin = '';
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    clock.set(Date.now());
    [browser, store] = await Promise.all([launchBrowser(), lendEmbedded()]);
    server = serve({
      fetch: (request, env) => doors.app.fetch(request, env),
      createServer,
      serverOptions: selfSigned(['localhost']),
      port: 0,
      hostname: '127.0.0.1',
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('not listening');
    origin = `https://localhost:${bound.port}`;
    issuer = await openIssuer(
      { ana: { name: 'Ana', email: 'ana@example.com', email_verified: true, groups: ['ops'] } },
      `${origin}/signin/oidc/callback`,
    );
    doors = openDoors({
      store,
      clock,
      http: { publicUrl: origin },
      access: { rule: 'admins', seal: openPassingSeal(randomBytes) },
      over: { singleSignOn: singleSignOn(), consoleFolder: await builtConsole() },
    });
    const made = await doors.given.accounts.create(
      { login: 'root', name: 'Root', roles: ['admin'], teams: 'all' },
      'test',
    );
    if (made.kind !== 'made') throw new Error(made.kind);
    await doors.given.accounts.choosePassword(made.path.slice('/password/'.length), password);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await Promise.all([store?.close(), issuer?.close()]);
  });
  beforeEach(async ({ skip }) => {
    skip(chromiumPath === undefined, noBrowserReason);
    if (browser === undefined) return;
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    return () => context.close();
  });

  function singleSignOn() {
    const people = () => undefined;
    const sessions = openSessions({ store, clock, limits: { hours: 12, idleMinutes: 60 }, people });
    const settings = {
      issuer: issuer.url,
      clientId,
      clientSecret,
      name: 'Acme',
      claim: 'groups',
      origins: [],
    };
    return openSingleSignOn({
      store,
      clock,
      provider: openOidc({ ...settings, scopes: ['profile', 'email', 'groups'] }, clock),
      grants: [{ value: 'ops', roles: ['admin'], teams: 'all' }],
      trustedIssuers: [issuer.url],
      people,
      sessions,
    });
  }

  async function typePassword(): Promise<void> {
    await page.goto(`${origin}/signin?next=/account`);
    await page.getByLabel('Account').fill('root');
    await page.getByLabel('Password').fill(password);
    await page
      .locator('form', { has: page.getByLabel('Account') })
      .getByRole('button')
      .click();
  }
  const typeCode = async (secret: Uint8Array): Promise<void> => {
    await page.getByLabel('Code').fill(totpCode(secret, totpStep(clock.now())));
    await page.getByRole('button').click();
  };
  const cookies = async () => (await context.cookies(origin)).map(({ value: _value, ...cookie }) => cookie);
  const who = async () => (await context.request.get(`${origin}/v1/session`)).json();

  test('password, picture, code, recovery codes; then password and code; each session in a cookie of this host alone', async () => {
    await typePassword();
    expect(await cookies()).toEqual([]);
    const picture = page.getByRole('img', { name: 'Picture for the authenticator' });
    expect((await picture.boundingBox())?.width).toBeGreaterThan(200);
    const key = (await page.locator('code').first().textContent()) ?? '';
    const secret = base32Bytes(key.replaceAll(' ', '')) ?? new Uint8Array();
    await typeCode(secret);
    expect((await page.locator('pre').textContent())?.trim().split('\n')).toHaveLength(8);
    expect(await cookies()).toMatchObject([
      {
        name: '__Host-foldback',
        domain: 'localhost',
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Strict',
      },
    ]);
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByText('You sign in as root.').waitFor();
    await page.goto(`${origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await cookies()).toEqual([]);

    clock.pass(totpSeconds * 1000);
    await typePassword();
    expect(await cookies()).toEqual([]);
    await typeCode(secret);
    await page.getByText('You sign in as root.').waitFor();
    expect(await who()).toMatchObject({ name: 'Root', scopes: ['admin'] });
  });

  test('single sign-on goes to the provider and back, and leaves the cookie of the session alone', async () => {
    issuer.be('ana');
    await page.goto(`${origin}/signin?next=/account`);
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.waitForURL(`${origin}/account`);
    await page.getByText('No password of yours is kept here').waitFor();
    expect(await who()).toMatchObject({ name: 'Ana' });
    expect((await cookies()).map(({ name }) => name)).toEqual(['__Host-foldback']);
    await page.goto(`${origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign out of Acme too' }).waitFor();
    expect(await cookies()).toEqual([]);
  });

  test('the console signs in by the provider, and whoever did is where they wanted', async () => {
    issuer.be('ana');
    await page.goto(`${origin}/console/loops`);
    await page.getByRole('link', { name: 'Go on with Acme' }).click();
    await page.getByText('There are no loops yet').waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/loops');
    await page.getByText('Signed in as Ana').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByRole('link', { name: 'Sign out of Acme too' }).waitFor();
    expect(await cookies()).toEqual([]);
    await page.goto(`${origin}/console/loops`);
    await page.getByRole('link', { name: 'Go on with Acme' }).waitFor();
    // The password alone is not enough where a second factor is asked for, and the screen says so.
    await page.getByLabel('Name', { exact: true }).fill('root');
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'second factor' }).waitFor();
    expect(await cookies()).toEqual([]);
    await page.getByRole('link', { name: 'the page for signing in' }).click();
    await page.waitForURL(`${origin}/signin`);
  });

  test('a cookie that another host or plain http planted signs nobody in, and another site changes nothing', async () => {
    issuer.be('ana');
    await page.goto(`${origin}/signin`);
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.waitForURL(`${origin}/`);
    const [session] = await context.cookies(origin);
    expect(session?.name).toBe('__Host-foldback');
    const victim = await browser?.newContext({ ignoreHTTPSErrors: true });
    try {
      // Without the prefix, which only this host over TLS can set, it is not read.
      await victim?.addCookies([{ name: 'foldback', value: session?.value ?? '', url: origin }]);
      expect((await victim?.request.get(`${origin}/v1/session`))?.status()).toBe(401);
    } finally {
      await victim?.close();
    }
    const elsewhere = await context.newPage();
    await elsewhere.goto(`${issuer.url}/jwks`);
    await elsewhere.setContent(
      `<form method="post" action="${origin}/signout"><button>Win a prize</button></form>`,
    );
    await elsewhere.getByRole('button').click();
    await elsewhere.waitForURL(/signout/u);
    expect(await who()).toMatchObject({ name: 'Ana' });
  });
});
