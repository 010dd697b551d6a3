import { expect, test } from 'vitest';
import { createSlowDown } from './slow-down.ts';

const keys = { account: 'ana', address: '192.0.2.1' };

test('a few mistakes cost nothing, then each costs twice as much', () => {
  const slow = createSlowDown();
  const waits: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    waits.push(slow.wait(keys, 0));
    slow.failed(keys, 0);
  }
  expect(waits).toEqual([0, 0, 0, 1, 2, 4]);
  expect(slow.wait(keys, 8_000)).toBe(0);
});

test('nobody is locked out: an account that many guess at is open again after half a minute', () => {
  const slow = createSlowDown();
  for (let n = 0; n < 1000; n += 1) slow.failed({ account: 'ana', address: `a${n}` }, 0);
  expect(slow.wait({ account: 'ana', address: 'her own' }, 0)).toBe(30);
  expect(slow.wait({ account: 'ana', address: 'her own' }, 30_000)).toBe(0);
});

test('an address that guesses at many accounts waits longer, and a right password does not clear it', () => {
  const slow = createSlowDown();
  for (let n = 0; n < 30; n += 1) slow.failed({ account: `a${n}`, address: 'one' }, 0);
  slow.succeeded({ account: 'own', address: 'one' });
  expect(slow.wait({ account: 'own', address: 'one' }, 0)).toBe(300);
  expect(slow.wait({ account: 'own', address: 'another' }, 0)).toBe(0);
});

test('what was tried an hour ago counts no more', () => {
  const slow = createSlowDown();
  for (let n = 0; n < 9; n += 1) slow.failed(keys, 0);
  slow.failed(keys, 3_600_001);
  expect(slow.wait(keys, 3_600_001)).toBe(0);
});

test('a flood of names and addresses, an attempt each, frees nobody who waits', () => {
  const slow = createSlowDown();
  const root = { account: 'root', address: undefined };
  for (let n = 0; n < 8; n += 1) slow.failed(root, 0);
  expect(slow.wait(root, 0)).toBeGreaterThan(1);
  for (let n = 0; n < 25_000; n += 1)
    slow.failed({ account: `name ${n}`, address: `10.0.${n >> 8}.${n & 255}` }, 0);
  expect(slow.wait(root, 0)).toBeGreaterThan(1);
});
