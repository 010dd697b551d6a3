import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { problemHandlers } from './problem-response.ts';
import { createRateLimiter, rateLimit } from './rate-limit.ts';

const limit = { name: 'reply', burst: 3, perMinute: 6 };

test('a key gets its burst, then one whenever a token has grown back', () => {
  const limiter = createRateLimiter(limit);
  const at = (now: number) => limiter.take('a', now);
  expect([at(0), at(0), at(0), at(0)]).toEqual([0, 0, 0, 10]);
  expect(at(4_000)).toBe(6);
  expect(at(10_000)).toBe(0);
  expect(at(10_000)).toBe(10);
});

test('one key using up its share leaves the others theirs', () => {
  const limiter = createRateLimiter({ ...limit, burst: 1 });
  expect([limiter.take('a', 0), limiter.take('a', 0), limiter.take('b', 0)]).toEqual([0, 10, 0]);
});

test('a clock that jumps back neither locks a key out nor gives it more', () => {
  const limiter = createRateLimiter({ ...limit, burst: 1 });
  expect(limiter.take('a', 1_000_000)).toBe(0);
  expect(limiter.take('a', 0)).toBe(10);
  expect(limiter.take('a', 10_000)).toBe(0);
});

test('memory stays bounded however many keys come', () => {
  const limiter = createRateLimiter({ ...limit, burst: 1 }, 100);
  for (let key = 0; key < 10_000; key += 1) limiter.take(String(key), 0);
  expect(limiter.take('9999', 0)).toBe(10);
  expect(limiter.take('0', 0)).toBe(0);
});

test('the door answers 429 with the time to wait, and counts nothing without a key', async () => {
  const app = new Hono();
  const clock = { now: () => 0 };
  app.use(rateLimit({ limit: { ...limit, burst: 1 }, clock, keyOf: (c) => c.req.header('x-key') }));
  app.get('/', (c) => c.text('in'));
  app.onError(problemHandlers({}).onError);
  const ask = (headers: Record<string, string>) => app.request('/', { headers });
  expect((await ask({ 'x-key': 'a' })).status).toBe(200);
  const refused = await ask({ 'x-key': 'a' });
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '10']);
  expect(await refused.json()).toMatchObject({
    type: '/problems/rate-limited',
    detail: 'Limit reply: try again in 10 s.',
  });
  expect((await ask({})).status).toBe(200);
  expect((await ask({})).status).toBe(200);
});
