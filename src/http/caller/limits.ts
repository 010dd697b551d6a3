import type { Context } from 'hono';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { clientAddress } from '../hardening/client-address.ts';
import { createRateLimiter, type RateLimit, type RateLimiter } from '../hardening/rate-limit.ts';

/**
 * What one sender may do in a while, by name. `checks`, `sign-ins` and `claims` slow down guessing; the codes and
 * tokens themselves cannot be guessed. `refused-tokens` keeps a broken client from asking the store for ever.
 */
export const rateLimits = {
  checks: { name: 'checks', burst: 20, perMinute: 20 },
  'sign-ins': { name: 'sign-ins', burst: 10, perMinute: 6 },
  'person-links': { name: 'person-links', burst: 5, perMinute: 2 },
  claims: { name: 'claims', burst: 20, perMinute: 10 },
  replies: { name: 'replies', burst: 30, perMinute: 30 },
  'refused-tokens': { name: 'refused-tokens', burst: 60, perMinute: 60 },
  'test-messages': { name: 'test-messages', burst: 5, perMinute: 2 },
  backups: { name: 'backups', burst: 6, perMinute: 2 },
  exports: { name: 'exports', burst: 60, perMinute: 60 },
} as const satisfies Record<string, RateLimit>;

export type LimitName = keyof typeof rateLimits;

export type Limits = {
  /** Counts every request of a token, or of an address without one. Errors: `rate-limited`. */
  request(c: Context, caller: Principal | undefined): void;
  /** Counts something of which there may be few. Errors: `rate-limited`. */
  few(c: Context, name: LimitName, caller?: Principal): void;
};

/** @param perMinuteMax requests of one token or address */
export function createLimits(options: {
  readonly clock: Clock;
  readonly perMinuteMax: number;
  readonly trustedProxies: readonly string[];
}): Limits {
  const { clock, perMinuteMax } = options;
  const requests = { name: 'http.requestsPerMinuteMax', burst: perMinuteMax, perMinute: perMinuteMax };
  const limiters = new Map<string, RateLimiter>(
    [...Object.values(rateLimits), requests].map((limit) => [limit.name, createRateLimiter(limit)]),
  );
  const take = (c: Context, name: string, caller: Principal | undefined): void => {
    const key = caller === undefined ? clientAddress(c, options.trustedProxies) : `caller ${caller.id}`;
    // Without a socket, as in a test, there is nobody to count.
    if (key === undefined) return;
    const seconds = limiters.get(name)?.take(key, clock.now()) ?? 0;
    if (seconds === 0) return;
    c.header('Retry-After', String(seconds));
    throw new AppError('rate-limited', `Limit ${name}: try again in ${seconds} s.`);
  };
  return {
    request: (c, caller) => take(c, requests.name, caller),
    few: (c, name, caller) => take(c, name, caller),
  };
}
