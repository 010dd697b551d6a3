import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { exchangeCode, manifestOf } from '../../adapters/channels/github/manifest.ts';
import { currentDataKey } from '../../config/data-key.ts';
import { keyOfText } from '../../config/key-text.ts';
import { html } from '../../lib/escape.ts';
import { isEqualConstantTime } from '../../lib/hmac.ts';
import { createPrivateFile } from '../../lib/keys-file.ts';
import { sealText } from '../../lib/seal-text.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

export type GithubAppFlags = ConfigFlags & {
  readonly name: string;
  readonly organisation?: string;
  readonly github: string;
  readonly api: string;
  readonly port: string;
  readonly allowPrivateNetwork?: boolean;
};

/** GitHub keeps the code for an hour. */
const patienceMs = 3_600_000;

/**
 * Makes the GitHub App of the channel by the manifest flow: a page on this machine sends the manifest to GitHub, GitHub
 * sends a code back to it, and the code is exchanged for the key. The key is sealed, written and never shown.
 */
export async function githubAppCommand(flags: GithubAppFlags): Promise<ExitCode> {
  const { config } = await openSettings(flags);
  const { publicUrl } = config.http;
  if (publicUrl === undefined)
    throw new CliError('Set http.publicUrl: GitHub must know where to send what happens.');
  const organisation = flags.organisation ?? '';
  if (organisation !== '' && !/^[A-Za-z0-9-]{1,39}$/u.test(organisation))
    throw new CliError('--organisation is the short name of an organisation at GitHub.');
  const files = {
    key: join(config.data.dir, 'github-app.pem.sealed'),
    secret: join(config.data.dir, 'github-webhook-secret.sealed'),
  };
  const code = await askInBrowser(flags, publicUrl, organisation);
  const { api, allowPrivateNetwork = false } = flags;
  const exchanged = await exchangeCode(code, { apiUrl: api.replace(/\/+$/u, ''), allowPrivateNetwork });
  if (exchanged.kind === 'failed') {
    note(`GitHub did not give the App: ${exchanged.reason}. Run the command again.`);
    return exit.failed;
  }
  const { appId, slug, privateKey, webhookSecret } = exchanged.app;
  await mkdir(config.data.dir, { recursive: true, mode: 0o700 });
  const configured = config.keys.data?.[0];
  const seal =
    (configured === undefined ? undefined : keyOfText(configured)) ??
    (await currentDataKey(config.data.dir, randomBytes));
  const written =
    (await createPrivateFile(files.key, sealText(seal, privateKey))) &&
    (await createPrivateFile(files.secret, sealText(seal, webhookSecret)));
  if (!written) {
    note(
      `A file of another App lies in ${config.data.dir}. Move it away, delete the new App at GitHub, and run this again.`,
    );
    return exit.failed;
  }
  line('channels:');
  line('  github:');
  line(`    appId: "${appId}"`);
  note(
    `The key lies in ${files.key}, the webhook's secret in ${files.secret}; both sealed with the data key.`,
  );
  next(
    `install it: ${flags.github.replace(/\/+$/u, '')}/apps/${slug}/installations/new`,
    `FOLDBACK__CHANNELS__GITHUB__PRIVATEKEY_FILE=${files.key}`,
    `FOLDBACK__SOURCES__GITHUB__SECRETS_FILE=${files.secret}`,
  );
  return exit.ok;
}

/** Serves one page on loopback until the code comes back with the state that was given out. */
function askInBrowser(flags: GithubAppFlags, publicUrl: string, organisation: string): Promise<string> {
  const state = randomBytes(24).toString('base64url');
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const address = server.address();
      const own = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
      response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Referrer-Policy', 'no-referrer');
      // Another name for this machine would be another site's page (DNS rebinding).
      if (request.headers.host !== own.slice('http://'.length)) return void response.writeHead(421).end();
      if (url.pathname === '/') {
        const manifest = manifestOf({ name: flags.name, publicUrl, redirectUrl: `${own}/made` });
        response.end(page(formOf(flags.github, organisation, state, manifest)));
        return;
      }
      if (url.pathname !== '/made') return void response.writeHead(404).end();
      if (!isEqualConstantTime(url.searchParams.get('state') ?? '', state))
        return void response.writeHead(403).end(page('<p>This did not begin here. Nothing was done.</p>'));
      response.end(page('<p>Done. Go back to the terminal.</p>'));
      close();
      resolve(url.searchParams.get('code') ?? '');
    });
    const close = (): void => {
      clearTimeout(timer);
      server.close();
      server.closeIdleConnections();
    };
    const timer = setTimeout(() => {
      close();
      reject(new CliError('Nothing came back within the hour.'));
    }, patienceMs);
    server.once('error', (error) => {
      clearTimeout(timer);
      reject(new CliError(`Cannot listen on this machine: ${error.message}`));
    });
    server.listen(Number(flags.port), '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      note(`Open http://127.0.0.1:${port}/ in a browser that is signed in at GitHub.`);
    });
  });
}

function formOf(github: string, organisation: string, state: string, manifest: string): string {
  const base = github.replace(/\/+$/u, '');
  const path =
    organisation === '' ? '/settings/apps/new' : `/organizations/${organisation}/settings/apps/new`;
  return `<form method="post" action="${html(`${base}${path}?state=${state}`)}"><input type="hidden" name="manifest" value="${html(manifest)}"><button>Make the App at GitHub</button></form>`;
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>GitHub App of Foldback</title>${body}</html>`;
}
