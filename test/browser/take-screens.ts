/**
 * Takes the reference pictures of `docs/screens`: `node test/browser/take-screens.ts`, then
 * `pngquant --ext .png --force 64 docs/screens/*.png`. Look at them before committing.
 */
import { mkdirSync } from 'node:fs';
import { launchBrowser } from './browser.ts';
import { startPageServer } from './page-server.ts';

const folder = new URL('../../docs/screens/', import.meta.url).pathname;
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const screens = [
  { name: 'recipient-phone-light', page: 'open', viewport: phone, colorScheme: 'light' },
  { name: 'recipient-phone-dark', page: 'open', viewport: phone, colorScheme: 'dark' },
  { name: 'recipient-desk-light', page: 'open', viewport: desk, colorScheme: 'light' },
  { name: 'recipient-desk-dark', page: 'open', viewport: desk, colorScheme: 'dark' },
  { name: 'recipient-answered-phone-light', page: 'answered-wrong', viewport: phone, colorScheme: 'light' },
  { name: 'digest-phone-light', page: 'digest', viewport: phone, colorScheme: 'light' },
  { name: 'home-desk-light', page: 'home', viewport: desk, colorScheme: 'light' },
  { name: 'check-phone-light', page: 'check', viewport: phone, colorScheme: 'light' },
] as const;

mkdirSync(folder, { recursive: true });
const [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
try {
  for (const { name, page: shown, viewport, colorScheme } of screens) {
    const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.origin}/show/${shown}`);
    await page.screenshot({ path: `${folder}${name}.png` });
    await context.close();
  }
} finally {
  await browser.close();
  server.close();
}
