import { lookup } from 'node:dns/promises';
import type { Pool } from 'undici';
import { errorCode, exchange, type HttpResult, pinnedPool, stopReason } from './http-fetch/exchange.ts';
import {
  checkAddresses,
  checkHeaders,
  checkTarget,
  isLiteral,
  listedOrigin,
  type Target,
} from './http-fetch/target.ts';

export type { HttpResult } from './http-fetch/exchange.ts';
export { retryAfterSeconds, retryAfterSecondsMax } from './http-fetch/retry-after.ts';

/**
 * The only way out by HTTP. https to public addresses; everything else where the operator listed the origin. The
 * name is resolved once and the connection goes to what was checked, so that a name that changes its address
 * between the check and the call (DNS rebinding) gains nothing. Expected outcomes are values; nothing is repeated.
 */
export type HttpFetch = {
  (request: HttpRequest): Promise<HttpResult>;
  /** Resolves and checks an address without connecting; a reason when it would not be called now. */
  check(url: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Ends the kept connections; requests under way are completed. */
  close(): Promise<void>;
};

export type HttpRequest = {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything from the name to the last byte. */
  readonly timeoutMs?: number;
  readonly responseBytesMax?: number;
  /** What an answer above `responseBytesMax` is: a failure, or an answer that ends there. */
  readonly oversize?: 'fail' | 'cut';
  /** Redirects to the same origin that GET and HEAD follow. Any other redirect is an answer like others. */
  readonly redirectsMax?: number;
  readonly signal?: AbortSignal;
};

export type HttpPolicy = {
  /** Origins such as `http://127.0.0.1:9000` where http, another port and a private address are allowed. */
  readonly allowOrigins?: readonly string[];
  /** Further certificate authorities, PEM. */
  readonly ca?: string;
  readonly connectTimeoutMs?: number;
  /** All addresses of a name, in the order to try. The system's resolver unless given. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
};

const timeoutMsDefault = 15_000;
const connectTimeoutMsDefault = 5_000;
const responseBytesMaxDefault = 1_048_576;
const redirectsMaxEver = 5;
// Kept pools: above this the oldest is closed. A deployment calls few hosts.
const poolsMax = 64;

/** Throws a TypeError when an entry of `allowOrigins` is no origin. */
export function createHttpFetch(policy: HttpPolicy = {}): HttpFetch {
  const listed = new Set((policy.allowOrigins ?? []).map(listedOrigin));
  const resolve = policy.resolve ?? systemAddresses;
  const pools = new Map<string, Pool>();

  function poolFor(origin: string, addresses: readonly string[]): Pool {
    const key = `${origin} ${addresses.toSorted().join(' ')}`;
    const kept = pools.get(key);
    const pool =
      kept ??
      pinnedPool(origin, addresses, {
        connectTimeoutMs: policy.connectTimeoutMs ?? connectTimeoutMsDefault,
        ...(policy.ca === undefined ? {} : { ca: policy.ca }),
      });
    pools.delete(key);
    pools.set(key, pool);
    const oldest = pools.size > poolsMax ? pools.entries().next().value : undefined;
    if (oldest !== undefined) {
      pools.delete(oldest[0]);
      void oldest[1].close();
    }
    return pool;
  }

  async function locate(url: string, signal: AbortSignal): Promise<Place | HttpResult> {
    const target = checkTarget(url, listed);
    if ('kind' in target) return target;
    const found = isLiteral(target.host) ? [target.host] : await resolved(resolve(target.host), signal);
    if (typeof found === 'string') return { kind: 'failed', phase: 'connect', reason: found };
    const addresses = checkAddresses(found, target.isListed);
    return 'kind' in addresses ? addresses : { target, addresses };
  }

  async function once(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    const badHeader = checkHeaders(request.headers ?? {});
    if (badHeader !== undefined) return badHeader;
    const place = await locate(request.url, signal);
    if ('kind' in place) return place;
    const { target, addresses } = place;
    return exchange(poolFor(target.url.origin, addresses), {
      method: request.method ?? 'GET',
      path: `${target.url.pathname}${target.url.search}`,
      // Compressed answers would have to be unpacked under a ratio limit; none is needed.
      headers: { 'accept-encoding': 'identity', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      responseBytesMax: request.responseBytesMax ?? responseBytesMaxDefault,
      oversize: request.oversize ?? 'fail',
      signal,
    });
  }

  async function fetchOnce(request: HttpRequest): Promise<HttpResult> {
    const deadline = AbortSignal.timeout(request.timeoutMs ?? timeoutMsDefault);
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    const follows = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
    const redirectsMax = follows ? Math.min(request.redirectsMax ?? 0, redirectsMaxEver) : 0;
    let url = request.url;
    for (let redirects = 0; ; redirects += 1) {
      const result = await once({ ...request, url }, signal);
      const next = redirects < redirectsMax ? redirectOf(result, url) : undefined;
      if (next === undefined) return result;
      if (new URL(next).origin !== new URL(url).origin) {
        return { kind: 'blocked', reason: 'the answer redirects to another host' };
      }
      url = next;
    }
  }

  return Object.assign(fetchOnce, {
    async check(url: string, signal?: AbortSignal) {
      const place = await locate(url, signal ?? AbortSignal.timeout(timeoutMsDefault));
      return 'kind' in place && place.kind !== 'ok' ? place.reason : undefined;
    },
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.close()));
    },
  });
}

type Place = { readonly target: Target; readonly addresses: readonly string[] };

export async function systemAddresses(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map((found) => found.address);
}

/** The addresses, or a reason as text. A resolver that never answers is left behind at the deadline. */
async function resolved(
  lookup: Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<readonly string[] | string> {
  const stopped = Promise.withResolvers<string>();
  const stop = (): void => stopped.resolve(stopReason(signal));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([lookup, stopped.promise]);
  } catch (error) {
    return `the name does not resolve (${errorCode(error)})`;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function redirectOf(result: HttpResult, base: string): string | undefined {
  if (result.kind !== 'ok' || ![301, 302, 303, 307, 308].includes(result.status)) return undefined;
  const location = result.headers.location;
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).href : undefined;
}
