import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { release } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { MessageRow, Store } from '../src/ports/store.ts';
import { day, fakeSecret, type House, hour, leak, monday, openHouse, personOf } from './support/house.ts';
import { testStores } from './support/stores.ts';

/** The whole measure is 100,000 findings of 300 owners; the suite runs a tenth of it. */
const findings = Number(process.env['FOLDBACK_SCALE_FINDINGS'] ?? 10_000);
const owners = Number(process.env['FOLDBACK_SCALE_OWNERS'] ?? 30);
const chunk = 1000;

const people = Array.from({ length: owners }, (_, n) =>
  personOf(`p${n}`, { team: n % 3 === 0 ? 'red' : 'blue' }),
);

for (const kind of testStores().filter(({ name }) => name === 'postgres')) {
  describe.skipIf(kind.skip !== undefined)(`history of ${findings} findings and ${owners} owners`, () => {
    let store: Store;
    let house: House;
    beforeAll(async () => {
      store = await kind.open();
      house = openHouse({ store, people });
    });
    afterAll(() => store?.close());

    const allMessages = async (): Promise<readonly MessageRow[]> => {
      const found: MessageRow[] = [];
      let after: string | undefined;
      do {
        const page = await store.read.messages(loopPrincipal, {
          limit: 200,
          ...(after === undefined ? {} : { after }),
        });
        found.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return found;
    };

    test('says nothing while it is imported', async () => {
      for (let start = 0; start < findings; start += chunk) {
        const events = Array.from({ length: Math.min(chunk, findings - start) }, (_, n) => {
          const number = start + n;
          return leak({
            at: monday - 30 * day - number,
            receivedAt: monday,
            secret: fakeSecret(1_000_000 + number),
            author: `p${number % owners}`,
            file: `f${number}.py`,
          });
        });
        await ingest(house.parts, { source: 'scanner', receivedAt: monday, mode: 'history', events });
      }
      await house.settleDown();
      expect(await allMessages()).toEqual([]);
    });

    test('released for one team, says at most one thing a person and day, and what is live goes first', async () => {
      const released = await release(house.parts, loopPrincipal, { team: 'red' });
      const ofRed = Array.from({ length: findings }, (_, n) => n % owners).filter((owner) => owner % 3 === 0);
      expect(released).toBe(ofRed.length);
      const live = leak({ at: monday, secret: fakeSecret(999_999), author: 'p1', file: 'live.py' });
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [live],
      });
      await house.settleDown();
      const first = await allMessages();
      const urgent = (await store.read.loop(loopPrincipal, taken.loops[0] ?? ''))?.messages ?? [];
      expect(urgent.map(({ state }) => state)).toEqual(['accepted']);
      expect(first.filter(({ sentAt }) => (sentAt ?? 0) < (urgent[0]?.sentAt ?? 0))).toEqual([]);
      for (let passed = 0; passed < 2; passed += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      const said = (await allMessages()).filter(({ lane }) => lane === 2);
      const perDay = Map.groupBy(
        said,
        ({ to, createdAt }) => `${to.id} ${Math.floor((createdAt - 10 * hour) / day)}`,
      );
      expect(Math.max(...[...perDay.values()].map((messages) => messages.length))).toBe(1);
      expect(new Set(said.map(({ to }) => people.find(({ id }) => id === to.id)?.team))).toEqual(
        new Set(['red']),
      );
      expect(said.length).toBe(3 * people.filter(({ team }) => team === 'red').length);
    });
  });
}
