import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pseudonymsOf } from '../../src/loop/experiments/pseudonyms.ts';
import { registerExperiment, startExperiment, stopExperiment } from '../../src/loop/experiments/register.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, type House, hour, monday, openHouse, testClock } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { crowd, leakOf, trialDocument } from './trial.ts';

const people = crowd(60);
const names = people.map(({ id }) => id);
const delivery = { perPersonPerDayMax: 50 };

async function running(house: House, over: Parameters<typeof trialDocument>[0] = {}): Promise<void> {
  const document = trialDocument(over);
  const registered = await registerExperiment(house.parts, document, { id: 'p1', name: 'Ana' });
  expect(registered).toMatchObject({ kind: 'registered' });
  expect(await startExperiment(house.parts, document.id, { id: 'p2', name: 'Ben' }, true)).toMatchObject({
    kind: 'started',
  });
}

const armsOf = async (store: Store, id = 'check-first') =>
  new Map((await store.read.followedUnits(loopPrincipal, id)).map(({ unit, arm }) => [unit, arm]));

/** Arms by person. */
async function armsByName({ parts }: House): Promise<ReadonlyMap<string, string | undefined>> {
  const row = await parts.store.read.experiment(loopPrincipal, 'check-first');
  const nameOf = row === undefined ? undefined : pseudonymsOf(parts, row);
  const arms = await armsOf(parts.store);
  return new Map(names.map((name) => [name, arms.get(nameOf?.('person', name) ?? '')]));
}

describe.each(testStores())('assignment, $name', ({ skip, open }) => {
  let store: Store;
  let other: Store;
  beforeAll(async () => {
    if (skip !== undefined) return;
    [store, other] = [await open(), await open()];
  });
  afterAll(async () => {
    await store?.close();
    await other?.close();
  });

  test.skipIf(skip !== undefined)(
    'nobody is assigned while nothing runs, and the usual words are sent',
    async () => {
      const house = openHouse({ store, people, delivery });
      await leakOf(house, names.slice(0, 3), monday);
      await house.settleDown();
      const sent = await store.read.messages(loopPrincipal, { limit: 10 });
      expect(sent.items).toHaveLength(3);
      expect(sent.items.map(({ variant, experiment }) => [variant, experiment])).toEqual(
        sent.items.map(() => [undefined, undefined]),
      );
      expect((await armsOf(store)).size).toBe(0);
    },
  );

  test.skipIf(skip !== undefined)(
    'each person is assigned once, with the shares of that moment, and gets the words of their arm',
    async () => {
      const house = openHouse({ store, people, delivery });
      house.clock.set(monday + day);
      await running(house);
      await leakOf(house, names, monday + day);
      await house.settleDown();
      const first = await store.read.followedUnits(loopPrincipal, 'check-first');
      expect(first).toHaveLength(60);
      expect(new Set(first.map(({ arm }) => arm))).toEqual(new Set(['usual', 'check-first']));
      expect(first[0]).toMatchObject({
        shares: [0.5, 0.5],
        assignedAt: monday + day,
        taxonomy: 'secret-in-repository@1',
        team: 'blue',
      });
      expect(JSON.stringify(first)).not.toContain('person-');
      const messages = (await store.read.messages(loopPrincipal, { limit: 200 })).items.filter(
        ({ experiment }) => experiment === 'check-first',
      );
      expect(messages).toHaveLength(60);
      const arms = new Map(first.map(({ unit, arm }) => [unit, arm]));
      for (const { unit, variant, snapshot } of messages) {
        expect(variant).toBe(arms.get(unit ?? ''));
        expect(snapshot).toMatchObject({ version: `secret-in-repository@1/${variant}` });
      }
      house.clock.pass(2 * day);
      await leakOf(house, names.slice(0, 10), monday + 3 * day);
      await house.settleDown();
      expect(await armsOf(store)).toEqual(arms);
    },
  );

  test.skipIf(skip !== undefined)(
    'the same people get the same arms in any order, after a restart and beside other experiments',
    async () => {
      const backwards = [...names].reverse();
      const half = openHouse({ store: other, people, delivery, clock: testClock(monday + 5 * day) });
      await running(half);
      await leakOf(half, backwards.slice(0, 30), monday + 5 * day);
      await half.settleDown();
      const again = openHouse({ store: other, people, delivery, clock: testClock(monday + 6 * day) });
      await running(again, {
        id: 'practice-mail',
        behaviour: 'clicked-simulated-phish',
        arms: [
          { id: 'usual', share: 0.2, holdOut: true },
          { id: 'told', share: 0.8, message: 'usual' },
        ],
        approvedBy: 'person-2',
      });
      await leakOf(again, backwards.slice(30), monday + 6 * day);
      await again.settleDown();
      expect(await armsByName(again)).toEqual(await armsByName(openHouse({ store, people, delivery })));
      // Under a salt of its own nothing of one experiment is found again in another.
      const [one, two] = [await armsOf(other), await armsOf(store)];
      expect([...one.keys()].filter((unit) => two.has(unit))).toEqual([]);
    },
  );

  test.skipIf(skip !== undefined)('history enters no experiment, released or not', async () => {
    const before = await armsOf(store);
    const late = [...crowd(70)].slice(60);
    const house = openHouse({ store, people: late, delivery, clock: testClock(monday + 10 * day) });
    const ids = late.map(({ id }) => id);
    await leakOf(house, ids, monday, { receivedAt: monday + 10 * day });
    await house.settleDown();
    expect(await armsOf(store)).toEqual(before);
  });

  test.skipIf(skip !== undefined)(
    'nobody is assigned after the stop, and who was keeps their words',
    async () => {
      const house = openHouse({ store, people: crowd(70), delivery, clock: testClock(monday + 12 * day) });
      const before = await armsOf(store);
      expect(
        await stopExperiment(house.parts, 'check-first', { id: 'p2', name: 'Ben' }, 'enough'),
      ).toMatchObject({
        kind: 'stopped',
      });
      await leakOf(house, ['person-65', 'person-1'], monday + 12 * day);
      await house.settleDown();
      expect(await armsOf(store)).toEqual(before);
    },
  );

  test.skipIf(skip !== undefined)('two workers at once assign each person once', async () => {
    const house = openHouse({
      store: other,
      people: crowd(90),
      delivery,
      clock: testClock(monday + 8 * day + hour),
    });
    await leakOf(
      house,
      crowd(90)
        .slice(60)
        .map(({ id }) => id),
      monday + 8 * day + hour,
    );
    const twin = openHouse({ store: other, people: crowd(90), delivery, clock: house.clock });
    await Promise.all([house.settleDown(), twin.settleDown()]);
    expect((await armsOf(other)).size).toBe(90);
  });
});
