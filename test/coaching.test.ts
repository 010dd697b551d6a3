import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { ingest } from '../src/loop/ingest.ts';
import type { DeliverySettings } from '../src/loop/parts.ts';
import { plan } from '../src/loop/plan.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, openHouse, personOf, testClock } from './support/house.ts';
import { practiceClick } from './support/practice-click.ts';
import { testStores } from './support/stores.ts';

let salt = 33_000;
const week = 7 * day;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`coaching in turns over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    const open = (delivery: Partial<DeliverySettings> = {}) => {
      salt += 1;
      const said: (Delivery & { readonly saidAt: number })[] = [];
      const channel: Channel = {
        id: 'scripted',
        title: 'Scripted',
        leavesMachine: false,
        reconcile: 'none',
        address: ({ id }) => id,
        checkSetup: async () => [],
        send: async (delivery) => {
          said.push({ ...delivery, saidAt: house.clock.now() });
          return { kind: 'accepted' };
        },
      };
      const people = ['ana', 'bob', 'cai'].map((name) => `${name}${salt}`);
      const house = openHouse({
        store,
        clock: testClock(),
        channels: [channel],
        people: people.map((id) => personOf(id)),
        delivery: {
          channel: 'scripted',
          perPersonPerDayMax: 50,
          coachingEveryMs: week,
          ...delivery,
        },
      });
      const take = async (...events: readonly Event[]) => {
        await ingest(house.parts, {
          source: 'gophish',
          receivedAt: house.clock.now(),
          mode: 'live',
          events,
        });
        await house.settleDown();
      };
      const click = (person: string, n: number) =>
        practiceClick({ at: house.clock.now(), person, campaign: `${salt}-${n}` });
      const runTo = async (at: number) => {
        while (house.clock.now() < at) {
          house.clock.set(Math.min(at, house.clock.now() + 8 * hour));
          await house.settleDown();
        }
      };
      const firstWords = (person: string) =>
        said.filter(
          ({ recipient, message }) =>
            recipient.id === person && ['told', 'relapse', 'digest', 'asked'].includes(message.moment),
        );
      return { house, people, take, click, runTo, firstWords, said };
    };

    test('a person is coached once in seven days, and what is more is said together at the next turn', async () => {
      const { people, take, click, runTo, firstWords, house } = open();
      const [ana = '', bob = ''] = people;
      const start = house.clock.now();
      await take(click(ana, 1), click(bob, 1));
      for (let n = 2; n < 5; n += 1) {
        await runTo(start + n * day);
        await take(click(ana, n));
      }
      expect([firstWords(ana).length, firstWords(bob).length]).toEqual([1, 1]);
      await runTo(start + 9 * day);
      expect(firstWords(ana).map(({ message }) => message.moment)).toEqual(['told', 'digest']);
      expect(firstWords(ana)[1]?.saidAt).toBeGreaterThanOrEqual(start + week);
      expect(firstWords(ana)[1]?.message.caseCode).toBeDefined();
    });

    test('danger is said at once, whenever somebody was coached, and is no turn of theirs', async () => {
      const { people, take, click, house, said } = open();
      const [ana = ''] = people;
      const at = house.clock.now();
      const dangers = [1, 2].map((n) =>
        leak({
          at: at - hour,
          receivedAt: at,
          secret: fakeSecret(salt * 10 + n),
          author: ana,
          file: `${salt}-${n}.py`,
        }),
      );
      await take(...dangers.slice(0, 1));
      await take(click(ana, 1));
      await take(...dangers.slice(1));
      expect(said.map(({ message }) => message.behaviour)).toEqual([
        'secret-in-repository',
        'clicked-simulated-phish',
        'secret-in-repository',
      ]);
    });

    test('what waits for its turn and turns dangerous waits no longer; what was put off otherwise stays so', async () => {
      const { house, people } = open();
      const now = house.clock.now();
      const [ana = ''] = people;
      const waiting = (n: number, over: object) => ({
        loop: house.parts.idOf(['a loop', ana, String(n)]),
        occasion: 'first:0',
        moment: 'told' as const,
        behaviour: 'clicked-simulated-phish',
        to: { kind: 'person' as const, id: ana },
        lane: 1,
        dueAt: now + week,
        ...over,
      });
      const due = await store.transaction(async (tx) => {
        const loops = [1, 2].map((n) => waiting(n, {}).loop);
        await tx.replaceWants(loops, [waiting(1, { isCoaching: true }), waiting(2, {})]);
        await tx.replaceWants(loops, [waiting(1, { dueAt: now }), waiting(2, { dueAt: now })]);
        const claimed = await tx.claimDueWants(now, { live: 200, released: 10 }, 50);
        await tx.replaceWants(loops, []);
        return claimed.filter(({ to }) => to.id === ana).map(({ loop }) => loop);
      });
      expect(due).toEqual([waiting(1, {}).loop]);
    });

    test('several workers at once coach nobody twice', async () => {
      const { house, people, click, firstWords } = open({ digestLoopsMax: 1 });
      const [ana = ''] = people;
      const events = [1, 2, 3, 4, 5, 6].map((n) => click(ana, n));
      const receivedAt = house.clock.now();
      await ingest(house.parts, { source: 'gophish', receivedAt, mode: 'live', events });
      await Promise.all([1, 2, 3, 4].map(() => plan(house.parts)));
      await house.settleDown();
      expect(firstWords(ana)).toHaveLength(1);
    });

    test('without the cap nothing waits', async () => {
      const { people, take, click, firstWords } = open({ coachingEveryMs: 0 });
      const [ana = ''] = people;
      for (let n = 0; n < 3; n += 1) await take(click(ana, n));
      expect(firstWords(ana).length).toBe(3);
    });

    test('whatever happens in whatever order, nobody is coached twice in seven days, and no case is lost', async () => {
      const deeds = fc.array(
        fc.record({ who: fc.nat(2), campaign: fc.nat(9), waitHours: fc.integer({ min: 0, max: 60 }) }),
        { minLength: 5, maxLength: 25 },
      );
      await fc.assert(
        fc.asyncProperty(deeds, async (given) => {
          const { people, take, click, runTo, firstWords, house } = open();
          const cases = new Map<string, Set<number>>();
          for (const { who, campaign, waitHours } of given) {
            await runTo(house.clock.now() + waitHours * hour);
            const person = people[who] ?? '';
            await take(click(person, campaign));
            cases.set(person, (cases.get(person) ?? new Set()).add(campaign));
          }
          await runTo(house.clock.now() + 15 * day);
          for (const [person, campaigns] of cases) {
            const times = firstWords(person).map(({ saidAt }) => saidAt);
            for (const [index, at] of times.entries())
              if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(week);
            const { items } = await store.read.loops(
              { id: 'test', kind: 'system', name: 'test', scopes: new Set(), teams: 'all' },
              { owner: person, limit: 200 },
            );
            expect(items).toHaveLength(campaigns.size);
            expect(items.map(({ state }) => state)).toEqual(items.map(() => 'told'));
            for (const { facts } of items)
              expect(facts.messages.filter(({ occasion }) => occasion.startsWith('first:'))).toHaveLength(1);
          }
        }),
        { numRuns: 4, seed: 7 },
      );
    });
  });
}
