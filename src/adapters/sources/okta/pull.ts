import { dictOf, textOf } from '../../../lib/guards.ts';
import { retryAfterSeconds } from '../../../lib/http-fetch/retry-after.ts';
import { instantOf } from '../../../lib/instant.ts';
import { limits } from '../../../lib/limits.ts';
import { parseBody } from '../../../lib/records/parse-body.ts';
import type { PullAnswer, PullCursors, Pulled, PullTools } from '../../../ports/source.ts';

/** Pages of one look, 1,000 events each; what is left waits for the next look. */
export const pagesMax = 1000;
/** Tries of one request while Okta asks to wait. */
export const triesMax = 5;
/** Okta's limits end within the minute; an hour is none of them. */
const waitSecondsMax = 3600;
/** Events may reach the log late: this much is read again, and known by their ids. */
const overlapMs = 10 * 60 * 1000;
/** Okta keeps the log for ninety days. */
const keptMs = 90 * 24 * 60 * 60 * 1000;
const part = 'system-log';

export type OktaPull = PullTools & {
  /** `https://acme.okta.com` */
  readonly baseUrl: string;
  readonly token: string;
  /** The newest `published` that was read, epoch milliseconds. */
  readonly cursors: PullCursors;
};

type Answer =
  | { readonly kind: 'list'; readonly list: readonly unknown[]; readonly next: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Reads the System Log from the cursor up to now, oldest first (`GET /api/v1/logs` with both ends, so that the last page
 * is one). The next page is followed only on the same origin: the token goes nowhere else.
 */
export async function* pullLog(pull: OktaPull): AsyncGenerator<Pulled, void, undefined> {
  const now = pull.now();
  const known = pull.cursors[part];
  let newest = typeof known === 'number' ? known : undefined;
  const since = Math.max(newest === undefined ? 0 : newest - overlapMs, now - keptMs);
  const ends = `since=${iso(since)}&until=${iso(now)}`;
  let url: string | undefined =
    `${pull.baseUrl.replace(/\/+$/u, '')}/api/v1/logs?${ends}&sortOrder=ASCENDING&limit=1000`;
  for (let page = 0; url !== undefined && page < pagesMax; page++) {
    const answer: Answer = await ask(pull, url);
    if (answer.kind === 'failed') {
      yield { kind: 'failed', part, reason: answer.reason };
      return;
    }
    for (const event of answer.list) newest = later(newest, instantOf(dictOf(event)?.published), now);
    if (answer.list.length > 0) yield { kind: 'records', part, records: answer.list };
    // Without both ends Okta would always name a next page, and an empty one is the last.
    url = answer.list.length === 0 ? undefined : answer.next;
  }
  yield { kind: 'done', part, cursor: newest ?? null };
}

async function ask(pull: OktaPull, url: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const result = await pull.fetch({
      url,
      headers: { accept: 'application/json', authorization: `SSWS ${pull.token}`, 'user-agent': 'foldback' },
      responseBytesMax: limits.bodyBytesMax,
    });
    if (result.kind !== 'ok') return { kind: 'failed', reason: result.reason };
    if (result.status === 200) return listIn(result, url);
    const seconds = waitFor(result, pull.now());
    if (seconds === undefined || tries >= triesMax)
      return { kind: 'failed', reason: reasonOf(result.status) };
    await pull.wait(seconds * 1000);
  }
}

function listIn(answer: Extract<PullAnswer, { kind: 'ok' }>, url: string): Answer {
  const parsed = parseBody(answer.body);
  if (!parsed.ok || !Array.isArray(parsed.value))
    return { kind: 'failed', reason: 'the answer is not a list of log events' };
  return { kind: 'list', list: parsed.value, next: nextPage(textOf(answer.headers.link), url) };
}

/** Seconds until the limit ends: `X-Rate-Limit-Reset`, in epoch seconds. Undefined for other answers. */
function waitFor({ status, headers }: Extract<PullAnswer, { kind: 'ok' }>, now: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const reset = Number(headers['x-rate-limit-reset'] ?? Number.NaN);
  const untilReset = Number.isFinite(reset) ? Math.ceil(reset - now / 1000) : undefined;
  const seconds = retryAfterSeconds(headers['retry-after'], now) ?? untilReset ?? 60;
  return seconds > waitSecondsMax ? undefined : Math.max(1, seconds);
}

/** The page after this one (RFC 8288), if it is on the same origin. */
export function nextPage(link: string | undefined, url: string): string | undefined {
  for (const one of (link ?? '').slice(0, 8192).split(/,(?=\s*<)/u)) {
    const match = /^\s*<([^<>]*)>\s*;(?:[^,]*;)?\s*rel="?next"?/iu.exec(one);
    if (match?.[1] === undefined || !URL.canParse(match[1], url)) continue;
    const next = new URL(match[1], url);
    return next.origin === new URL(url).origin && next.username === '' ? next.href : undefined;
  }
  return undefined;
}

function reasonOf(status: number): string {
  if (status === 401) return 'Okta refused the token (401)';
  if (status === 403) return 'the token may not read the System Log (403)';
  return `Okta answered ${status}`;
}

/** A time ahead of the clock would let the next look begin in the future. */
function later(left: number | undefined, right: number | undefined, now: number): number | undefined {
  if (right === undefined) return left;
  return Math.min(now, Math.max(left ?? 0, right));
}

function iso(at: number): string {
  return encodeURIComponent(new Date(at).toISOString());
}
