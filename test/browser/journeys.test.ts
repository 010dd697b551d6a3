import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { verifyEvidence } from '../../src/ledger/verify.ts';
import { signer } from '../http/doors.ts';
import { fakeSecret } from '../support/house.ts';
import { chromiumPath, launchBrowser, noBrowserReason } from './browser.ts';
import { type JourneyServer, startJourneyServer } from './journey-server.ts';

const journeyMs = 120_000;
const desk = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser: Browser | undefined;
let server: JourneyServer | undefined;
const opened: Page[] = [];

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  [browser, server] = await Promise.all([launchBrowser(), startJourneyServer()]);
}, journeyMs);
afterEach(() => Promise.all(opened.splice(0).map((page) => page.context().close())));
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const running = (): JourneyServer => {
  if (server === undefined) throw new Error(noBrowserReason);
  return server;
};

async function open(path: string, looks: typeof desk | typeof phone = desk): Promise<Page> {
  if (browser === undefined) throw new Error(noBrowserReason);
  const context = await browser.newContext(looks);
  const page = await context.newPage();
  opened.push(page);
  await page.goto(`${running().origin}${path}`);
  return page;
}

async function signedIn(token: string, path = '/console'): Promise<Page> {
  const page = await open(path);
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('h1').filter({ hasNotText: 'Sign in' }).waitFor();
  return page;
}

/** What gitleaks writes about one key. */
const report = (n: number, author = 'ana') => ({
  name: 'report.json',
  mimeType: 'application/json',
  buffer: Buffer.from(
    JSON.stringify([
      {
        RuleID: 'stripe-access-token',
        Description: 'Found a Stripe Access Token',
        StartLine: 12,
        EndLine: 12,
        StartColumn: 10,
        EndColumn: 42,
        Match: `KEY=${fakeSecret(n)}`,
        Secret: fakeSecret(n),
        File: 'src/config.py',
        Commit: createHash('sha1').update(`commit ${n}`).digest('hex'),
        Author: author,
        Email: `${author}@example.com`,
        Date: '2026-06-01T09:00:00Z',
        Message: 'add settings',
        Tags: [],
        Fingerprint: `f:${n}`,
      },
    ]),
  ),
});

test.skipIf(chromiumPath === undefined)(
  'first run to first closed loop: a password, a report, a release, an answer on a phone, a proof, and it held',
  async () => {
    const { invite, settle, deadKey, hold } = running();
    const page = await open(await invite('root'));
    await page.locator('input[name=password]').fill('seven quiet herons');
    await page.keyboard.press('Enter');
    await page.getByText('seven quiet herons').waitFor({ state: 'detached' });
    await page.goto(`${running().origin}/console`);
    await page.getByLabel('Name', { exact: true }).fill('root');
    await page.getByLabel('Password').fill('seven quiet herons');
    await page.keyboard.press('Enter');

    await page.getByText('Nothing was reported yet').waitFor();
    await page.getByLabel('A report file, dropped here or chosen').setInputFiles(report(1));
    await page.getByText('gitleaks: 1 record read, 1 new').waitFor();
    // History: it is there, and nobody was told.
    await page.getByRole('heading', { name: 'History to release' }).waitFor();
    await settle();
    await page.getByRole('button', { name: 'Release …' }).click();
    await page.getByRole('button', { name: 'Release all 1' }).click();
    await page.getByRole('heading', { name: 'History to release' }).waitFor({ state: 'detached' });
    await settle();

    await page.getByRole('link', { name: 'Loops', exact: true }).click();
    await page.getByRole('link', { name: /src\/config\.py:12/u }).click();
    await page.getByText('As it was sent').first().click();
    const link = await page.getByRole('link', { name: 'as its recipient' }).getAttribute('href');
    const recipient = await open(new URL(link ?? '').pathname, phone);
    await recipient.getByRole('button', { name: 'Done' }).first().click();
    await recipient.getByRole('button', { name: 'Done' }).waitFor({ state: 'detached' });
    await settle();
    // The screen that the operator looks at says so by itself.
    await page.getByText('Answered', { exact: true }).first().waitFor();

    await deadKey(1);
    await page.getByText('Verified', { exact: true }).first().waitFor();
    await hold();
    // Weeks have passed, and the session with them: whoever signs in again is where they were.
    await page.getByLabel('Name', { exact: true }).fill('root');
    await page.getByLabel('Password').fill('seven quiet herons');
    await page.keyboard.press('Enter');
    await page.getByText('Held', { exact: true }).first().waitFor();
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'triage of several at once: what fits is done, and what does not is told by its line',
  async () => {
    const { history, live, token } = running();
    await history(3);
    await live(40);
    const page = await signedIn(await token(['admin']), '/console/loops');
    await page.getByLabel('Choose all of this page').check();
    await page.getByRole('button', { name: 'Release …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('are no history and stay as they are').waitFor();
    await dialog.getByRole('button', { name: /^Release: \d/u }).click();
    await dialog.getByText('All done.').waitFor();
    expect(await dialog.getByText('Released', { exact: true }).count()).toBe(3);
    expect(await dialog.getByText('It was no history').count()).toBeGreaterThan(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Choose all of this page').waitFor();

    await page.getByRole('checkbox').nth(1).check();
    await page.getByRole('button', { name: 'Ask somebody else …' }).click();
    await dialog.getByLabel('Its id in the directory').fill('nobody-of-this-name');
    await dialog.getByLabel('Why').fill('They have left');
    await dialog.getByRole('button', { name: 'Ask somebody else: 1' }).click();
    await dialog.getByText('1 of 1 did not work.').waitFor();
    await dialog.getByText(/directory/u).waitFor();
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'with nothing but a keyboard: sign in, skip to the content, report a key, and dismiss it with a reason',
  async () => {
    const page = await open('/console/loops/new');
    await page.getByLabel('Token').waitFor();
    const press = (key: string) => page.keyboard.press(key);
    /** As a reader of a screen would: on until the thing has the focus. */
    const tabTo = async (name: RegExp) => {
      for (let step = 0; step < 40; step += 1) {
        const at = await page.evaluate<string>(
          '(document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? "").trim()',
        );
        if (name.test(at)) return;
        await press('Tab');
      }
      throw new Error(`${name.source} cannot be reached by Tab`);
    };
    await tabTo(/^Token/u);
    await page.keyboard.type(await running().token(['admin']));
    await press('Enter');
    await page.getByRole('heading', { name: 'Report by hand' }).waitFor();
    await page.evaluate('document.activeElement.blur()');
    await tabTo(/^Skip to the content/u);
    await press('Enter');
    await tabTo(/^What was seen/u);
    await page.keyboard.type('A key in a shell script');
    await tabTo(/^Who may answer/u);
    await page.keyboard.type('bob@example.com');
    await tabTo(/^Repository/u);
    await page.keyboard.type('acme/tools');
    await press('Enter');
    await page.getByRole('heading', { name: 'Where it stands' }).waitFor();
    await tabTo(/^Dismiss$/u);
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(/^Why/u);
    await page.keyboard.type('A word in a manual');
    await press('Enter');
    await page.getByText('Dismissed', { exact: true }).waitFor();
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'a viewer is offered what a viewer may read, and nothing that changes anything',
  async () => {
    const { token, history } = running();
    await history(1);
    const page = await signedIn(
      await token([
        'loops:read',
        'messages:read',
        'owners:read',
        'behaviours:read',
        'measures:read',
        'controls:read',
      ]),
    );
    const places = await page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('link')
      .allTextContents();
    expect(places).toEqual([
      ...[
        'Today',
        'Loops',
        'People and identities',
        'Behaviours',
        'Reviews',
        'Controls',
        'Policies',
        'Measures',
      ],
      ...['Experiments', 'Channels'],
    ]);
    await page.getByRole('heading', { name: 'History to release' }).waitFor();
    for (const path of ['', '/loops', '/reviews', '/controls', '/policies', '/channels']) {
      await page.goto(`${running().origin}/console${path}`);
      await page.locator('h1').waitFor();
      await page.getByRole('status').first().waitFor({ state: 'detached' });
      const said = await page.locator('main').getByRole('button').allTextContents();
      expect(
        said.filter((text) => text !== 'As a table'),
        path,
      ).toEqual([]);
      expect(await page.locator('main').getByRole('checkbox').count(), path).toBe(0);
    }
    await page.goto(`${running().origin}/console/audit`);
    await page.getByText('audit:read').waitFor();
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'an author changes a sentence in the packs and sees it on the screen, beside the words before, in the message, and on the recipient’s page',
  async () => {
    const { sentence, token, live } = running();
    const loop = await live(60);
    const page = await signedIn(await token(['admin']), '/console/behaviours/secret-in-repository');
    const words = page.locator('details', { hasText: sentence }).first();
    await words.locator('summary').click();
    await words.getByText(sentence).first().waitFor();
    await page.getByLabel('As in').selectOption({ label: 'Slack' });
    await words.getByText(sentence).first().waitFor();
    await words.getByText('I need help', { exact: true }).waitFor();
    await page.getByText('examples are judged as the pack says').waitFor();
    const versions = page.locator('section', { has: page.getByRole('heading', { name: 'Versions' }) });
    const told = versions.locator('details', { hasText: 'Told' }).first();
    await told.locator('summary').first().click();
    await told.locator('ins', { hasText: 'safe called Harbour' }).first().waitFor();
    await told.locator('del', { hasText: 'vault' }).first().waitFor();
    await told.getByRole('table').getByText('Now', { exact: true }).first().waitFor();
    await page.goto(`${running().origin}/console/loops/${loop}`);
    await page.getByText('As it was sent').first().click();
    await page.getByText(sentence).waitFor();
    const link = await page.getByRole('link', { name: 'as its recipient' }).getAttribute('href');
    const recipient = await open(new URL(link ?? '').pathname, phone);
    expect(await recipient.content()).toContain(sentence);
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'an administrator signs another browser out, which finds itself outside with its next step, and revokes a token',
  async () => {
    const { token } = running();
    const theirs = await signedIn(await token(['loops:read']), '/console/loops');
    const page = await signedIn(await token(['admin']), '/console/access');
    const now = page.locator('section', { has: page.getByRole('heading', { name: 'Signed in now' }) });
    const others = now.locator('li').filter({ hasNotText: 'This browser' });
    await others.last().waitFor();
    // The clock stands still, so that nothing on the screen says which one is theirs: all of them are signed out.
    for (let left = await others.count(); left > 0; left -= 1) {
      await others.last().getByRole('button', { name: 'Sign out …' }).click();
      await now.getByRole('button', { name: 'Sign out', exact: true }).click();
      await expect.poll(() => others.count()).toBe(left - 1);
    }
    await theirs.goto(`${running().origin}/console/loops`);
    await theirs.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    const tokens = page.locator('section', { has: page.getByRole('heading', { name: 'Tokens' }) });
    const live = tokens.getByRole('button', { name: 'Revoke …' });
    const working = await live.count();
    await live.first().click();
    await tokens.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect.poll(() => live.count()).toBe(working - 1);
    await page.getByRole('link', { name: 'Your account' }).first().click();
    await page.getByText('This browser').waitFor();
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'an auditor has the whole audit and the chain of a loop checked, and takes the evidence of it',
  async () => {
    const { token, live, settle } = running();
    const loop = await live(70);
    await settle();
    const page = await signedIn(
      await token(['audit:read', 'loops:read', 'messages:read', 'behaviours:read', 'evidence:read']),
      '/console/audit',
    );
    await page.getByRole('button', { name: 'Check the whole chain' }).click();
    await page.getByText('Whole', { exact: true }).waitFor();
    await page.getByText(/(?:entry was|entries were) read, up to number \d/u).waitFor();
    await page.goto(`${running().origin}/console/loops/${loop}`);
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('Whole', { exact: true }).waitFor();
    await page.getByText(/^Checkpoint \d+ of/u).waitFor();
    const [taken] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'every entry' }).click(),
    ]);
    const text = await readFile(await taken.path(), 'utf8');
    const trustedKeys = [signer.keyId];
    expect(verifyEvidence(JSON.parse(text), { trustedKeys })).toMatchObject({ isWhole: true, findings: [] });
  },
  journeyMs,
);

test.skipIf(chromiumPath === undefined)(
  'text of an event stays text on every screen, and on paper nothing is left that can only be pressed',
  async () => {
    const { hostile, token } = running();
    const loop = await hostile();
    const page = await signedIn(await token(['admin']));
    const said: string[] = [];
    page.on('dialog', (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    for (const path of ['', '/loops', `/loops/${loop}`, '/owners']) {
      await page.goto(`${running().origin}/console${path}`);
      await page.locator('h1').waitFor();
      await page.getByRole('status').first().waitFor({ state: 'detached' });
      const strange = 'img, script:not([src^="/console/assets/"]), iframe, [onerror], a[href^="javascript"]';
      expect(await page.locator('body').locator(strange).count(), path).toBe(0);
    }
    await page.goto(`${running().origin}/console/behaviours/secret-in-repository`);
    const versions = page.locator('section', { has: page.getByRole('heading', { name: 'Versions' }) });
    await versions.locator('details', { hasText: 'Closed' }).last().locator('summary').first().click();
    await versions.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await versions.locator('img, script, iframe, a[href^="javascript"]').count()).toBe(0);
    expect(said).toEqual([]);
    await page.goto(`${running().origin}/console/loops/${loop}`);
    await page.getByText('As it was sent').first().waitFor();
    const seen = () =>
      Promise.all(
        [
          page.locator('nav[aria-label=Screens]'),
          page.locator('button', { hasText: 'Dismiss' }),
          page.locator('h2', { hasText: 'What happened' }),
        ].map((one) => one.isVisible()),
      );
    expect(await seen()).toEqual([true, true, true]);
    await page.emulateMedia({ media: 'print' });
    expect(await seen()).toEqual([false, false, true]);
  },
  journeyMs,
);
