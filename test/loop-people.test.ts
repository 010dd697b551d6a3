import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide, noteMode, release } from '../src/loop/decide.ts';
import { ingest } from '../src/loop/ingest.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { sweep } from '../src/loop/sweep.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, personOf } from './support/house.ts';
import { loopHands } from './support/loop-hands.ts';
import { testStores } from './support/stores.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`whom a loop speaks to, over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());
    const { messages, stateOf, answer, live } = loopHands(() => store);

    test('history sends nothing until it is released, and then one digest an owner', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const events = Array.from({ length: 30 }, (_, n) =>
        leak({
          at: monday - 100 * day,
          receivedAt: monday,
          secret: fakeSecret(100 + n),
          author: 'mia',
          file: `old-${n}.py`,
        }),
      );
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'history',
        events,
      });
      await house.settleDown();
      expect(await stateOf(taken.loops[0] ?? '')).toMatchObject({ state: 'backlog' });
      expect(await messages(taken.loops[0] ?? '')).toEqual([]);

      expect(await release(house.parts, loopPrincipal, { ids: taken.loops })).toBe(30);
      await house.settleDown();
      const said = new Set(
        (await Promise.all(taken.loops.map(messages))).flat().map((message) => message.id),
      );
      expect(said.size).toBe(1);
      const states = await Promise.all(taken.loops.map(async (loop) => (await stateOf(loop))?.state));
      expect(states.filter((state) => state === 'told').length).toBe(25);

      house.clock.pass(day);
      await house.settleDown();
      const after = await Promise.all(taken.loops.map(async (loop) => (await stateOf(loop))?.state));
      expect(after.filter((state) => state === 'told').length).toBe(30);
    });

    test('silence reminds, then escalates to the manager on working days', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const taken = await live(
        house,
        leak({ at: monday, secret: fakeSecret(200), author: 'ana', file: 'silent.py' }),
      );
      const loop = taken.loops[0] ?? '';
      await house.settleDown();
      for (let d = 0; d < 14; d += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      const said = (await messages(loop)).map((message) => [message.moment, message.to.id]);
      expect(said).toEqual([
        ['told', 'ana'],
        ['reminder', 'ana'],
        ['escalation', 'mia'],
        ['escalation', 'duty'],
      ]);
      expect(await stateOf(loop)).toMatchObject({ state: 'escalated' });
    });

    test('an operator hands a case to somebody else without waiting for an answer', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const officer = { ...loopPrincipal, id: 'officer' };
      const nobody = leak({ at: monday, secret: fakeSecret(281), file: 'nobody.py' });
      const [unowned = ''] = (await live(house, nobody)).loops;
      await house.settleDown();
      expect((await messages(unowned)).map(({ to }) => to.id)).toEqual(['duty']);
      house.clock.pass(1000);
      const to = { kind: 'person', id: 'bob' } as const;
      expect((await decide(house.parts, officer, unowned, { kind: 'hand-over', to })).kind).toBe('decided');
      await house.settleDown();
      expect((await messages(unowned)).at(-1)).toMatchObject({ moment: 'handed-over', to: { id: 'bob' } });
      house.clock.pass(hour);
      await house.settleDown();
      expect(await messages(unowned)).toHaveLength(2);
    });

    test('a dispute that is upheld closes the case and says so; a risk needs a second person and a date', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const officer = { ...loopPrincipal, id: 'officer' };
      const events = [1, 2].map((n) =>
        leak({ at: monday, secret: fakeSecret(270 + n), author: 'bob', file: `decide-${n}.py` }),
      );
      const loops: string[] = [];
      for (const event of events) {
        const taken = await live(house, event);
        loops.push(...taken.loops);
        await house.settleDown();
      }
      const [wrong = '', risk = ''] = loops;
      await answer(house, wrong, { answer: 'wrong', reason: 'test-value' });
      house.clock.pass(1000);
      expect(await stateOf(wrong)).toMatchObject({ state: 'disputed' });
      expect((await decide(house.parts, officer, wrong, { kind: 'uphold' })).kind).toBe('decided');
      await house.settleDown();
      expect(await stateOf(wrong)).toMatchObject({ state: 'dismissed' });
      expect((await messages(wrong)).at(-1)).toMatchObject({
        moment: 'closed',
        to: { id: 'bob' },
        state: 'accepted',
      });

      const until = house.clock.now() + 10 * day;
      expect((await decide(house.parts, officer, risk, { kind: 'accept-risk', until })).kind).toBe('refused');
      expect(await answer(house, risk, { answer: 'accept-risk', until: until + 400 * day })).toMatchObject({
        kind: 'bad-until',
      });
      await answer(house, risk, { answer: 'accept-risk', until });
      expect(await stateOf(risk)).toMatchObject({ state: 'answered' });
      expect(
        await decide(house.parts, { ...officer, id: 'bob' }, risk, { kind: 'accept-risk', until }),
      ).toMatchObject({ kind: 'refused' });
      await decide(house.parts, officer, risk, { kind: 'accept-risk', until });
      expect(await stateOf(risk)).toMatchObject({ state: 'accepted' });
      house.clock.set(until + hour);
      await house.settleDown();
      expect(await stateOf(risk)).toMatchObject({ state: 'told' });
    });

    test('what was said in shadow was said to nobody: going live makes it history until it is released', async () => {
      const shadow = openHouse({ store, delivery: { mode: 'shadow', perPersonPerDayMax: 50 } });
      await noteMode(shadow.parts);
      const taken = await live(
        shadow,
        leak({ at: monday, secret: fakeSecret(280), author: 'ana', file: 'shadow.py' }),
      );
      const loop = taken.loops[0] ?? '';
      await shadow.settleDown();
      expect(await stateOf(loop)).toMatchObject({ state: 'told' });
      expect((await messages(loop))[0]).toMatchObject({ isShadow: true, channel: 'outbox' });

      const house = openHouse({ store, clock: shadow.clock, delivery: { perPersonPerDayMax: 50 } });
      house.clock.pass(10 * day);
      await noteMode(house.parts);
      await house.settleDown();
      expect(await stateOf(loop)).toMatchObject({ state: 'backlog' });
      expect(await messages(loop)).toHaveLength(1);

      house.clock.pass(hour);
      expect(await release(house.parts, loopPrincipal, { ids: [loop] })).toBe(1);
      for (let d = 0; d < 21; d += 1) {
        house.clock.pass(day);
        await house.settleDown();
      }
      const said = (await messages(loop)).map((message) => [message.moment, message.isShadow]);
      expect(said).toEqual([
        ['told', true],
        ['told', false],
        ['reminder', false],
        ['escalation', false],
        ['escalation', false],
      ]);
    });

    test('a message is seen by who may see its cases, whoever it is written to', async () => {
      const people = [
        personOf('ana', { manager: 'rex' }),
        personOf('rex', { team: 'red' }),
        personOf('dora', { isDuty: true }),
      ];
      const house = openHouse({ store, people, delivery: { perPersonPerDayMax: 50 } });
      const [loop = ''] = (
        await live(house, leak({ at: monday, secret: fakeSecret(320), author: 'ana', file: 'seen.py' }))
      ).loops;
      for (let d = 0; d < 10; d += 1) {
        await house.settleDown();
        house.clock.pass(day);
      }
      const toManager = (await messages(loop)).find((message) => message.to.id === 'rex');
      expect(toManager?.moment).toBe('escalation');
      const red = { ...loopPrincipal, teams: ['red'] };
      const blue = { ...loopPrincipal, teams: ['blue'] };
      expect(await store.read.message(red, toManager?.id ?? '')).toBeUndefined();
      expect((await store.read.message(blue, toManager?.id ?? ''))?.message.id).toBe(toManager?.id);
    });

    test('"not mine" goes to whom the directory knows, and "not me" to the duty role at once', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const taken = await live(
        house,
        leak({ at: monday, secret: fakeSecret(300), author: 'ana', file: 'whose.py' }),
      );
      const loop = taken.loops[0] ?? '';
      await house.settleDown();
      expect(await answer(house, loop, { answer: 'not-mine', owner: 'bob@example.com' })).toMatchObject({
        isOwnerKnown: true,
      });
      expect(await stateOf(loop)).toMatchObject({ state: 'reassigned' });
      house.clock.pass(1000);
      await house.settleDown();
      expect((await messages(loop)).at(-1)).toMatchObject({ moment: 'handed-over', to: { id: 'bob' } });
      expect(await stateOf(loop)).toMatchObject({ state: 'told' });

      house.clock.pass(1000);
      await answer(house, loop, { answer: 'not-me' });
      expect(await stateOf(loop)).toMatchObject({ state: 'incident' });
      house.clock.set(monday + 12 * hour);
      await house.settleDown();
      expect((await messages(loop)).at(-1)).toMatchObject({
        moment: 'escalation',
        to: { kind: 'duty' },
        lane: 0,
      });
    });

    test('a case whose behaviour is no longer in the packs does not hold up the others', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const secret = fakeSecret(990);
      const { loops } = await live(
        house,
        leak({ at: monday - hour, receivedAt: monday, secret, author: 'bob' }),
      );
      await house.settleDown();
      const loop = loops[0] ?? '';
      const due = (await stateOf(loop))?.dueAt ?? 0;
      expect(due).toBeGreaterThan(monday);
      house.clock.set(due + 1);
      const parts = { ...house.parts, behaviours: new Map() };
      await sweep(parts);
      expect((await stateOf(loop))?.state).toBe('told');
      expect(await sweep(parts)).toBe(0);
      // With its behaviour back it is looked at again.
      house.clock.pass(day + 1);
      await sweep(house.parts);
      expect((await stateOf(loop))?.state).toBe('unprovable');
    });
  });
}
