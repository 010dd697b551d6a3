import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { noBrowserReason } from './browser.ts';

/** The ways in which a screen is looked at; `rules` narrows what a further look repeats. */
const looks = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }, undefined],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }, ['color-contrast', 'link-in-text-block']],
  [
    'forced colours',
    { colorScheme: 'light', forcedColors: 'active' },
    ['color-contrast', 'link-in-text-block'],
  ],
] as const;

/** A page of the console, signed in. */
export async function withConsole(
  browser: Browser | undefined,
  given: { readonly origin: string; readonly token: string } | undefined,
  options: BrowserContextOptions,
  use: (page: Page, origin: string) => Promise<void>,
): Promise<void> {
  if (browser === undefined || given === undefined) throw new Error(noBrowserReason);
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(`${given.origin}/console`);
    await page.getByLabel('Token').fill(given.token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await use(page, given.origin);
  } finally {
    await context.close();
  }
}

export async function openScreen(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('h1').waitFor();
  // What loads says so as a status.
  await page.getByRole('status').first().waitFor({ state: 'detached' });
}

/** What is wrong with these screens on a phone: what axe finds in each look, and what scrolls sideways at 320 pixels. */
export async function faultsOf(
  page: Page,
  origin: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    await openScreen(page, `${origin}/console${path}`);
    await page.locator('details').evaluateAll((all) => {
      for (const details of all.slice(0, 2)) details.setAttribute('open', '');
    });
    for (const [look, media, rules] of looks) {
      await page.emulateMedia(media);
      const axe = new AxeBuilder({ page }).setLegacyMode();
      if (rules === undefined)
        axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
      else axe.withRules([...rules]);
      const { violations } = await axe.analyze();
      found.push(
        ...violations.map(
          ({ id, nodes }) => `${path} in ${look}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
        ),
      );
    }
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
    await page.setViewportSize({ width: 320, height: 640 });
    if (
      await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      )
    )
      found.push(`${path} scrolls sideways`);
    await page.setViewportSize({ width: 390, height: 844 });
  }
  return found;
}
