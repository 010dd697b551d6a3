import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { type HttpFetch, type HttpResult, retryAfterSeconds } from '../../../lib/http-fetch.ts';
import type { SlackSettings } from './settings.ts';

/** One call of the Web API. Expected outcomes are values; nothing is repeated. */
export type SlackApi = (
  method: string,
  call: { readonly form?: Readonly<Record<string, string>>; readonly json?: unknown },
  at: number,
  signal?: AbortSignal,
) => Promise<ApiResult>;

export type ApiResult =
  | { readonly kind: 'ok'; readonly body: Dict; readonly headers: Readonly<Record<string, string>> }
  | ApiFault;

export type ApiFault =
  /** Slack understood, and says no: `error` of the answer. */
  | { readonly kind: 'error'; readonly code: string }
  /** 429 or a fault of the far side. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterSeconds?: number }
  /** Nothing has left. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It may have been acted on. */
  | { readonly kind: 'unheard'; readonly reason: string };

// A page of a history: two hundred messages with their metadata.
const answerBytesMax = 4_194_304;

/** Reading methods take forms, writing ones JSON. The token goes into a header only: addresses are logged on the way. */
export function createSlackApi(
  fetch: HttpFetch,
  settings: Pick<SlackSettings, 'apiUrl' | 'token' | 'timeoutMs'>,
): SlackApi {
  return async (method, call, at, signal) => {
    const isJson = call.json !== undefined;
    const result = await fetch({
      url: new URL(method, settings.apiUrl).href,
      method: 'POST',
      headers: {
        authorization: `Bearer ${settings.token}`,
        'content-type': isJson ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded',
        'user-agent': 'foldback',
      },
      body: isJson ? JSON.stringify(call.json) : new URLSearchParams(call.form).toString(),
      timeoutMs: settings.timeoutMs,
      responseBytesMax: answerBytesMax,
      ...(signal === undefined ? {} : { signal }),
    });
    return resultOf(result, at);
  };
}

function resultOf(result: HttpResult, at: number): ApiResult {
  // Blocked is about the set-up, not about the message: it goes out once that is mended.
  if (result.kind === 'blocked') return { kind: 'unsent', reason: `not called: ${result.reason}` };
  if (result.kind === 'failed') {
    return result.phase === 'sent'
      ? { kind: 'unheard', reason: `after sending: ${result.reason}` }
      : { kind: 'unsent', reason: `before sending: ${result.reason}` };
  }
  const { status, headers } = result;
  if (status === 429 || status >= 500) {
    const afterSeconds = retryAfterSeconds(headers['retry-after'], at);
    return {
      kind: 'later',
      reason: `Slack answered ${status}`,
      ...(afterSeconds === undefined ? {} : { afterSeconds }),
    };
  }
  if (status < 200 || status > 299) return { kind: 'error', code: `http_${status}` };
  const body = readJson(result.body);
  if (body?.['ok'] === true) return { kind: 'ok', body, headers };
  const code = body?.['ok'] === false ? textOf(body['error']) : undefined;
  // An error without a plain name is no answer of Slack: something on the way wrote it.
  if (code === undefined || !/^[a-z0-9_]{2,80}$/u.test(code))
    return { kind: 'unheard', reason: 'the answer makes no sense' };
  return { kind: 'error', code };
}

function readJson(body: Uint8Array): Dict | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isDict(value) ? value : undefined;
  } catch (error) {
    // Not JSON or not UTF-8: an answer all the same, of which nothing can be used.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A text below members of an answer. */
export function textAt(body: Dict, ...path: readonly [string, ...string[]]): string | undefined {
  const last = path.at(-1) ?? '';
  let holder: Dict | undefined = body;
  for (const step of path.slice(0, -1)) holder = dictOf(holder?.[step]);
  return textOf(holder?.[last]);
}
