import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store, StoreWrite } from '../../src/ports/store.ts';
import { testStores } from '../support/stores.ts';
import { cloudEvent } from './cloud-event.ts';
import { type Doors, openDoors } from './doors.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(
    `many small deliveries at once over the ${kind.name} store`,
    () => {
      let store: Store;
      let doors: Doors;
      let token: string;
      beforeAll(async () => {
        store = await kind.open();
        doors = openDoors({ store });
        token = await doors.token(['events:write']);
      });
      afterAll(() => store?.close());

      const eventsStored = async () => (await store.read.totals(loopPrincipal)).events;

      test('are each answered with their own counts', async () => {
        const posts = Array.from({ length: 60 }, (_, n) => {
          // Every third one repeats the one before it.
          const id = `many-${n % 3 === 2 ? n - 1 : n}`;
          return doors.ask('/v1/events', {
            token,
            json: cloudEvent(id, { repository: 'acme/many', file: id, line: 1 }),
          });
        });
        const answers = await Promise.all(posts);
        expect(answers.every(({ status }) => status === 202)).toBe(true);
        const accepted = answers.reduce((sum, { json }) => sum + Number(json.accepted), 0);
        const duplicates = answers.reduce((sum, { json }) => sum + Number(json.duplicates), 0);
        expect([accepted, duplicates]).toEqual([40, 20]);
      });

      test('share transactions', async () => {
        let transactions = 0;
        const counted: Store = {
          ...store,
          transaction: (work) => {
            transactions += 1;
            return store.transaction(work);
          },
        };
        const many = openDoors({ store: counted });
        await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            many.ask('/v1/events', { token, json: cloudEvent(`shared-${n}`) }),
          ),
        );
        expect(transactions).toBeLessThan(25);
      });

      test('do not fail for one another’s sake, and what failed is stored nowhere', async () => {
        const poisoned = failing(store, 'poison');
        const many = openDoors({ store: poisoned });
        const before = await eventsStored();
        const ids = ['good-1', 'poison', 'good-2', 'good-3'];
        const answers = await Promise.all(
          ids.map((id) =>
            many.ask('/v1/events', {
              token,
              json: cloudEvent(id, { repository: 'acme/poison', file: id, line: 3 }),
            }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual([202, 500, 202, 202]);
        expect(await eventsStored()).toBe(before + 3);
        expect(answers[1]?.text).not.toContain('the disk is full');
        expect(many.logged.join('')).toContain('the disk is full');
        const listed = await store.read.loops(loopPrincipal, { repository: 'acme/poison', limit: 10 });
        expect(listed.items.map((row) => row.facts.kept[0]?.where.file).sort()).toEqual([
          'good-1',
          'good-2',
          'good-3',
        ]);

        const repeated = await doors.ask('/v1/events', {
          token,
          json: cloudEvent('poison', { repository: 'acme/poison', file: 'poison', line: 3 }),
        });
        expect(repeated.json).toEqual({ accepted: 1, duplicates: 0 });
      });
    },
  );
}

/** A store that fails at the last step of a transaction which holds an event of this file. */
function failing(store: Store, file: string): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        let isPoisoned = false;
        const watched: StoreWrite = {
          ...tx,
          insertEvents: (events) => {
            isPoisoned ||= JSON.stringify(events).includes(`"${file}"`);
            return tx.insertEvents(events);
          },
          addCounters: async (counters) => {
            await tx.addCounters(counters);
            if (isPoisoned) throw new Error('the disk is full');
          },
        };
        return work(watched);
      }),
  };
}
