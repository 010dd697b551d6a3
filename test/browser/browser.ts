import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine, or undefined. `FOLDBACK_CHROMIUM` names another one. */
export const chromiumPath = [process.env.FOLDBACK_CHROMIUM, ...candidates].find(
  (path) => path !== undefined && existsSync(path),
);

export const noBrowserReason =
  'no Chromium on this machine: install it (Debian: apt-get install -y chromium) or name one in FOLDBACK_CHROMIUM';

/** Starts it with a fresh profile and nothing of its own going over the network. */
export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(noBrowserReason);
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-lcd-text',
    ],
  });
}
