import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingest } from '../src/loop/ingest.ts';
import type { DeliverySettings } from '../src/loop/parts.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  hour,
  leak,
  openHouse,
  personOf,
  testClock,
  testDelivery,
} from './support/house.ts';
import { testStores } from './support/stores.ts';

let salt = 12_000;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`the attention budget over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    const open = (delivery: Partial<DeliverySettings>, isForTeams = false) => {
      salt += 1;
      const said: Delivery[] = [];
      const channel: Channel = {
        id: 'scripted',
        title: 'Scripted',
        leavesMachine: false,
        reconcile: 'none',
        address: ({ kind: who, id }) => (isForTeams && who === 'person' ? undefined : id),
        checkSetup: async () => [],
        send: async (delivery) => {
          said.push(delivery);
          return { kind: 'accepted' };
        },
      };
      const [ana, team] = [`ana${salt}`, `t${salt}`];
      const house = openHouse({
        store,
        clock: testClock(),
        channels: [channel],
        people: [personOf(ana, { team })],
        teams: [{ id: team, name: team, handles: [`@acme/${team}`] }],
        delivery: { channel: 'scripted', digestLoopsMax: 1, ...delivery },
      });
      const take = async (n: number, over: Partial<Parameters<typeof leak>[0]> = {}) => {
        const at = house.clock.now();
        const secret = fakeSecret(salt * 100 + n);
        const event = leak({ at: at - hour, receivedAt: at, secret, author: ana, file: `${n}.py`, ...over });
        await ingest(house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events: [event] });
      };
      return { house, said, take, team };
    };

    test('nothing is said on a holiday but what is urgent; the rest is said the next morning', async () => {
      const holidays = new Set(['2026-11-23', '2026-11-24']);
      const { house, said, take } = open({ workingHours: { ...testDelivery.workingHours, holidays } });
      await take(1);
      await house.settleDown();
      expect(said).toEqual([]);
      await take(2, { validity: 'active' });
      await house.settleDown();
      expect(said.length).toBe(1);
      house.clock.set(Date.UTC(2026, 10, 24, 23));
      await house.settleDown();
      expect(said.length).toBe(1);
      house.clock.set(Date.UTC(2026, 10, 25, 8, 1));
      await house.settleDown();
      expect(said.length).toBe(2);
    });

    test('a holiday is of those who work in that country: by the directory, else by the region of their language', async () => {
      salt += 1;
      const said: string[] = [];
      const channel: Channel = {
        id: 'scripted',
        title: 'Scripted',
        leavesMachine: false,
        reconcile: 'none',
        address: ({ id }) => id,
        checkSetup: async () => [],
        send: async ({ recipient }) => {
          said.push(recipient.name);
          return { kind: 'accepted' };
        },
      };
      const who = [
        ['Pia', { country: 'PT' }],
        ['Leo', { language: 'pt-BR' }],
        ['Carla', { country: 'ES-CT' }],
        ['Ines', { country: 'ES-MD', language: 'pt-PT' }],
      ] as const;
      const house = openHouse({
        store,
        clock: testClock(),
        channels: [channel],
        people: who.map(([name, over]) => personOf(`${name.toLowerCase()}${salt}`, { name, ...over })),
        delivery: {
          channel: 'scripted',
          holidays: { PT: ['2026-11-23'], BR: ['2026-11-23'], 'ES-CT': ['2026-11-23'], ES: ['2026-12-08'] },
        },
      });
      const at = house.clock.now();
      const events = who.map(([name], n) =>
        leak({
          at: at - hour,
          receivedAt: at,
          secret: fakeSecret(salt * 100 + n),
          author: `${name.toLowerCase()}${salt}`,
          file: `${name}.py`,
        }),
      );
      await ingest(house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events });
      await house.settleDown();
      expect(said).toEqual(['Ines']);
      house.clock.set(Date.UTC(2026, 10, 24, 9));
      await house.settleDown();
      expect(said.toSorted()).toEqual(['Carla', 'Ines', 'Leo', 'Pia']);
    });

    test('a person who hears nothing more today hears the rest on the days that follow, and nothing twice', async () => {
      const { house, said, take } = open({ perPersonPerDayMax: 2 });
      for (let n = 0; n < 5; n += 1) await take(n);
      await house.settleDown();
      expect(said.length).toBe(2);
      for (let n = 0; n < 3; n += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      const first = said.filter(({ message }) => message.moment === 'told');
      expect(first.length).toBe(5);
      expect(new Set(said.map(({ messageId }) => messageId)).size).toBe(said.length);
    });

    test('the channel of a team has a cap of its own, which urgent words pass', async () => {
      const caps = { perTeamPerDayMax: 2, perPersonPerDayMax: 50 };
      const { house, said, take, team } = open(caps, true);
      for (let n = 0; n < 4; n += 1) await take(n);
      await house.settleDown();
      expect(said.map(({ recipient }) => recipient.id)).toEqual([team, team]);
      await take(9, { validity: 'active' });
      await house.settleDown();
      expect(said.length).toBe(3);
      house.clock.pass(day);
      await house.settleDown();
      expect(said.map(({ recipient }) => recipient.id)).toEqual(Array.from({ length: 5 }, () => team));
    });
  });
}
