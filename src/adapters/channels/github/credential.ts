import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { dictOf, isDict, ordinalOf, textOf } from '../../../lib/guards.ts';
import type { HttpFetch } from '../../../lib/http-fetch.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type ApiFault, type ApiResult, apiResult, githubHeaders } from './api.ts';
import type { GithubSettings } from './settings.ts';

/** What calls are made with. */
export type Credential = (at: number, signal?: AbortSignal) => Promise<Given>;
type Given = { readonly kind: 'token'; readonly token: string } | ApiFault;

/** GitHub takes a token of at most ten minutes, and clocks that differ by a little. */
const assertionSeconds = 540;
const clockSeconds = 60;
/** An installation token lives an hour; one that ends within this is not begun with. */
const spareMs = 300_000;

/**
 * The token as it stands in the settings; or, of an App, one of its installation, asked for with a signed assertion and
 * kept until shortly before its end (docs.github.com/en/apps, "Authenticating as a GitHub App installation").
 */
export function openCredential(
  fetch: HttpFetch,
  settings: GithubSettings,
  now: () => number = Date.now,
): Credential {
  const { token, appId = '', privateKey = '' } = settings;
  let { installationId } = settings;
  if (token !== undefined) return async () => ({ kind: 'token', token });
  const key = keyOf(privateKey);
  let kept: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<Given> | undefined;

  async function ask(): Promise<Given> {
    if (key === undefined) return { kind: 'unsent', reason: 'the key of the App is no RSA key in PEM' };
    const seconds = Math.floor(now() / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(appId)
      .setIssuedAt(seconds - clockSeconds)
      .setExpirationTime(seconds + assertionSeconds)
      .sign(key);
    const call = async (method: 'GET' | 'POST', path: string) =>
      apiResult(
        await fetch({
          url: `${settings.apiUrl}/app/installations${path}`,
          method,
          headers: githubHeaders(assertion),
          timeoutMs: settings.timeoutMs,
          responseBytesMax: 1_048_576,
        }),
        now(),
      );
    if (installationId === undefined) {
      const found = installationOf(await call('GET', '?per_page=2'));
      if (found.kind !== 'installed') return found;
      installationId = found.id;
    }
    const answer = await call('POST', `/${installationId}/access_tokens`);
    // A token that was made and not heard of does nothing: asking again is harmless.
    if (answer.kind === 'unheard') return { kind: 'unsent', reason: answer.reason };
    if (answer.kind === 'no')
      return { kind: 'unsent', reason: `GitHub gives the App no token (${answer.status})` };
    if (answer.kind !== 'ok') return answer;
    const body = dictOf(answer.body);
    const given = textOf(body?.['token']);
    const until = instantOf(textOf(body?.['expires_at']));
    if (given === undefined || until === undefined || !/^[\x21-\x7e]{1,1000}$/u.test(given))
      return { kind: 'unsent', reason: 'GitHub’s answer holds no token' };
    kept = { token: given, until };
    return { kind: 'token', token: given };
  }

  return async () => {
    if (kept !== undefined && kept.until - spareMs > now()) return { kind: 'token', token: kept.token };
    // Messages that go out together wait for one token. It is asked for without their signals: another needs it too.
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

/** The one place where an App is installed. Which of several is meant, an operator must say. */
function installationOf(answer: ApiResult): ApiFault | { readonly kind: 'installed'; readonly id: string } {
  if (answer.kind === 'unheard') return { kind: 'unsent', reason: answer.reason };
  if (answer.kind === 'no')
    return { kind: 'unsent', reason: `GitHub does not say where the App is installed (${answer.status})` };
  if (answer.kind !== 'ok') return answer;
  const all = Array.isArray(answer.body) ? answer.body.filter(isDict) : [];
  if (all.length > 1)
    return {
      kind: 'unsent',
      reason: 'the App is installed in several places: set channels.github.installationId',
    };
  const id = ordinalOf(all[0]?.['id']);
  if (id === undefined) return { kind: 'unsent', reason: 'the App is installed nowhere yet' };
  return { kind: 'installed', id: String(id) };
}

/** PKCS #1 as GitHub gives it, or PKCS #8; line breaks may be written as `\n`, as environments need it. */
function keyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    // What is wrong with it must not be said: the message of the fault may quote it.
    return undefined;
  }
}
