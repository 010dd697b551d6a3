import { describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { createLog } from '../../src/lib/log.ts';
import { startWorker } from '../../src/worker.ts';
import { installationKinds, testKeySet } from '../support/installation.ts';
import { mailSide, slackSide, webhookSide } from './far-sides.ts';
import { soak } from './soak.ts';

/** Faster, and a lease would be over before a slow machine has done what it claimed. */
const speed = 12;

const [postgres] = installationKinds().filter(({ name }) => name === 'postgres');

/** The short form of `npm run soak`: two workers in this process, on a clock that runs faster, so that waits are short. */
describe.skipIf(postgres === undefined || postgres.skip !== undefined)(
  'a hundred deliveries a channel that fails',
  () => {
    test.for([
      ['slack', slackSide],
      ['webhook', webhookSide],
      ['email', mailSide],
    ] as const)(
      '%s: none doubled, none lost, every uncertain one visible, in order',
      { timeout: 150_000 },
      async ([, openSide]) => {
        if (postgres === undefined) throw new Error('no PostgreSQL');
        const place = await postgres.make();
        const startedAt = Date.now();
        const began = performance.now();
        const clock = { now: () => startedAt + Math.floor((performance.now() - began) * speed) };
        try {
          const figures = await soak({
            place,
            openSide,
            cases: 20,
            seed: 7,
            share: 0.08,
            clock,
            kills: 0,
            minutesMax: 2,
            lookEveryMs: 50,
            begin: async ({ settings }) => {
              const log = createLog({ level: 'silent' });
              const app = await openApp({
                config: place.config(settings),
                keys: testKeySet('soak'),
                log,
                clock,
              });
              const worker = startWorker({ parts: app.parts, sealer: app.sealer, log });
              const stop = async () => {
                await worker.stop();
                await app.close();
              };
              return { stop, kill: stop };
            },
          });
          expect(figures).toMatchObject({ deliveries: 80, doubled: 0, lost: 0, misordered: 0 });
          expect(figures.faults).toBeGreaterThan(0);
          // Whatever did not arrive is shown as uncertain.
          expect(figures.deliveries - figures.arrived).toBeLessThanOrEqual(figures.uncertain);
          if (figures.channel !== 'email') expect(figures.arrived).toBe(figures.deliveries);
        } finally {
          await place.remove();
        }
      },
    );
  },
);
