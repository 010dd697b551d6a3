import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingest } from '../src/loop/ingest.ts';
import { replyByLink } from '../src/loop/listen.ts';
import { type DeliverySettings, loopPrincipal } from '../src/loop/parts.ts';
import { snoozeByLink, snoozeByOperator } from '../src/loop/snooze.ts';
import type { Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  hour,
  leak,
  monday,
  openHouse,
  personOf,
  status,
  testClock,
} from './support/house.ts';
import { testStores } from './support/stores.ts';

let salt = 31_000;
const operator = { ...loopPrincipal, id: 'token:7', name: 'Olga' };

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`putting words off over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    const limits = { timesMax: 2, daysMax: 10, below: 'critical' } as const;
    /** A leaked key of which Ana was told on Monday at ten; her reminder is due on Wednesday, Mia hears on the Monday after. */
    const told = async (given: { readonly snooze?: DeliverySettings['snooze'] } = {}) => {
      salt += 1;
      const [ana, mia] = [`ana${salt}`, `mia${salt}`];
      const house = openHouse({
        store,
        clock: testClock(),
        people: [personOf(ana, { manager: mia }), personOf(mia)],
        delivery: { perPersonPerDayMax: 50, snooze: given.snooze ?? limits },
      });
      const secret = fakeSecret(salt);
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [leak({ at: monday - hour, receivedAt: monday, secret, author: ana, file: `${salt}.py` })],
      });
      await house.settleDown();
      const loop = taken.loops[0] ?? '';
      const story = async () => store.read.loop(loopPrincipal, loop);
      const first = (await story())?.messages[0];
      const link = house.parts.replyLink(first?.id ?? '', ana).tokenHash;
      const later = (choice: 'next-day' | 'three-days' | 'week', nonce?: string) =>
        snoozeByLink(house.parts, link, { choice, loop, ...(nonce === undefined ? {} : { nonce }) });
      /** Everything that was said, day by day up to a day. */
      const runTo = async (at: number) => {
        while (house.clock.now() < at) {
          house.clock.set(Math.min(at, house.clock.now() + 4 * hour));
          await house.settleDown();
        }
        return (await story())?.messages.map(({ moment, to, sentAt }) => ({
          moment,
          to: to.id,
          day: ((sentAt ?? 0) - monday) / day,
        }));
      };
      return { house, loop, story, link, later, runTo, ana, mia, secret };
    };

    test('nothing reminds before the time that was chosen, and the escalation moves with it', async () => {
      const { later, runTo, ana, mia } = await told();
      expect(await later('three-days')).toMatchObject({
        kind: 'snoozed',
        // Thursday, when work starts.
        until: Date.UTC(2026, 10, 26, 9),
      });
      const said = await runTo(monday + 20 * day);
      expect(said?.slice(0, 3)).toMatchObject([
        { moment: 'told', to: ana },
        { moment: 'reminder', to: ana },
        { moment: 'reminder', to: ana },
      ]);
      expect(said?.[1]?.day).toBeGreaterThan(2.9);
      expect(said?.[1]?.day).toBeLessThan(3.2);
      const escalated = said?.find(({ to }) => to === mia);
      // Five working days of silence, as ever, but counted from the reminder on Thursday.
      expect(escalated?.day).toBeGreaterThan(9.9);
      expect(escalated?.moment).toBe('escalation');
    });

    test('a second click is one, and so is a wish that is fulfilled already', async () => {
      const { later, story } = await told();
      await later('next-day', 'a');
      await later('next-day', 'a');
      await later('next-day', 'b');
      expect((await story())?.loop.facts.snoozes).toHaveLength(1);
      // Another time, chosen on the same page, is another wish.
      await later('three-days', 'a');
      expect((await story())?.loop.facts.snoozes).toHaveLength(2);
      const loop = (await story())?.loop;
      const { entries = [] } = (await store.read.ledger(loopPrincipal, loop?.id ?? '')) ?? {};
      expect(entries.filter((entry) => entry.kind === 'snoozed')).toHaveLength(2);
    });

    test('nobody puts a case off for ever: neither more often nor for longer than it may be', async () => {
      const often = await told();
      expect((await often.later('next-day')).kind).toBe('snoozed');
      await often.runTo(monday + 2 * day);
      expect((await often.later('next-day')).kind).toBe('snoozed');
      await often.runTo(monday + 3 * day);
      expect(await often.later('next-day')).toEqual({ kind: 'refused', reason: 'too-often' });
      const long = await told({ snooze: { ...limits, timesMax: 10, daysMax: 8 } });
      expect((await long.later('week')).kind).toBe('snoozed');
      await long.runTo(monday + 7.5 * day);
      expect(await long.later('three-days')).toEqual({ kind: 'refused', reason: 'too-long' });
      expect((await long.story())?.loop.facts.snoozes).toHaveLength(1);
    });

    test('what is grave is not put off, and what becomes grave wakes up', async () => {
      const high = await told({ snooze: { ...limits, below: 'high' } });
      expect(await high.later('next-day')).toEqual({ kind: 'refused', reason: 'not-offered' });
      const { house, later, story, secret } = await told();
      await later('week');
      const now = house.clock.now();
      const alive = status({ at: now, secret, validity: 'active' });
      await ingest(house.parts, { source: 'scanner', receivedAt: now, mode: 'live', events: [alive] });
      house.clock.pass(2 * day);
      await house.settleDown();
      expect((await story())?.messages.map(({ moment }) => moment)).toEqual(['told', 'reminder']);
    });

    test('an answer ends it, and after an answer or an escalation there is nothing to put off', async () => {
      const { house, later, link, runTo, loop } = await told();
      await later('next-day');
      await replyByLink(house.parts, link, { answer: 'done', loop });
      expect(await runTo(monday + 3 * day)).toHaveLength(1);
      expect(await later('week')).toEqual({ kind: 'refused', reason: 'not-waiting' });
      const silent = await told();
      await silent.runTo(monday + 10 * day);
      expect(await silent.later('week')).toEqual({ kind: 'refused', reason: 'escalated' });
    });

    test('a link of nobody puts nothing off, and an old one neither', async () => {
      const { house, link, loop, story } = await told();
      const choice = 'next-day' as const;
      expect(await snoozeByLink(house.parts, 'f'.repeat(64), { choice })).toEqual({ kind: 'unknown-link' });
      house.clock.pass(15 * day);
      expect(await snoozeByLink(house.parts, link, { choice, loop })).toEqual({ kind: 'expired' });
      expect((await story())?.loop.facts.snoozes).toBeUndefined();
    });

    test('an operator puts it off in their place, within the same limits, and is named in the story', async () => {
      const { house, loop, story, ana } = await told();
      const ask = { choice: 'next-day', reason: 'Ana is at a court' } as const;
      expect((await snoozeByOperator(house.parts, operator, loop, ask)).kind).toBe('snoozed');
      expect((await story())?.loop.facts.snoozes).toMatchObject([{ by: { id: ana }, operator: 'token:7' }]);
      const others = { ...operator, teams: ['red'] };
      expect(await snoozeByOperator(house.parts, others, loop, ask)).toEqual({ kind: 'not-found' });
    });

    test('it is counted for measures', async () => {
      const { later } = await told();
      const counted = async () =>
        (
          await store.read.measureCounts(loopPrincipal, {
            behaviour: 'secret-in-repository',
            teams: 'all',
            asOf: monday,
          })
        ).reduce((sum, { snoozes }) => sum + snoozes, 0);
      const before = await counted();
      await later('next-day');
      expect(await counted()).toBe(before + 1);
    });
  });
}
