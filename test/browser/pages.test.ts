import { AxeBuilder } from '@axe-core/playwright';
import { Hono } from 'hono';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenPath } from '../fixtures/page-views.ts';
import { testPageWords as words } from '../fixtures/page-words.ts';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { listen, type PageServer, plainPages, startPageServer } from './page-server.ts';

const names = Object.keys(plainPages(words));
/** Pages that between them show every colour that there is. */
const colourful = ['open', 'disproved', 'answered-help', 'problem', 'digest', 'home', 'outbox'];
/** A browser on a busy machine takes its time over many pages in a row. */
const manyPagesMs = 120_000;
const { answers } = words.recipient;

describe('in a browser', () => {
  let browser: Browser | undefined;
  let server: PageServer;

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  beforeEach(({ skip }) => {
    skip(chromiumPath === undefined, noBrowserReason);
    server.set({ kind: 'open' });
    server.replies.length = 0;
  });

  async function withPage<T>(options: BrowserContextOptions, use: (page: Page) => Promise<T>): Promise<T> {
    if (browser === undefined) throw new Error(noBrowserReason);
    const context = await browser.newContext(options);
    try {
      return await use(await context.newPage());
    } finally {
      await context.close();
    }
  }
  const withoutScript = { javaScriptEnabled: false } as const;
  const open = (page: Page) => page.goto(server.origin + tokenPath);

  test('every answer works with JavaScript disabled, and is shown after the redirect', async () => {
    const rows = [
      { row: undefined, fill: {}, reply: { answer: 'done' } },
      {
        row: answers.needHelp.label,
        fill: { note: 'What breaks?' },
        reply: { answer: 'need-help', note: 'What breaks?' },
      },
      { row: answers.notMe.label, fill: {}, reply: { answer: 'not-me' } },
      {
        row: answers.notMine.label,
        fill: { person: 'Tom Berg' },
        reply: { answer: 'not-mine', person: 'Tom Berg' },
      },
      {
        row: answers.wrong.label,
        pick: answers.wrong.testValue,
        fill: { note: 'Sandbox' },
        reply: { answer: 'wrong', reason: 'test-value', note: 'Sandbox' },
      },
      {
        row: answers.acceptRisk.label,
        fill: { until: '2026-12-01' },
        reply: { answer: 'accept-risk', until: '2026-12-01' },
      },
    ];
    for (const { row, pick, fill, reply } of rows) {
      server.set({ kind: 'open' });
      await withPage(withoutScript, async (page) => {
        await open(page);
        const place =
          row === undefined
            ? page.locator('form', {
                has: page.getByRole('button', { name: answers.done.label, exact: true }),
              })
            : page.locator('details[name=answer]', { hasText: row });
        if (row !== undefined) await place.locator('summary').click();
        if (pick !== undefined) await place.getByText(pick).click();
        for (const [name, text] of Object.entries(fill)) await place.locator(`[name=${name}]`).fill(text);
        await place.locator('button').click();
        await page.getByRole('status').waitFor();
        expect(new URL(page.url()).pathname).toBe(tokenPath);
        expect(await page.getByRole('status').textContent()).toContain('You answered');
      });
      expect(server.replies.at(-1)).toEqual({ caseCode: 'LOOP-7F3K', ...reply });
    }
    expect(server.replies).toHaveLength(rows.length);
  });

  test('an answer can be changed, and a reload does not send it again', async () => {
    server.set({ kind: 'answered', answer: 'done', at: 0 });
    await withPage(withoutScript, async (page) => {
      await open(page);
      await page.getByText(answers.change).click();
      await page.getByText(answers.needHelp.label, { exact: true }).click();
      await page.locator('details[name=answer][open] button').click();
      await page.getByRole('heading', { name: `You answered “${answers.needHelp.label}”` }).waitFor();
      await page.reload();
    });
    expect(server.replies.map(({ answer }) => answer)).toEqual(['need-help']);
  });

  test('an answer that cannot be taken comes back with its row open and the reason beside it', async () => {
    await withPage(withoutScript, async (page) => {
      await open(page);
      const row = page.locator('details[name=answer]', { hasText: answers.acceptRisk.label });
      await row.locator('summary').click();
      // The browser would stop a date outside the bounds; whoever gets around it is told by the server.
      await page.locator('form').evaluateAll((forms) => {
        for (const form of forms) form.setAttribute('novalidate', '');
      });
      await row.locator('[name=until]').fill('2030-01-01');
      await row.locator('button').click();
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('Please choose a date from');
      expect(await page.locator('details[name=answer][open]').count()).toBe(1);
    });
    expect(server.replies).toEqual([]);
  });

  test('opening a page sends nothing but its own requests, to its own origin, at most 15 KB', async () => {
    for (const name of ['open', 'answered-help', 'digest'])
      await withPage({}, async (page) => {
        const bodies: Promise<number>[] = [];
        const asked: string[] = [];
        const complaints: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('console', (message) => complaints.push(message.text()));
        page.on('response', (response) => bodies.push(response.body().then((body) => body.byteLength)));
        await page.goto(`${server.origin}/show/${name}`, { waitUntil: 'networkidle' });
        expect(asked.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
        expect(asked.length).toBeLessThanOrEqual(3);
        expect(complaints).toEqual([]);
        const bytes = (await Promise.all(bodies)).reduce((sum, one) => sum + one, 0);
        expect(bytes).toBeGreaterThan(5_000);
        expect(bytes).toBeLessThanOrEqual(15 * 1024);
      });
    expect(server.replies).toEqual([]);
  });

  test('another page on the same machine can neither post an answer nor frame the page', async () => {
    const elsewhere = new Hono();
    elsewhere.get('/', (c) =>
      c.html(
        `<form method="post" action="${server.origin}${tokenPath}"><input name="answer" value="done"><button>Win</button></form><iframe src="${server.origin}${tokenPath}"></iframe>`,
      ),
    );
    const other = await listen(elsewhere);
    const bound = other.address();
    if (bound === null || typeof bound === 'string') throw new Error('not listening');
    try {
      await withPage({}, async (page) => {
        await page.goto(`http://127.0.0.1:${bound.port}/`);
        expect(
          await page.frameLocator('iframe').getByRole('heading', { level: 1, name: 'Stripe' }).count(),
        ).toBe(0);
        const answer = page.waitForResponse((response) => response.request().method() === 'POST');
        await page.getByText('Win').click();
        expect((await answer).status()).toBe(421);
      });
    } finally {
      other.close();
    }
    expect(server.replies).toEqual([]);
  });

  test('the keyboard alone reaches the link to check the page, the step’s link, and every answer, visibly', async () => {
    await withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
      await open(page);
      const reached: string[] = [];
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        const focus = page.locator(':focus');
        if ((await focus.count()) === 0) break;
        reached.push(((await focus.textContent()) ?? '').trim());
        expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      }
      const rest = [answers.needHelp, answers.notMe, answers.notMine, answers.wrong, answers.acceptRisk];
      expect(reached.slice(0, 8)).toEqual([
        words.recipient.genuine.link,
        'Stripe: API keys',
        answers.done.label,
        ...rest.map(({ label }) => label),
      ]);
      await page.getByText(answers.notMe.label, { exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe(answers.notMe.send);
      await page.keyboard.press('Enter');
      await page.getByRole('status').waitFor();
    });
    expect(server.replies.map(({ answer }) => answer)).toEqual(['not-me']);
  });

  test('at most one answer stands open at a time', async () => {
    await withPage(withoutScript, async (page) => {
      await open(page);
      for (const { label } of [answers.needHelp, answers.wrong])
        await page.getByText(label, { exact: true }).click();
      expect(await page.locator('details[name=answer][open] summary').allInnerTexts()).toEqual([
        answers.wrong.label,
      ]);
    });
  });

  test('on paper the page keeps what happened and drops the buttons', async () => {
    await withPage({}, async (page) => {
      await open(page);
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('button').count()).toBe(0);
      expect(await page.getByText('config/payments.ts').isVisible()).toBe(true);
    });
  });

  test(
    'no page scrolls sideways at 320 pixels, nor at 640 with text twice as large',
    async () => {
      await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
        const tooWide: string[] = [];
        const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
        for (const name of names) {
          await page.setViewportSize({ width: 320, height: 640 });
          await page.goto(`${server.origin}/show/${name}`);
          await openEverything(page);
          if (await page.evaluate<boolean>(isTooWide)) tooWide.push(`${name} at 320`);
          await page.setViewportSize({ width: 640, height: 640 });
          await page.evaluate("document.documentElement.style.fontSize = '200%'");
          if (await page.evaluate<boolean>(isTooWide)) tooWide.push(`${name} at 200 %`);
        }
        expect(tooWide).toEqual([]);
      });
    },
    manyPagesMs,
  );

  test.each([
    ['light', {}, undefined],
    // Only what colours can change is looked at again.
    ['dark', { colorScheme: 'dark' }, ['color-contrast', 'link-in-text-block']],
    ['forced colours', { forcedColors: 'active' }, ['color-contrast', 'link-in-text-block']],
    ['more contrast', { contrast: 'more' }, ['color-contrast', 'link-in-text-block']],
  ] as const)(
    'axe finds nothing on any page (WCAG 2.2 A and AA) in %s',
    async (_, options, rules) => {
      await withPage({ ...options, viewport: { width: 390, height: 844 } }, async (page) => {
        const found: string[] = [];
        for (const name of rules === undefined ? names : colourful) {
          await page.goto(`${server.origin}/show/${name}`);
          await openEverything(page);
          const axe = new AxeBuilder({ page }).setLegacyMode();
          if (rules === undefined)
            axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
          else axe.withRules([...rules]);
          const { violations, passes } = await axe.analyze();
          expect(passes.length).toBeGreaterThan(0);
          found.push(
            ...violations.map(
              ({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
            ),
          );
        }
        expect(found).toEqual([]);
      });
    },
    manyPagesMs,
  );
});

/** Opens every row, so that what stands behind it is looked at too. */
async function openEverything(page: Page): Promise<void> {
  await page.locator('details').evaluateAll((all) => {
    for (const details of all) {
      details.removeAttribute('name');
      details.setAttribute('open', '');
    }
  });
}
