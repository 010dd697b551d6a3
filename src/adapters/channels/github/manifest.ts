import { dictOf, ordinalOf, textOf } from '../../../lib/guards.ts';
import { createHttpFetch, type HttpFetch } from '../../../lib/http-fetch.ts';
import { apiResult, githubHeaders, reasonOf } from './api.ts';

/** What the App of this channel is, as GitHub's manifest flow takes it (docs.github.com/en/apps, "Registering a GitHub App from a manifest"). */
export function manifestOf(given: {
  readonly name: string;
  readonly publicUrl: string;
  readonly redirectUrl: string;
}): string {
  return JSON.stringify({
    name: given.name,
    url: given.publicUrl,
    hook_attributes: { url: `${given.publicUrl}/v1/sources/github`, active: true },
    redirect_url: given.redirectUrl,
    public: false,
    default_permissions: {
      metadata: 'read',
      contents: 'write',
      pull_requests: 'write',
      issues: 'write',
      checks: 'write',
    },
    default_events: ['issue_comment', 'commit_comment', 'pull_request_review_comment', 'check_run', 'push'],
  });
}

export type NewApp = {
  readonly appId: string;
  readonly slug: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
};

export type Exchanged =
  | { readonly kind: 'made'; readonly app: NewApp }
  | { readonly kind: 'failed'; readonly reason: string };

/** Exchanges the code that GitHub gave once, within the hour, for the App and its secrets. */
export async function exchangeCode(
  code: string,
  given: { readonly apiUrl: string; readonly allowPrivateNetwork: boolean; readonly ca?: string },
): Promise<Exchanged> {
  if (!isCode(code)) return { kind: 'failed', reason: 'what came back is no code' };
  const fetch = createHttpFetch({
    allowOrigins: given.allowPrivateNetwork ? [new URL(given.apiUrl).origin] : [],
    ...(given.ca === undefined ? {} : { ca: given.ca }),
  });
  try {
    return await exchange(fetch, `${given.apiUrl}/app-manifests/${code}/conversions`);
  } finally {
    await fetch.close();
  }
}

export function isCode(code: string): boolean {
  return /^[A-Za-z0-9_-]{10,200}$/u.test(code);
}

async function exchange(fetch: HttpFetch, url: string): Promise<Exchanged> {
  const { authorization: _none, ...headers } = githubHeaders('');
  const result = await fetch({ url, method: 'POST', headers, timeoutMs: 15_000, responseBytesMax: 262_144 });
  const answer = apiResult(result, 0);
  if (answer.kind !== 'ok') return { kind: 'failed', reason: reasonOf(answer) };
  const body = dictOf(answer.body);
  const id = ordinalOf(body?.['id']);
  const slug = textOf(body?.['slug']) ?? '';
  const privateKey = textOf(body?.['pem']) ?? '';
  const webhookSecret = textOf(body?.['webhook_secret']) ?? '';
  const isWhole =
    id !== undefined &&
    /^[a-z0-9-]{1,100}$/u.test(slug) &&
    /^-----BEGIN [A-Z ]{1,30}-----/u.test(privateKey) &&
    /^[\x21-\x7e]{16,200}$/u.test(webhookSecret);
  if (!isWhole) return { kind: 'failed', reason: 'the answer holds no App' };
  return { kind: 'made', app: { appId: String(id), slug, privateKey, webhookSecret } };
}
