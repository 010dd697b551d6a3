import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameUnits } from '../src/app-pseudonyms.ts';
import { measuredAs } from '../src/assemble.ts';
import { keyedHash } from '../src/lib/hmac.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { habitOfPerson } from '../src/loop/settle.ts';
import type { Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  type House,
  hour,
  leak,
  monday,
  openHouse,
  status,
  testKeys,
} from './support/house.ts';
import { testStores } from './support/stores.ts';

const behaviour = 'secret-in-repository';
const parts = ['habit', behaviour, 'person', 'ana'];
const underEventKey = keyedHash(testKeys.event)(parts);

test('whoever holds the key of events only, or that of measures only, can name no unit', () => {
  const house = { idOf: keyedHash(testKeys.event), pseudonymOf: measuredAs(testKeys.assignment) };
  const unit = habitOfPerson(house, behaviour, 'ana');
  const guesses = [testKeys.event, testKeys.assignment].flatMap((key) => {
    const [hash, named] = [keyedHash(key), measuredAs(key)];
    return [hash(parts), named(hash(parts)), hash([hash(parts)])];
  });
  expect(guesses).not.toContain(unit);
  expect(unit).toBe(measuredAs(testKeys.assignment)(underEventKey));
});

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`units that stand under the key of events, ${name}`, () => {
    let store: Store;
    let house: House;
    let first = '';
    const take = async (...events: Parameters<typeof ingest>[1]['events']) =>
      (
        await ingest(house.parts, {
          source: 'scanner',
          receivedAt: house.clock.now(),
          mode: 'live',
          events,
        })
      ).loops;
    const leaked = (n: number) => {
      const at = house.clock.now() - hour;
      return leak({ at, receivedAt: at, secret: fakeSecret(n), author: 'ana', file: `${n}.py` });
    };
    const unitOf = async (id: string) => (await store.read.loop(loopPrincipal, id))?.loop.habit;

    beforeAll(async () => {
      store = await open();
      house = openHouse({ store });
      [first = ''] = await take(leaked(1));
      await house.settleDown();
      house.clock.pass(hour);
      await take(status({ at: house.clock.now(), secret: fakeSecret(1), validity: 'inactive' }));
    });
    afterAll(() => store?.close());

    test('get the name that measures know them by once, and what comes back is the same habit', async () => {
      const unit = habitOfPerson(house.parts, behaviour, 'ana');
      expect(await unitOf(first)).toBe(unit);
      await store.transaction(async (tx) => {
        await tx.addExits([{ unit, at: monday + 40 * day, reason: 'left' }]);
        await tx.renameUnits([{ old: unit, name: underEventKey }]);
        expect(await tx.unitNames()).toEqual([underEventKey]);
        await tx.saveSetting('units-to-name', true);
      });
      expect(await unitOf(first)).toBe(underEventKey);
      expect(await nameUnits(house.parts)).toBe(1);
      expect(await nameUnits(house.parts)).toBe(0);
      expect(await unitOf(first)).toBe(unit);
      await store.transaction(async (tx) => expect(await tx.unitNames()).toEqual([unit]));
      house.clock.pass(5 * day);
      const [second = ''] = await take(leaked(2));
      expect((await store.read.loop(loopPrincipal, second))?.loop.relapseOf).toBe(first);
    });
  });
}
