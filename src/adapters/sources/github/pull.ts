import { commitHash } from '../../../core/repository-name.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { retryAfterSeconds } from '../../../lib/http-fetch/retry-after.ts';
import { instantOf } from '../../../lib/instant.ts';
import { limits } from '../../../lib/limits.ts';
import { parseBody } from '../../../lib/records/parse-body.ts';
import type { PullAnswer, PullCursors, Pulled, PullTools } from '../../../ports/source.ts';

/** Pages of one list: 100 alerts each. A repository with more than 100,000 alerts is not read to its end. */
export const pagesMax = 1000;
/** Pages of the locations of one alert. */
export const locationPagesMax = 10;
/** Tries of one request while GitHub asks to wait. */
export const triesMax = 5;
/** GitHub's longest limit ends within the hour. */
const waitSecondsMax = 3600;
/** The clock of a server and the time in its index differ a little: this much is read again. */
const overlapMs = 5 * 60 * 1000;

export type GithubPull = PullTools & {
  /** `https://api.github.com`, or `https://<host>/api/v3` of an own server. */
  readonly baseUrl: string;
  readonly token: string;
  /** `owner/name`. */
  readonly repositories: readonly string[];
  /** For each repository the newest `updated_at` that was read, epoch milliseconds. */
  readonly cursors: PullCursors;
};

type Answer =
  | { readonly kind: 'list'; readonly list: readonly unknown[]; readonly next: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean };

/**
 * Reads the alerts of repositories, newest change first, back to the cursor. A refused token ends the pull
 * (https://docs.github.com/en/rest/secret-scanning/secret-scanning). The next page is followed only on the same
 * origin: the token goes nowhere else.
 */
export async function* pullAlerts(pull: GithubPull): AsyncGenerator<Pulled, void, undefined> {
  for (const repository of pull.repositories) {
    const isName =
      /^[\w.-]{1,100}\/[\w.-]{1,100}$/u.test(repository) && !/(?:^|\/)\.{1,2}(?:\/|$)/u.test(repository);
    if (!isName) {
      yield { kind: 'failed', part: repository, reason: 'not a repository name: write owner/name' };
      continue;
    }
    const end = yield* pullRepository(pull, repository);
    if (end === 'stop') return;
  }
}

async function* pullRepository(
  pull: GithubPull,
  repository: string,
): AsyncGenerator<Pulled, 'stop' | 'next', undefined> {
  const base = `${pull.baseUrl.replace(/\/+$/u, '')}/repos/${repository}/secret-scanning/alerts`;
  const known = pull.cursors[repository];
  const since = typeof known === 'number' ? known : undefined;
  let newest = since;
  let url: string | undefined = `${base}?per_page=100&sort=updated&direction=desc`;
  for (let page = 0; url !== undefined && page < pagesMax; page++) {
    const answer: Answer = await ask(pull, url);
    if (answer.kind === 'failed') {
      yield { kind: 'failed', part: repository, reason: answer.reason };
      return answer.isFinal ? 'stop' : 'next';
    }
    const alerts = answer.list
      .filter(isDict)
      .map((alert) => ({ repository: { full_name: repository }, ...alert }));
    const changed = alerts.filter((alert) => isSince(alert, since));
    for (const alert of changed) newest = later(newest, changedAt(alert));
    if (changed.length > 0) yield { kind: 'records', part: repository, records: changed };
    for (const alert of changed) {
      const locations = await locationsOf(pull, base, alert);
      if (locations.length > 0) yield { kind: 'records', part: repository, records: locations };
    }
    url = changed.length < alerts.length ? undefined : answer.next;
  }
  yield { kind: 'done', part: repository, cursor: newest ?? null };
  return 'next';
}

/**
 * The further places of an alert, in the shape of `secret_scanning_alert_location` deliveries. Older servers list no
 * place at all with the alert.
 */
async function locationsOf(pull: GithubPull, base: string, alert: Dict): Promise<readonly unknown[]> {
  const number = alert.number;
  const first = dictOf(alert.first_location_detected);
  const isEnough = commitHash(textOf(first?.commit_sha)) !== undefined && alert.has_more_locations !== true;
  if (isEnough || typeof number !== 'number' || !Number.isSafeInteger(number)) return [];
  const records: unknown[] = [];
  let url: string | undefined = `${base}/${number}/locations?per_page=100`;
  for (let page = 0; url !== undefined && page < locationPagesMax; page++) {
    const answer: Answer = await ask(pull, url);
    // The alert itself was read: without its places it is a case all the same.
    if (answer.kind === 'failed') return records;
    for (const location of answer.list)
      records.push({ action: 'created', alert, location, repository: alert.repository });
    url = answer.next;
  }
  return records;
}

async function ask(pull: GithubPull, url: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const result = await pull.fetch({
      url,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${pull.token}`,
        'user-agent': 'foldback',
        'x-github-api-version': '2022-11-28',
      },
      responseBytesMax: limits.bodyBytesMax,
    });
    if (result.kind !== 'ok') return { kind: 'failed', reason: result.reason, isFinal: false };
    if (result.status === 200) return listIn(result.body, url, result.headers.link);
    const waitSeconds = waitFor(result, pull.now());
    if (waitSeconds === undefined || tries >= triesMax) {
      return { kind: 'failed', reason: reasonOf(result.status), isFinal: result.status === 401 };
    }
    await pull.wait(waitSeconds * 1000);
  }
}

function listIn(body: Uint8Array, url: string, link: string | undefined): Answer {
  const parsed = parseBody(body);
  if (!parsed.ok || !Array.isArray(parsed.value)) {
    return { kind: 'failed', reason: 'the answer is not a list of alerts', isFinal: false };
  }
  return { kind: 'list', list: parsed.value, next: nextPage(link, url) };
}

/** Seconds that GitHub asks to wait: 429 and 503, and 403 when a limit was reached. Undefined for other answers. */
function waitFor(answer: Extract<PullAnswer, { kind: 'ok' }>, now: number): number | undefined {
  const { status, headers } = answer;
  const isSpent = headers['x-ratelimit-remaining'] === '0';
  const isLimit =
    status === 429 || status === 503 || (status === 403 && (isSpent || headers['retry-after'] !== undefined));
  if (!isLimit) return undefined;
  const reset = Number(headers['x-ratelimit-reset']);
  const untilReset = isSpent && Number.isFinite(reset) ? Math.ceil(reset - now / 1000) : undefined;
  const seconds = retryAfterSeconds(headers['retry-after'], now) ?? untilReset ?? 60;
  return seconds > waitSecondsMax ? undefined : Math.max(1, seconds);
}

/** The page after this one (RFC 8288), if it is on the same origin. */
export function nextPage(link: string | undefined, url: string): string | undefined {
  for (const part of (link ?? '').slice(0, 8192).split(',')) {
    const match = /^\s*<([^<>]*)>\s*;(?:[^,]*;)?\s*rel="?next"?/iu.exec(part);
    if (match?.[1] === undefined || !URL.canParse(match[1], url)) continue;
    const next = new URL(match[1], url);
    return next.origin === new URL(url).origin && next.username === '' ? next.href : undefined;
  }
  return undefined;
}

function reasonOf(status: number): string {
  if (status === 401) return 'GitHub refused the token (401)';
  if (status === 403 || status === 404) return `not found, or the token may not read its alerts (${status})`;
  return `GitHub answered ${status}`;
}

function changedAt(alert: Dict): number | undefined {
  return instantOf(alert.updated_at) ?? instantOf(alert.created_at);
}

function isSince(alert: Dict, since: number | undefined): boolean {
  const at = instantOf(alert.updated_at);
  return since === undefined || at === undefined || at >= since - overlapMs;
}

function later(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.max(left, right);
}
