import type { Context, MiddlewareHandler } from 'hono';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';

export type RateLimit = {
  /** Stands in the error, so that whoever meets it can find it. */
  readonly name: string;
  /** How many at once. */
  readonly burst: number;
  readonly perMinute: number;
};

export type RateLimiter = {
  /** Takes one and gives 0, or gives the whole seconds until there is one again. */
  take(key: string, now: number): number;
};

/** Keys kept at once, some 2 MB. An attacker with more addresses than this meets the limits behind the door. */
export const rateKeysMax = 20_000;

type Bucket = { readonly tokens: number; readonly at: number };

/** One token bucket a key, in memory, bounded. Each process counts for itself. */
export function createRateLimiter(limit: RateLimit, keysMax: number = rateKeysMax): RateLimiter {
  const buckets = new LRUCache<string, Bucket>({ max: keysMax });
  const perMs = limit.perMinute / 60_000;
  return {
    take(key, now) {
      const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now };
      // The clock may jump back: no time has passed then.
      const tokens = Math.min(limit.burst, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
      const isTaken = tokens >= 1;
      buckets.set(key, { tokens: isTaken ? tokens - 1 : tokens, at: now });
      return isTaken ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
    },
  };
}

/** Answers 429 with `Retry-After` when the key has used up its share. Error: `rate-limited`. */
export function rateLimit(options: {
  readonly limit: RateLimit;
  readonly clock: Clock;
  /** What is counted together: an address, a token's id. Undefined: not counted. */
  readonly keyOf: (c: Context) => string | undefined;
}): MiddlewareHandler {
  const limiter = createRateLimiter(options.limit);
  return async (c, next) => {
    const key = options.keyOf(c);
    const waitSeconds = key === undefined ? 0 : limiter.take(key, options.clock.now());
    if (waitSeconds > 0) {
      c.header('Retry-After', String(waitSeconds));
      throw new AppError('rate-limited', `Limit ${options.limit.name}: try again in ${waitSeconds} s.`);
    }
    await next();
  };
}
