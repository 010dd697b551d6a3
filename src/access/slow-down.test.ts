import { expect, test } from 'vitest';
import { type Attempts, accountWaitMsMax, addressWaitMsMax, oneMore, waitMs } from './slow-down.ts';

function failedTimes(n: number, at = 0): Attempts | undefined {
  let attempts: Attempts | undefined;
  for (let one = 0; one < n; one += 1) attempts = oneMore(attempts, at);
  return attempts;
}

test('a few mistakes cost nothing, then each costs twice as much', () => {
  const waits = [0, 1, 2, 3, 4, 5].map((n) => waitMs(failedTimes(n), 0, accountWaitMsMax));
  expect(waits).toEqual([0, 0, 0, 1_000, 2_000, 4_000]);
  expect(waitMs(failedTimes(6), 8_000, accountWaitMsMax)).toBe(0);
});

test('nobody is locked out: an account that many guess at is open again after half a minute', () => {
  const many = failedTimes(1_000);
  expect(waitMs(many, 0, accountWaitMsMax)).toBe(30_000);
  expect(waitMs(many, 30_000, accountWaitMsMax)).toBe(0);
});

test('an address waits longer than an account', () => {
  expect(waitMs(failedTimes(30), 0, addressWaitMsMax)).toBe(300_000);
});

test('what was tried an hour ago counts no more', () => {
  const later = oneMore(failedTimes(9), 3_600_001);
  expect(later.failures).toBe(1);
  expect(waitMs(failedTimes(9), 3_600_001, accountWaitMsMax)).toBe(0);
});
