/**
 * Takes the console's pictures of `docs/screens`: `npm run build:console`, then
 * `node test/browser/take-console-screens.ts`, then `pngquant --ext .png --force 64 docs/screens/console-*.png`.
 */
import { launchBrowser } from './browser.ts';
import { startConsoleServer } from './console-server.ts';

const folder = new URL('../../docs/screens/', import.meta.url).pathname;
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const [browser, server] = await Promise.all([launchBrowser(), startConsoleServer()]);
const screens = [
  { name: 'console-today-desk-light', path: '', viewport: desk, colorScheme: 'light' },
  { name: 'console-loops-desk-dark', path: '/loops', viewport: desk, colorScheme: 'dark' },
  { name: 'console-loop-desk-light', path: `/loops/${server.told}`, viewport: desk, colorScheme: 'light' },
  { name: 'console-loop-phone-dark', path: `/loops/${server.told}`, viewport: phone, colorScheme: 'dark' },
  { name: 'console-sources-phone-light', path: '/sources', viewport: phone, colorScheme: 'light' },
] as const;
try {
  const token = await server.token(['admin']);
  for (const { name, path, viewport, colorScheme } of screens) {
    const context = await browser.newContext({ viewport, colorScheme });
    const page = await context.newPage();
    await page.goto(`${server.origin}/console`);
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await page.goto(`${server.origin}/console${path}`, { waitUntil: 'networkidle' });
    await page.screenshot({ path: `${folder}${name}.png` });
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
