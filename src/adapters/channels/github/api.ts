import { type HttpFetch, type HttpResult, retryAfterSeconds } from '../../../lib/http-fetch.ts';
import type { Credential } from './credential.ts';

/** One call of the REST API. Expected outcomes are values; nothing is repeated. */
export type GithubApi = (call: GithubCall) => Promise<ApiResult>;

export type GithubCall = {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** Below the base address, with a slash in front. */
  readonly path: string;
  readonly body?: unknown;
  /** Epoch milliseconds, what a limit is counted from. */
  readonly at: number;
  readonly signal?: AbortSignal | undefined;
};

export type ApiResult = { readonly kind: 'ok'; readonly body: unknown } | ApiFault;

export type ApiFault =
  /** GitHub understood, and says no. */
  | { readonly kind: 'no'; readonly status: number }
  /** A limit, or a fault of the far side. */
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly afterSeconds?: number;
      readonly isFault: boolean;
    }
  /** Nothing has left. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It may have been acted on. */
  | { readonly kind: 'unheard'; readonly reason: string };

// A page of a hundred comments, each of at most 65,536 characters.
const answerBytesMax = 16_777_216;
const apiVersion = '2022-11-28';
/** A repository that was renamed answers with where it is now; never on another host. */
const redirectsMax = 3;

export function createGithubApi(
  fetch: HttpFetch,
  settings: { readonly apiUrl: string; readonly timeoutMs: number },
  credential: Credential,
): GithubApi {
  return async ({ method = 'GET', path, body, at, signal }) => {
    const given = await credential(at, signal);
    if (given.kind !== 'token') return given;
    return apiResult(
      await fetch({
        url: `${settings.apiUrl}${path}`,
        method,
        headers: githubHeaders(given.token),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: settings.timeoutMs,
        responseBytesMax: answerBytesMax,
        redirectsMax,
        ...(signal === undefined ? {} : { signal }),
      }),
      at,
    );
  };
}

/** The token goes into a header only: addresses are logged on the way. */
export function githubHeaders(token: string): Readonly<Record<string, string>> {
  return {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'user-agent': 'foldback',
    'x-github-api-version': apiVersion,
  };
}

export function apiResult(result: HttpResult, at: number): ApiResult {
  // Blocked is about the set-up, not about the message: it goes out once that is mended.
  if (result.kind === 'blocked') return { kind: 'unsent', reason: `not called: ${result.reason}` };
  if (result.kind === 'failed') {
    return result.phase === 'sent'
      ? { kind: 'unheard', reason: `after sending: ${result.reason}` }
      : { kind: 'unsent', reason: `before sending: ${result.reason}` };
  }
  const { status, headers } = result;
  const limit = limitOf(status, headers, at);
  if (limit !== undefined) {
    const wait = limit.afterSeconds === undefined ? {} : { afterSeconds: limit.afterSeconds };
    return { kind: 'later', reason: `GitHub answered ${status}`, isFault: status >= 500, ...wait };
  }
  if (status < 200 || status > 299) return { kind: 'no', status };
  if (status === 204) return { kind: 'ok', body: undefined };
  const body = readJson(result.body);
  return body === undefined ? { kind: 'unheard', reason: 'the answer makes no sense' } : { kind: 'ok', body };
}

/**
 * 429 and 5xx, and 403 when a limit was reached (docs.github.com/en/rest, "Rate limits"). Undefined for other answers.
 */
function limitOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  at: number,
): { readonly afterSeconds?: number } | undefined {
  const isSpent = headers['x-ratelimit-remaining'] === '0';
  const afterSeconds = retryAfterSeconds(headers['retry-after'], at);
  const isLimit =
    status === 429 || status >= 500 || (status === 403 && (isSpent || afterSeconds !== undefined));
  if (!isLimit) return undefined;
  if (afterSeconds !== undefined) return { afterSeconds };
  const reset = Number(headers['x-ratelimit-reset']);
  if (!isSpent || !Number.isSafeInteger(reset) || reset <= 0) return {};
  // The longest limit ends within the hour; clocks that differ must not make it a day.
  return { afterSeconds: Math.min(3_600, Math.max(1, Math.ceil(reset - at / 1000))) };
}

function readJson(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    // Not JSON or not UTF-8: an answer all the same, of which nothing can be used.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

export function reasonOf(fault: ApiFault): string {
  return fault.kind === 'no' ? `GitHub answered ${fault.status}` : fault.reason;
}
