import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { faultsOf, openScreen, withConsole } from './console-page.ts';
import { startTodayServer, type TodayServer } from './today-server.ts';

const manyPagesMs = 120_000;
let browser: Browser | undefined;
let server: TodayServer | undefined;
let token = '';

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  [browser, server] = await Promise.all([launchBrowser(), startTodayServer()]);
  token = await server.token(['admin']);
}, manyPagesMs);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

function running(): TodayServer {
  if (server === undefined) throw new Error(noBrowserReason);
  return server;
}

/** Today, as somebody with this token sees it. */
const onToday = (use: (page: Page, today: TodayServer) => Promise<void>, as = token): Promise<void> => {
  const today = running();
  return withConsole(browser, { origin: today.origin, token: as }, {}, (page) => use(page, today));
};
const sectionOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const countIn = (page: Page, name: string) =>
  sectionOf(page, name).getByRole('heading', { level: 2 }).locator('span').textContent();

const inBrowser = test.skipIf(chromiumPath === undefined);

inBrowser(
  'a risk that somebody asks to live with is accepted to their day, or refused with a reason, and goes',
  () =>
    onToday(async (page, { loops, stateOf }) => {
      const section = sectionOf(page, 'Risks to decide');
      await section.waitFor();
      expect(await countIn(page, 'Risks to decide')).toBe('2');
      const rows = section.getByRole('listitem');
      const risk = rows.filter({ has: page.locator(`a[href$="${loops.risk}"]`) });
      // What the recipient wrote stays text.
      await risk.getByText('<img src=x onerror=alert(1)> [press](javascript:alert(2))').waitFor();
      expect(await section.locator('img, a[href^="javascript"]').count()).toBe(0);
      // And turns nothing around that stands behind it.
      expect(await section.textContent()).not.toContain('\u202e');
      const other = rows.filter({ has: page.locator(`a[href$="${loops.refusable}"]`) });
      await other.getByRole('button', { name: 'Refuse …' }).click();
      await other.getByLabel('Why').fill('It can be changed today');
      await other.getByRole('button', { name: 'Refuse', exact: true }).click();
      await other.waitFor({ state: 'detached' });
      expect(await stateOf(loops.refusable ?? '')).toBe('told');
      await risk.getByRole('button', { name: /^Accept until .*2026 …$/u }).click();
      await risk.getByRole('button', { name: /^Accept until .*2026$/u }).click();
      await section.waitFor({ state: 'detached' });
      expect(await stateOf(loops.risk ?? '')).toBe('accepted');
    }),
  manyPagesMs,
);

inBrowser(
  'who asked for help is listed with what helped them',
  () =>
    onToday(async (page, { loops, stateOf }) => {
      const section = sectionOf(page, 'Help wanted');
      await section.getByRole('button', { name: 'They were helped …' }).click();
      await section.getByLabel('Why').fill('We looked at it together');
      await section.getByRole('button', { name: 'They were helped', exact: true }).click();
      await section.waitFor({ state: 'detached' });
      expect(await stateOf(loops.help ?? '')).toBe('told');
    }),
  manyPagesMs,
);

inBrowser(
  'what is not theirs, disputed, of nobody, to be judged, without an answer, and history each stands in its own section',
  () =>
    onToday(async (page, { loops }) => {
      const sections = [
        ['Not them', loops.incident],
        ['Disputed', loops.disputed],
        ['Unknown owners', loops.owner],
        ['To be judged', loops.triage],
        ['Without an answer', loops.escalated],
      ] as const;
      for (const [name, loop] of sections) {
        await sectionOf(page, name).locator(`a[href$="${loop}"]`).waitFor();
        expect([name, await countIn(page, name)]).toEqual([name, '1']);
      }
      await sectionOf(page, 'Silent sources').getByText('old-scanner').waitFor();
      await sectionOf(page, 'Without an answer').getByRole('link').first().click();
      await page.getByRole('heading', { name: 'Where it stands' }).waitFor();
      await page.getByText('Escalated', { exact: true }).waitFor();
      await page.goBack();
      const nobody = sectionOf(page, 'Unknown owners');
      await nobody.getByRole('link').first().click();
      await page.getByRole('button', { name: 'Hand over' }).click();
      await page.getByLabel(/^Who/u).fill('Bob');
      await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click();
      await page.getByText('Hand over, by').waitFor();
      await page.goBack();
      await nobody.waitFor({ state: 'detached' });
      const history = sectionOf(page, 'History to release');
      await history.getByRole('button', { name: 'Release …' }).click();
      await history.getByRole('button', { name: 'Release all 1' }).click();
      await history.waitFor({ state: 'detached' });
    }),
  manyPagesMs,
);

inBrowser(
  'messages that are uncertain, refused or given up are settled and sent again from where they stand',
  () =>
    onToday(async (page) => {
      const uncertain = sectionOf(page, 'Uncertain messages');
      await uncertain.getByText('Uma').waitFor();
      await uncertain.getByText('the far side broke off').waitFor();
      await uncertain.getByRole('button', { name: 'It arrived …' }).click();
      await uncertain.getByRole('button', { name: 'It arrived', exact: true }).click();
      await uncertain.waitFor({ state: 'detached' });
      const refused = sectionOf(page, 'Messages refused');
      await refused.getByText('nobody has this address').waitFor();
      await refused.getByRole('button', { name: 'Send again …' }).click();
      await refused.getByRole('button', { name: 'Send again', exact: true }).click();
      const dead = sectionOf(page, 'Messages given up');
      expect(await countIn(page, 'Messages given up')).toBe('2');
      await dead.getByRole('button', { name: 'Send all 2 again …' }).click();
      await dead.getByRole('button', { name: 'Send all 2 again', exact: true }).click();
      await dead.waitFor({ state: 'detached' });
    }),
  manyPagesMs,
);

inBrowser(
  'a list that is longer than what is shown says where all of it stands',
  () =>
    onToday(async (page) => {
      const asked = sectionOf(page, 'Exceptions asked for');
      await asked.waitFor();
      expect([
        await countIn(page, 'Exceptions asked for'),
        await asked.getByRole('listitem').count(),
      ]).toEqual(['6', 5]);
      expect(await asked.locator('img').count()).toBe(0);
      await asked.getByRole('button', { name: 'Approve …' }).first().click();
      await asked.getByRole('button', { name: 'Approve', exact: true }).click();
      await asked.getByRole('heading', { name: 'Exceptions asked for 5' }).waitFor();
      expect(await asked.getByRole('link', { name: /^Show all/u }).count()).toBe(0);
      const words = sectionOf(page, 'Words to look at');
      expect([await countIn(page, 'Words to look at'), await words.getByRole('listitem').count()]).toEqual([
        '6',
        5,
      ]);
      await words.getByRole('link', { name: 'Show all 6' }).click();
      await page.waitForURL(/\/reviews\?state=proposed/u);
      expect(await page.locator('main').getByRole('listitem').count()).toBe(6);
    }),
  manyPagesMs,
);

inBrowser(
  'whoever sees another team is shown none of it',
  async () => {
    const red = await running().token(
      ['loops:read', 'loops:write', 'messages:read', 'messages:write', 'policy:approve', 'behaviours:write'],
      ['red'],
    );
    await onToday(async (page) => {
      await page.getByRole('heading', { name: 'Today' }).waitFor();
      await page.getByText('Nothing was reported yet').waitFor();
      expect(await page.getByRole('region').allTextContents()).toEqual([
        expect.stringContaining('Nothing was reported yet'),
      ]);
    }, red);
  },
  manyPagesMs,
);

inBrowser(
  'a pause stands above all and is ended there; a channel whose receiver left is a link away from being called again',
  () =>
    onToday(async (page, { origin, leave }) => {
      await page.evaluate(
        `fetch('/v1/pause', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Foldback-Console': '1' }, body: '{"on":true}' })`,
      );
      await openScreen(page, `${origin}/console`);
      await page.getByRole('heading', { name: 'All messages are paused' }).waitFor();
      await page.getByRole('button', { name: 'Resume …' }).click();
      await page.getByRole('button', { name: 'Resume', exact: true }).click();
      await page.getByRole('heading', { name: 'All messages are paused' }).waitFor({ state: 'detached' });
      await leave();
      await openScreen(page, `${origin}/console`);
      await sectionOf(page, 'Channels without a receiver').getByRole('link', { name: 'Chat' }).click();
      await page.getByRole('button', { name: 'Call it again …' }).click();
      await page.getByRole('button', { name: 'Call it again', exact: true }).click();
      await page.getByRole('button', { name: 'Call it again …' }).waitFor({ state: 'detached' });
    }),
  manyPagesMs,
);

inBrowser(
  'an operator reports what was told on the phone: the form asks what its behaviour needs, and opens the case',
  () =>
    onToday(async (page, { origin }) => {
      await openScreen(page, `${origin}/console/loops/new`);
      await page.getByLabel('What is it').selectOption({ label: 'An agent did what it should not' });
      await page.getByLabel('What was seen').fill('It mailed a customer by itself');
      await page.getByLabel(/^Agent/u).fill('build-agent');
      await page.getByLabel('What it did').selectOption({ label: 'It called a tool that it was denied' });
      await page.getByLabel(/^Who may answer/u).fill('bob@example.com');
      await page.getByLabel(/^Ticket/u).fill('OPS-7');
      await page.getByRole('button', { name: 'Open the loop' }).click();
      await page.getByRole('heading', { name: 'Where it stands' }).waitFor();
      await page.getByText('OPS-7').waitFor();
      await page.getByText('“It mailed a customer by itself”').waitFor();
      // The same ticket for something else is refused where it was written.
      await openScreen(page, `${origin}/console/loops/new`);
      await page.getByLabel('What is it').selectOption({ label: 'A key stands where it should not' });
      await page.getByLabel('What was seen').fill('A key in the wiki');
      await page.getByLabel(/^Ticket/u).fill('OPS-7');
      await page.getByRole('button', { name: 'Open the loop' }).click();
      await page.getByText('This ticket stands for a case of another behaviour').waitFor();
      expect(await faultsOf(page, origin, ['', '/loops?needs=owner'])).toEqual([]);
    }),
  manyPagesMs,
);
