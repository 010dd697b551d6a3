import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { release } from '../../src/loop/decide.ts';
import { deliver } from '../../src/loop/deliver.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import type { Channel, Delivery } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, type House, leak, monday, openHouse, personOf } from './house.ts';
import { testStores } from './stores.ts';
import { until } from './until.ts';

const chunk = 1000;
const isRed = (owner: number): boolean => owner % 3 === 0;

/** The tests that a large history stays silent, is released within the budget, and never holds up what is live. */
export function historyNeverShouts(findings: number, owners: number): void {
  const people = Array.from({ length: owners }, (_, n) =>
    personOf(`p${n}`, { team: isRed(n) ? 'red' : 'blue' }),
  );
  const reds = people.filter(({ team }) => team === 'red').map(({ id }) => id);
  for (const kind of testStores().filter(({ name }) => name === 'postgres')) {
    describe.skipIf(kind.skip !== undefined)(`history of ${findings} findings of ${owners} owners`, () => {
      let store: Store;
      let house: House;
      /** In the order in which they were handed over, with the day on the clock of the test. */
      const said: {
        readonly to: string;
        readonly moment: string;
        readonly day: number;
        readonly at: number;
      }[] = [];
      const channel: Channel = {
        id: 'counted',
        title: 'A channel that counts',
        leavesMachine: false,
        reconcile: 'none',
        address: ({ id }) => id,
        checkSetup: async () => [],
        send: async ({ recipient, message }: Delivery) => {
          const today = Math.floor(house.clock.now() / day);
          said.push({ to: recipient.id, moment: message.moment, day: today, at: performance.now() });
          return { kind: 'accepted' };
        },
      };
      beforeAll(async () => {
        store = await kind.open();
        house = openHouse({ store, people, channels: [channel], delivery: { channel: channel.id } });
      });
      afterAll(() => store?.close());

      const old = (n: number): Event =>
        leak({
          at: monday - 30 * day - n,
          receivedAt: monday,
          secret: fakeSecret(4_000_000 + n),
          author: `p${n % owners}`,
          file: `f${n}.py`,
        });
      const takeLive = async (n: number, author: string) => {
        const at = house.clock.now();
        const event = leak({ at, secret: fakeSecret(5_000_000 + n), author, file: `live-${n}.py` });
        const taken = await ingest(house.parts, {
          source: 'scanner',
          receivedAt: at,
          mode: 'live',
          events: [event],
        });
        expect(taken.accepted).toBe(1);
      };

      test('says nothing when it is imported', async () => {
        const beganAt = performance.now();
        for (let start = 0; start < findings; start += chunk) {
          const events = Array.from({ length: Math.min(chunk, findings - start) }, (_, n) => old(start + n));
          await ingest(house.parts, { source: 'scanner', receivedAt: monday, mode: 'history', events });
        }
        process.stdout.write(`imported ${findings} in ${Math.round(performance.now() - beganAt)} ms\n`);
        await house.settleDown();
        expect(said).toEqual([]);
        const counts = await store.read.counts(loopPrincipal);
        expect(counts).toEqual([{ state: 'backlog', behaviour: 'secret-in-repository', n: findings }]);
      }, 600_000);

      test('released for one team, it lets what is live go first', async () => {
        const released = await release(house.parts, loopPrincipal, { team: 'red' });
        expect(released).toBe(Array.from({ length: findings }, (_, n) => n % owners).filter(isRed).length);
        await takeLive(1, 'p1');
        await house.settleDown();
        expect(said[0]).toMatchObject({ to: 'p1', moment: 'told' });
        expect(
          said
            .slice(1)
            .map(({ to }) => to)
            .toSorted(),
        ).toEqual([...reds].toSorted());
      }, 600_000);

      test('says one thing a person and day, day after day, while live messages go at once', async () => {
        const working = new AbortController();
        const work = (async () => {
          while (!working.signal.aborted) {
            await plan(house.parts);
            await deliver(house.parts);
            await pause(5);
          }
        })();
        try {
          for (let passed = 1; passed <= 3; passed += 1) {
            const before = said.length;
            house.clock.pass(day);
            await takeLive(1 + passed, 'p1');
            const acceptedAt = performance.now();
            const live = await until('the live message', () =>
              said.slice(before).find(({ to, moment }) => to === 'p1' && moment === 'told'),
            );
            process.stdout.write(
              `live after ${Math.round(live.at - acceptedAt)} ms beside ${reds.length} digests\n`,
            );
            await until('the digests of the day', () =>
              said.length >= before + 1 + reds.length ? true : undefined,
            );
          }
        } finally {
          working.abort();
          await work;
        }
        await house.settleDown();
        const released = said.filter(({ to }) => to !== 'p1');
        const perDay = Map.groupBy(released, ({ to, day: on }) => `${to} ${on}`);
        expect(Math.max(...[...perDay.values()].map((messages) => messages.length))).toBe(1);
        expect([...new Set(released.map(({ to }) => to))].toSorted()).toEqual([...reds].toSorted());
        expect(released.length).toBe(4 * reds.length);
      }, 600_000);
    });
  }
}
