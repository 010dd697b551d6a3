import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeEvent } from '../../src/core/make-event.ts';
import { monday, tools } from '../support/house.ts';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { builtConsole } from './built-console.ts';
import { withConsole } from './console-page.ts';
import { type ConsoleServer, startConsoleServer } from './console-server.ts';

const manyPagesMs = 120_000;
const hostile = '\u202e<img src=x onerror=alert(1)>=cmd';

let browser: Browser | undefined;
let server: ConsoleServer | undefined;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  await builtConsole();
  [browser, server] = await Promise.all([launchBrowser(), startConsoleServer()]);
  const left = (id: string, at: number) =>
    makeEvent(
      {
        source: 'directory',
        kind: 'identity.disabled',
        action: 'owner-left',
        id: [id],
        occurredAt: at,
        actor: { type: 'workload', id: 'deploy-bot' },
        identity: { type: 'service-account', id, provider: 'gcp' },
        record: { action: 'owner-left' },
      },
      tools(at),
    );
  await server.take(['robot-one', 'robot-two', 'robot-three', hostile].map((id, n) => left(id, monday - n)));
}, manyPagesMs);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const asWith = async (token: string, use: (page: Page, origin: string) => Promise<void>): Promise<void> => {
  if (server === undefined) throw new Error(noBrowserReason);
  const { origin } = server;
  await withConsole(browser, { origin, token }, {}, (page) => use(page, origin));
};

test.skipIf(chromiumPath === undefined)(
  'an operator goes from Today to an orphan, says whose it is, and takes that back',
  async () => {
    await asWith((await server?.token(['admin'])) ?? '', async (page) => {
      const orphans = page.locator('section', { has: page.getByRole('heading', { name: /^Orphaned/u }) });
      await orphans.getByRole('link', { name: 'robot-one' }).click();
      await page.getByText('Nothing that is known points at anybody.').waitFor();
      await page.getByText('which also used:').waitFor();
      await page.getByRole('button', { name: 'Say who owns it …' }).click();
      await page.getByLabel('Id, name or address in the directory').fill('somebody-else');
      await page.getByLabel('Why').fill('She runs the robots');
      await page.getByRole('button', { name: 'Name', exact: true }).click();
      await page.getByText('The directory does not know them, or they have left.').waitFor();
      await page.getByLabel('Id, name or address in the directory').fill('mia@example.com');
      await page.getByRole('button', { name: 'Name', exact: true }).click();
      await page.getByText('Named, 1 open loop handed over.').waitFor();
      await page.getByText('Mia (Blue), named by an operator').waitFor();
      await page.getByText('An operator named them as the owner of this identity.').waitFor();
      await page.getByRole('button', { name: 'Take it back …' }).click();
      await page.getByLabel('Why').fill('It was another one');
      await page.getByRole('button', { name: 'Take it back', exact: true }).click();
      await page.getByText('Nobody known', { exact: true }).first().waitFor();
      await page.getByText('Taken back', { exact: true }).waitFor();
    });
  },
  manyPagesMs,
);

test.skipIf(chromiumPath === undefined)(
  'several orphans are handed over at once, the filter being the address',
  async () => {
    await asWith((await server?.token(['admin'])) ?? '', async (page, origin) => {
      await page.goto(`${origin}/console/identities?standing=orphaned&text=robot`);
      for (const name of ['robot-two', 'robot-three']) await page.getByLabel(`Choose ${name}`).check();
      await page.getByRole('button', { name: 'Say who owns them …' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Who answers for it').selectOption('team');
      await dialog.getByLabel('Id or handle of the team').fill('@acme/blue');
      await dialog.getByLabel('Why').fill('The team runs them');
      await dialog.getByRole('button', { name: 'Name: 2' }).click();
      await dialog.getByText('All done.').waitFor();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByLabel('Choose robot-two').waitFor({ state: 'detached' });
      await page.getByLabel('Standing').selectOption('owned');
      await page.waitForURL(/standing=owned/u);
      await page.getByText('Blue, named by an operator').first().waitFor();
    });
  },
  manyPagesMs,
);

test.skipIf(chromiumPath === undefined)(
  'a name from outside is text of its own direction, in which nothing stays unseen',
  async () => {
    await asWith((await server?.token(['admin'])) ?? '', async (page, origin) => {
      await page.goto(`${origin}/console/identities?text=onerror`);
      await page.locator('a[data-row]', { hasText: '<img src=x onerror=alert(1)>=cmd' }).waitFor();
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      expect(await page.locator('main').innerText()).not.toContain('\u202e');
      await page.locator('a[data-row]').click();
      await page.getByRole('heading', { name: 'Service account' }).waitFor();
      expect(await page.locator('main').innerText()).not.toContain('\u202e');
    });
  },
  manyPagesMs,
);

test.skipIf(chromiumPath === undefined)(
  'whoever may only read is offered no decision, and another team’s identity is not there',
  async () => {
    const identity = server?.identity ?? '';
    await asWith((await server?.token(['owners:read', 'loops:read'])) ?? '', async (page, origin) => {
      await page.goto(`${origin}/console/identities/${identity}`);
      await page.getByRole('heading', { name: 'Why this owner' }).waitFor();
      expect(await page.getByRole('button', { name: /Say who/u }).count()).toBe(0);
      await page.goto(`${origin}/console/identities`);
      await page.getByRole('list', { name: 'Identities' }).waitFor();
      expect(await page.getByRole('checkbox').count()).toBe(0);
    });
    await asWith((await server?.token(['admin'], ['red'])) ?? '', async (page, origin) => {
      await page.goto(`${origin}/console/identities/${identity}`);
      await page.getByText('No identity has this id.').waitFor();
      await page.goto(`${origin}/console/identities`);
      await page.getByText('No account or credential is known yet').waitFor();
    });
  },
  manyPagesMs,
);

test.skipIf(chromiumPath === undefined)(
  'a person’s accounts are reached from what they own, and a wrong one is refused with a reason',
  async () => {
    await asWith((await server?.token(['admin'])) ?? '', async (page, origin) => {
      // Ids of people have dots, as names of files do.
      await page.goto(`${origin}/console/people/ana.costa`);
      await page.getByText('The directory knows nobody by this id.').waitFor();
      await page.goto(`${origin}/console/identities?owner=ana`);
      await page.locator('a[data-row]').first().click();
      await page.getByRole('link', { name: 'Their accounts' }).first().click();
      await page.getByText('That you looked here is recorded.').waitFor();
      const account = page.locator('li', { has: page.getByText('GitHub', { exact: true }) }).first();
      await account.getByRole('button', { name: 'Not theirs …' }).click();
      await page.getByLabel('Why').fill('It is a robot');
      await page.getByRole('button', { name: 'Not theirs', exact: true }).click();
      await page.getByText('refused by an operator').waitFor();
      await page.getByText('Not theirs: github ana').waitFor();
      await page.getByRole('button', { name: 'Theirs after all …' }).waitFor();
    });
    await asWith((await server?.token(['owners:read', 'loops:read'])) ?? '', async (page, origin) => {
      await page.goto(`${origin}/console/identities?owner=ana`);
      await page.locator('a[data-row]').first().click();
      await page.getByRole('heading', { name: 'Why this owner' }).waitFor();
      expect(await page.getByRole('link', { name: 'Their accounts' }).count()).toBe(0);
      await page.goto(`${origin}/console/people/ana`);
      await page.getByRole('alert').waitFor();
      expect(await page.locator('main').innerText()).not.toContain('ana@example.com');
    });
  },
  manyPagesMs,
);
