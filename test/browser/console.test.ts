import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { builtConsole } from './built-console.ts';
import { faultsOf, openScreen, withConsole } from './console-page.ts';
import { type ConsoleServer, startConsoleServer } from './console-server.ts';
import { type FiguresServer, startFiguresServer } from './figures-server.ts';

const manyPagesMs = 120_000;

let consoleFolder = '';
beforeAll(async () => {
  consoleFolder = await builtConsole();
}, manyPagesMs);

describe('the built console', () => {
  test('asks for at most 150 KB for its first screen, and at most 60 KB for each further one', () => {
    const page = readFileSync(join(consoleFolder, 'index.html'), 'utf8');
    const first = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/gu)].map(
      ([, name = '']) => name,
    );
    const packed = (name: string) => gzipSync(readFileSync(join(consoleFolder, name))).byteLength;
    expect(first.length).toBeGreaterThan(1);
    expect(first.reduce((sum, name) => sum + packed(name), packed('index.html'))).toBeLessThan(150 * 1024);
    const others = readdirSync(join(consoleFolder, 'assets')).map((name) => `assets/${name}`);
    for (const name of others.filter((one) => !first.includes(one)))
      expect(packed(name), name).toBeLessThan(60 * 1024);
    expect(page).not.toMatch(/<script>|<style|https?:/u);
  });
});

describe('in a browser', () => {
  let browser: Browser | undefined;
  let server: ConsoleServer | undefined;
  let token = '';

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    [browser, server] = await Promise.all([launchBrowser(), startConsoleServer()]);
    token = await server.token(['admin']);
  }, manyPagesMs);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const withPage = (
    options: BrowserContextOptions,
    use: (page: Page, running: ConsoleServer) => Promise<void>,
    given = { server, token },
  ): Promise<void> => {
    const running = given.server;
    if (running === undefined) throw new Error(noBrowserReason);
    const door = { origin: running.origin, token: given.token };
    return withConsole(browser, door, options, (page) => use(page, running));
  };

  test.skipIf(chromiumPath === undefined)(
    'whoever is not signed in is asked to, comes back to where they wanted, and signs out',
    async () => {
      await withPage({}, async (page, { origin, told }) => {
        expect(await page.evaluate('document.cookie + Object.keys(localStorage).join()')).toBe('');
        await page.getByRole('button', { name: 'Sign out' }).first().click();
        await page.getByLabel('Token').waitFor();
        await page.goto(`${origin}/console/loops/${told}`);
        await page.getByLabel('Token').fill('fbl_live_nonsense');
        await page.keyboard.press('Enter');
        await page.getByText('This token is not valid.').waitFor();
        await page.getByLabel('Token').fill(token);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'What happened' }).waitFor();
        expect(new URL(page.url()).pathname).toBe(`/console/loops/${told}`);
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'an empty installation teaches how to begin',
    async () => {
      const empty = await startConsoleServer({ isEmpty: true });
      try {
        const given = { server: empty, token: await empty.token(['admin']) };
        const use = async (page: Page) => {
          await page.getByText('Nothing was reported yet').waitFor();
          await page.getByRole('link', { name: 'Loops', exact: true }).click();
          await page.getByText('There are no loops yet').waitFor();
          await page.getByRole('link', { name: 'People and identities', exact: true }).click();
          await page.getByText('There is nothing to own yet').waitFor();
          await page.getByRole('link', { name: 'Sources', exact: true }).click();
          await page.getByText('No source has spoken yet').waitFor();
        };
        await withPage({}, use, given);
      } finally {
        await empty.close();
      }
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'an operator goes by keyboard and address through the list, reads a message as it was sent',
    async () => {
      await withPage({}, async (page) => {
        await page.getByRole('link', { name: 'Loops', exact: true }).click();
        await page.getByLabel('State').selectOption('backlog');
        await page.waitForURL(/state=backlog/u);
        await page.getByRole('link', { name: 'Next page' }).click();
        await page.waitForURL(/after=/u);
        await page.locator('a[data-row]').nth(9).waitFor();
        await page.locator('a[data-row]').nth(10).waitFor({ state: 'detached' });
        await page.getByLabel('State').selectOption('told');
        await page.waitForURL((url) => !url.search.includes('after=') && url.search.includes('state=told'));
        const row = page.getByRole('link', { name: /src\/config\.py:12/u });
        await row.waitFor();
        await page.locator('h1').focus();
        await page.keyboard.press('j');
        await page.keyboard.press('j');
        await page.keyboard.press('k');
        expect(await page.locator('a[data-row]:focus').count()).toBe(1);
        await row.focus();
        await page.keyboard.press('Enter');
        await page.getByText('Author of the commit', { exact: true }).waitFor();
        await page.getByText('As it was sent').first().click();
        await page.getByText('Hi Ana').waitFor();
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'nothing is asked of another origin, and the policy of scripts and styles stops nothing of ours',
    async () => {
      await withPage({}, async (page, running) => {
        const { origin, told } = running;
        const asked: string[] = [];
        const said: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(error.message));
        for (const path of screens(running)) await openScreen(page, `${origin}/console${path}`);
        await openScreen(page, `${origin}/console/loops/${told}`);
        await page.getByRole('button', { name: 'Dismiss' }).click();
        await page.getByRole('dialog').waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        const served = await page.request.get(`${origin}/console`);
        expect(served.headers()['content-security-policy']).not.toContain('unsafe');
        expect(asked.filter((url) => !url.startsWith(`${origin}/`))).toEqual([]);
        expect(said).toEqual([]);
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'axe finds nothing on any screen in light, dark and forced colours, and none scrolls sideways on a phone',
    async () => {
      await withPage({ viewport: { width: 390, height: 844 } }, async (page, running) => {
        expect(await faultsOf(page, running.origin, screens(running))).toEqual([]);
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'triage: a dispute is judged, what nobody owns dismissed, history released',
    async () => {
      await withPage({}, async (page) => {
        await page.getByRole('heading', { name: 'Disputed' }).waitFor();
        await page.getByText('test/fixtures/keys.json').waitFor();
        await page
          .locator('section', { has: page.getByRole('heading', { name: 'Disputed' }) })
          .getByRole('link')
          .first()
          .click();
        await page.getByRole('button', { name: 'It is wrong: close it' }).click();
        await page.getByLabel('Why').fill('A key of the sandbox');
        await page.getByRole('dialog').getByRole('button', { name: 'It is wrong: close it' }).click();
        await page.getByText('Dismissed', { exact: true }).waitFor();

        await page.getByRole('link', { name: 'Today', exact: true }).click();
        const unknown = page.locator('section', {
          has: page.getByRole('heading', { name: 'Unknown owners' }),
        });
        await unknown.getByRole('link').first().click();
        await page.getByRole('button', { name: 'Dismiss' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click();
        await page.getByText('Dismissed', { exact: true }).waitFor();

        await page.getByRole('link', { name: 'Today', exact: true }).click();
        await page.getByRole('button', { name: 'Release …' }).click();
        await page.getByRole('button', { name: 'Release all 60' }).click();
        await page.getByRole('heading', { name: 'History to release' }).waitFor({ state: 'detached' });
        expect(await page.getByRole('heading', { name: 'Disputed' }).count()).toBe(0);
      });
    },
    manyPagesMs,
  );
});

describe('figures and decisions in a browser', () => {
  let browser: Browser | undefined;
  let server: FiguresServer | undefined;
  let token = '';

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    [browser, server] = await Promise.all([launchBrowser(), startFiguresServer()]);
    token = await server.token(['admin']);
  }, manyPagesMs);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const withPage = (
    options: BrowserContextOptions,
    use: (page: Page, running: FiguresServer) => Promise<void>,
  ): Promise<void> => {
    const running = server;
    if (running === undefined) throw new Error(noBrowserReason);
    return withConsole(browser, { origin: running.origin, token }, options, (page) => use(page, running));
  };

  test.skipIf(chromiumPath === undefined)(
    'axe finds nothing in any look, nothing scrolls sideways on a phone, nothing is asked of another origin',
    async () => {
      await withPage({ viewport: { width: 390, height: 844 } }, async (page, { origin, paths }) => {
        const strange: string[] = [];
        page.on('request', (request) => {
          if (!request.url().startsWith(`${origin}/`)) strange.push(request.url());
        });
        page.on('pageerror', (error) => strange.push(error.message));
        expect(await faultsOf(page, origin, paths)).toEqual([]);
        expect(strange).toEqual([]);
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'measures: a curve is read out by keyboard, stands as a table, and a small team is said to be hidden',
    async () => {
      await withPage({}, async (page) => {
        await page.getByRole('link', { name: 'Measures', exact: true }).click();
        await page.getByRole('link', { name: 'A secret stands in a repository' }).click();
        const curve = page.getByRole('figure', { name: 'It comes back', exact: true });
        await curve.getByRole('slider').focus();
        const end = await curve.locator('[data-read]').textContent();
        await page.keyboard.press('Home');
        await curve.getByText('Day 0').waitFor();
        expect(await curve.locator('[data-read]').textContent()).not.toBe(end);
        await curve.getByRole('button', { name: 'As a table' }).click();
        await curve.getByRole('columnheader', { name: 'Followed' }).waitFor();
        await page.getByText('That is called regression to the mean').waitFor();
        await page.getByLabel('Compare').selectOption('team');
        await page.waitForURL(/by=team/u);
        await page.getByText('too small or would give a small one away: grey').waitFor();
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'a proposed control is read with its patch and rejected with a reason, which its history keeps',
    async () => {
      await withPage({}, async (page) => {
        await page.getByRole('link', { name: 'Controls', exact: true }).click();
        await page.getByLabel('State').selectOption('proposed');
        await page.waitForURL(/state=proposed/u);
        await page.locator('main').getByRole('listitem').getByRole('link').first().click();
        await page.getByRole('heading', { name: 'What it changes' }).waitFor();
        await page.getByRole('button', { name: 'Reject …' }).click();
        await page.getByLabel('Why').fill('The repository is closed next week');
        await page.getByRole('button', { name: 'Reject', exact: true }).click();
        await page.getByText('Rejected', { exact: true }).first().waitFor();
        await page.getByText('The repository is closed next week').waitFor();
      });
    },
    manyPagesMs,
  );

  test.skipIf(chromiumPath === undefined)(
    'an experiment says its verdict in a sentence with its n, and is stopped with a reason',
    async () => {
      await withPage({}, async (page) => {
        await page.getByRole('link', { name: 'Experiments', exact: true }).click();
        await page.getByRole('link', { name: 'Name a tool, not a vault' }).click();
        await page.getByText(/^n \d+ · E /u).waitFor();
        await page.getByRole('button', { name: 'Stop …' }).click();
        await page.getByLabel('Why').fill('The tool was bought');
        await page.getByRole('button', { name: 'Stop', exact: true }).click();
        await page.getByText('Stopped', { exact: true }).waitFor();
        await page.getByText('The tool was bought').waitFor();
      });
    },
    manyPagesMs,
  );
});

const screens = ({ told, identity }: ConsoleServer) => [
  '',
  '/loops',
  '/loops/new',
  '/no/such/screen',
  `/loops/${told}`,
  '/behaviours',
  '/behaviours/secret-in-repository',
  '/reviews',
  '/owners',
  '/identities',
  `/identities/${identity}`,
  '/people/ana',
  '/sources',
  '/channels',
  '/policies',
  '/audit',
  '/access',
  '/account',
];
