/**
 * Takes the console's pictures of `docs/screens` from the demonstration: `npm run build:console`, then
 * `node test/browser/take-console-screens.ts`, with names of screens for these alone. Look at them before committing.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { launchBrowser } from './browser.ts';
import { palettePng } from './palette-png.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/screens');
const wanted = process.argv.slice(2);
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const demo = spawn(process.execPath, ['src/cli/main.ts', 'demo', '--no-open', '--port', '0'], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve, reject) => {
  let said = '';
  demo.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    const found = /Start here\s+(http:\S+?)\/\n/u.exec(said)?.[1];
    if (found !== undefined) resolve(found);
  });
  demo.on('close', (code) => reject(new Error(`the demonstration ended with ${code}`)));
});

const listed = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });
const idOf = async (path: string, number = 0): Promise<string> => {
  const { items } = listed.parse(await (await fetch(`${url}/v1/${path}`)).json());
  return items[number]?.id ?? '';
};
const owned = z.looseObject({
  items: z.array(z.looseObject({ owner: z.looseObject({ id: z.string().optional() }) })),
});
const ownerOf = async (path: string): Promise<string> => {
  const { items } = owned.parse(await (await fetch(`${url}/v1/${path}`)).json());
  return items[0]?.owner.id ?? '';
};
const urgent = await idOf('loops?state=told&behaviour=secret-in-repository');
const screens = [
  ['sign-in', '/sign-in'],
  ['today', ''],
  ['loops', '/loops'],
  ['loop', `/loops/${urgent}`],
  ['report-by-hand', '/loops/new'],
  ['owners', '/owners'],
  ['identities', '/identities'],
  ['identity', `/identities/${await idOf('identities?standing=owned&type=agent')}`],
  ['person', `/people/${await ownerOf('identities?type=account')}`],
  ['behaviours', '/behaviours'],
  ['behaviour', '/behaviours/secret-in-repository'],
  ['versions', '/behaviours/secret-in-repository'],
  ['reviews', '/reviews'],
  ['review', `/reviews/${await idOf('reviews')}`],
  ['controls', '/controls'],
  ['control', `/controls/${await idOf('controls')}`],
  ['policies', '/policies'],
  ['measures', '/measures'],
  ['measure', '/measures/secret-in-repository'],
  ['experiments', '/experiments'],
  ['experiment', `/experiments/${await idOf('experiments')}`],
  ['coverage', '/coverage'],
  ['sources', '/sources'],
  ['channels', '/channels'],
  ['audit', '/audit'],
  ['access', '/access'],
] as const;
const further = [
  ['today', phone, 'light'],
  ['loop', phone, 'dark'],
  ['policies', phone, 'light'],
  ['loops', desk, 'dark'],
  ['measure', desk, 'dark'],
] as const;

const browser = await launchBrowser();
const take = async (name: string, viewport: typeof phone, colorScheme: 'light' | 'dark') => {
  const path = screens.find(([one]) => one === name)?.[1] ?? '';
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${url}/console${path}`, { waitUntil: 'networkidle' });
  await act[name]?.(page);
  const size = viewport === phone ? 'phone' : 'desk';
  const picture = palettePng(await page.screenshot());
  writeFileSync(join(folder, `console-${name}-${size}-${colorScheme}.png`), picture);
  await context.close();
};
/** What is done before a picture is taken, where the screen says more then. */
const act: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  policies: async (page) => {
    await page.getByLabel('Who').selectOption('agent');
    await page.getByLabel('Does what').selectOption('read');
    await page.getByLabel('With what').selectOption('secret');
    await page.getByLabel('Its name').first().fill('build-agent');
    await page.getByLabel('Its name').last().fill('payments-signing-key');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Rule agent-reads-secret.').waitFor();
  },
  versions: async (page) => {
    const versions = page.locator('section', { has: page.getByRole('heading', { name: 'Versions' }) });
    const told = versions.locator('details', { hasText: 'Told' }).first();
    await told.locator('summary').first().click();
    await told.getByLabel('Words of').selectOption({ index: 1 });
    await told.locator('ins').first().waitFor();
    await versions.evaluate((section) => section.scrollIntoView());
  },
  audit: async (page) => {
    await page.getByRole('button', { name: 'Check the whole chain' }).click();
    await page.getByText('Whole', { exact: true }).waitFor();
  },
  loops: async (page) => {
    for (const row of [2, 3, 5]) await page.getByRole('checkbox').nth(row).check();
  },
};
try {
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  for (const [name] of screens) if (isWanted(name)) await take(name, desk, 'light');
  for (const [name, viewport, colorScheme] of further)
    if (isWanted(name)) await take(name, viewport, colorScheme);
} finally {
  await browser.close();
  demo.kill('SIGINT');
}
