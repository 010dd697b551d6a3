import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../src/ports/store.ts';
import { hour, monday } from './support/house.ts';
import { by, doing, judgingHands, nextSerial } from './support/judging-hands.ts';
import { testStores } from './support/stores.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`judging of paths over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());
    const { openAt, take, deployment, loopsOf } = judgingHands(() => store);

    test('a path that was walked opens no case; one with a step left out names that step', async () => {
      const house = openAt();
      const good = deployment();
      const bad = deployment();
      await take(house, good.proposed(monday - 50), good.reviewed(monday - 40), good.gate(monday - 30));
      await take(house, good.token(monday - 10));
      await take(house, bad.proposed(monday - 50), bad.gate(monday - 30), bad.token(monday - 10));
      expect(await loopsOf(good.workload)).toEqual([]);
      const [loop] = await loopsOf(bad.workload);
      expect(loop?.facts.kept[0]?.broken).toEqual({ step: 'reviewed', how: 'skipped' });
      expect(loop?.state).toBe('open');
    });

    test('who approves the own change is the wrong actor', async () => {
      const house = openAt();
      const own = deployment();
      await take(
        house,
        own.proposed(monday - 50, 'ana'),
        own.reviewed(monday - 40, 'ana'),
        own.gate(monday - 30),
      );
      await take(house, own.token(monday - 10));
      const [loop] = await loopsOf(own.workload);
      expect(loop?.facts.kept[0]?.broken).toEqual({ step: 'reviewed', how: 'wrong-actor' });
    });

    test('a step that is told late withdraws the case before anybody hears of it', async () => {
      const house = openAt();
      const late = deployment();
      await take(house, late.gate(monday - 30), late.token(monday - 10));
      expect((await loopsOf(late.workload))[0]?.state).toBe('open');
      house.clock.pass(5 * 60_000);
      await house.settleDown();
      await take(house, late.reviewed(monday - 40));
      const [loop] = await loopsOf(late.workload);
      expect(loop?.state).toBe('dismissed');
      house.clock.pass(hour);
      await house.settleDown();
      expect((await loopsOf(late.workload))[0]?.facts.messages).toEqual([]);
    });

    test('a case whose step stays missing is told once the grace is over', async () => {
      const house = openAt();
      const bad = deployment();
      await take(house, bad.gate(monday - 30), bad.token(monday - 10));
      await house.settleDown();
      expect((await loopsOf(bad.workload))[0]?.facts.messages).toEqual([]);
      house.clock.pass(11 * 60_000);
      await house.settleDown();
      const [loop] = await loopsOf(bad.workload);
      expect(loop?.facts.messages.map(({ moment, recipient }) => `${moment} ${recipient.id}`)).toEqual([
        'told ana',
      ]);
    });

    test('the same news in any order comes to the same', async () => {
      const states: unknown[] = [];
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [3, 0, 2, 1],
        [2, 3, 1, 0],
      ]) {
        const house = openAt();
        const one = deployment();
        const events = [
          one.proposed(monday - 50, 'ana'),
          one.reviewed(monday - 40, 'ana'),
          one.gate(monday - 30),
          one.token(monday - 10),
        ];
        for (const at of order) await take(house, ...events.slice(at, at + 1));
        const [loop] = await loopsOf(one.workload);
        // Which step it first seemed to be is history; that it does not stand is the state.
        states.push([loop?.state, loop?.rung]);
      }
      expect(new Set(states.map((state) => JSON.stringify(state)))).toEqual(new Set(['["open","none"]']));
    });

    test('a step is not missed among more marks than are read', async () => {
      const house = openAt();
      const good = deployment();
      await take(house, good.proposed(monday - 50), good.reviewed(monday - 40), good.gate(monday - 30));
      const crowd = Array.from({ length: 600 }, (_, index) =>
        good.reviewed(monday + index, `crowd-${index}`),
      );
      await take(house, ...crowd);
      await take(house, good.token(monday - 10));
      expect(await loopsOf(good.workload)).toEqual([]);
    });

    test('a change that became another commit is found by its ticket, in whatever order that is told', async () => {
      for (const order of [
        [0, 1, 2, 3, 4],
        [4, 3, 2, 1, 0],
        [2, 4, 0, 1, 3],
      ]) {
        const house = openAt();
        const serial = nextSerial();
        const [head, merged] = [`${serial}`.padStart(40, 'a'), `${serial}`.padStart(40, 'b')];
        const ticket = `acme/shop#${serial}`;
        const [workload, run] = [`squash-${serial}`, `squash-run-${serial}`];
        const events = [
          doing('change.proposed', monday - 50, { joins: { commit: head, ticket }, ...by('ana') }),
          doing('change.reviewed', monday - 40, {
            joins: { commit: head, ticket },
            outcome: 'success',
            ...by('bob'),
          }),
          doing('change.merged', monday - 30, { joins: { commit: merged, ticket }, ...by('ana') }),
          doing('gate.passed', monday - 20, { joins: { run, commit: merged }, ...by('bob') }),
          doing('token.issued', monday - 10, {
            joins: { run, commit: merged },
            identity: { type: 'role', id: workload },
            resource: { type: 'environment', id: 'prod' },
          }),
        ];
        for (const at of order) await take(house, ...events.slice(at, at + 1));
        expect((await loopsOf(workload)).filter(({ state }) => state !== 'dismissed')).toEqual([]);
      }
    });

    test('a gate of another run of the same commit is none of this run', async () => {
      const house = openAt();
      const serial = nextSerial();
      const commit = `${serial}`.padStart(40, 'c');
      const [workload, one, two] = [`rerun-${serial}`, `one-${serial}`, `two-${serial}`];
      const reviewed = { joins: { commit }, outcome: 'success', ...by('bob') } as const;
      await take(house, doing('change.reviewed', monday - 40, reviewed));
      await take(house, doing('gate.passed', monday - 30, { joins: { run: one, commit }, ...by('bob') }));
      await take(
        house,
        doing('token.issued', monday - 10, {
          joins: { run: two, commit },
          identity: { type: 'role', id: workload },
          resource: { type: 'environment', id: 'prod' },
        }),
      );
      expect((await loopsOf(workload))[0]?.facts.kept[0]?.broken).toEqual({ step: 'gate', how: 'skipped' });
    });

    test('a repository in which a step was never seen is not held to it', async () => {
      const house = openAt();
      const serial = nextSerial();
      const workload = `ungated-${serial}`;
      const where = { repository: `acme/ungated-${serial}` };
      const joins = { run: `u-${serial}` };
      await take(
        house,
        doing('change.reviewed', monday - 40, { joins, where, outcome: 'success', ...by('bob') }),
      );
      await take(
        house,
        doing('token.issued', monday - 10, {
          joins,
          where,
          identity: { type: 'role', id: workload },
          resource: { type: 'environment', id: 'prod' },
        }),
      );
      expect(await loopsOf(workload)).toEqual([]);
    });

    test('two writers who meet between a step and its deed agree in the end', async () => {
      const one = openAt();
      const other = openAt();
      for (let round = 0; round < 8; round += 1) {
        const late = deployment();
        await take(one, late.gate(monday - 30));
        await Promise.all([take(one, late.token(monday - 10)), take(other, late.reviewed(monday - 40))]);
        const loops = await loopsOf(late.workload);
        expect(loops.filter(({ state }) => state !== 'dismissed')).toEqual([]);
      }
    });
  });
}
