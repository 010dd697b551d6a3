import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freeAttempts } from '../src/access/slow-down.ts';
import { type Attempts, openAttempts } from '../src/app-attempts.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import type { Store } from '../src/ports/store.ts';
import { testStores } from './support/stores.ts';

const minute = 60_000;

describe.each(testStores())('attempts to sign in, on $name', ({ open, skip }) => {
  const guarded = test.skipIf(skip !== undefined);
  let store: Store;
  let now = 1_800_000_000_000;
  beforeAll(async () => {
    if (skip === undefined) store = await open();
  });
  afterAll(() => store?.close());

  /** One more process on the same store. */
  const process = (name: string, kind: 'password' | 'code' = 'password'): Attempts =>
    openAttempts(
      { store, clock: { now: () => now }, attemptKey: keyedHash(Buffer.from(name.padEnd(32, '.'))) },
      kind,
      30_000,
    );

  guarded('are counted over all processes, and slow down wherever the next one is made', async () => {
    const [one, other] = [process('shared'), process('shared')];
    const aim = { account: 'ana', address: '192.0.2.1' };
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      waits.push(await (n % 2 === 0 ? one : other).take(aim));
      if (n >= freeAttempts) now += 1000 * 2 ** (n - freeAttempts);
    }
    expect(waits).toEqual([0, 0, 0, 1, 0, 0]);
    expect(await other.take(aim)).toBe(0);
    expect(await one.take({ account: 'ana', address: '198.51.100.7' })).toBeGreaterThan(0);
    expect(await process('shared', 'code').take(aim)).toBe(0);
  });

  guarded('at once: as many come through as are free, whatever process they reach', async () => {
    const processes = [process('at once'), process('at once'), process('at once')];
    const aim = { account: 'root', address: undefined };
    const waits = await Promise.all(Array.from({ length: 24 }, (_, n) => processes[n % 3]?.take(aim)));
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(freeAttempts);
  });

  guarded('that were right open the account, and are not held against the address', async () => {
    const attempts = process('right');
    const many = (n: number) => ({ account: `person ${n}`, address: '203.0.113.9' });
    for (let n = 0; n < 3 * freeAttempts; n += 1) {
      expect(await attempts.take(many(n))).toBe(0);
      await attempts.succeeded(many(n));
    }
    for (let n = 0; n < freeAttempts; n += 1) await attempts.take(many(100 + n));
    await attempts.succeeded({ account: 'own', address: 'elsewhere' });
    expect(await attempts.take(many(200))).toBeGreaterThan(0);
  });

  guarded('are forgotten after an hour; a flood of names frees nobody who waits', async () => {
    const attempts = process('flood');
    const root = { account: 'root', address: undefined };
    for (let n = 0; n < freeAttempts + 5; n += 1) {
      await attempts.take(root);
      now += 31_000;
    }
    await attempts.take(root);
    const before = now;
    await store.transaction(async (tx) => {
      const flood = Array.from({ length: 300 }, (_, n) => ({ key: `flood ${n}`, failures: 1, at: now + n }));
      await tx.holdAttempts(flood.map(({ key }) => key));
      await tx.saveAttempts(flood);
      // Few may stay: the oldest of those that do not wait go first.
      await tx.pruneAttempts(now - 60 * minute, freeAttempts, 100);
      const kept = await tx.holdAttempts(flood.map(({ key }) => key));
      expect(kept.filter(({ failures }) => failures > 0).length).toBeLessThanOrEqual(101);
    });
    expect(await attempts.take(root)).toBeGreaterThan(0);
    now = before + 61 * minute;
    expect(await attempts.take(root)).toBe(0);
    now += 61 * minute;
    await process('later').take({ account: 'somebody', address: undefined });
    const left = await store.transaction((tx) => tx.pruneAttempts(now - 60 * minute, freeAttempts, 20_000));
    expect(left).toBe(0);
  });

  guarded('leave nothing in the store that somebody typed', async () => {
    await process('quiet').take({ account: 'my password by mistake', address: '192.0.2.77' });
    let dumped = '';
    for await (const line of store.dump(now)) dumped += line;
    expect(dumped).toContain('access_attempts');
    expect(dumped).not.toMatch(/by mistake|192\.0\.2\.77/u);
  });
});
