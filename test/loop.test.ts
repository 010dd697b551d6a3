import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coverReport } from '../src/loop/cover.ts';
import { ingest } from '../src/loop/ingest.ts';
import { sweep } from '../src/loop/sweep.ts';
import type { Store } from '../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday, openHouse, status } from './support/house.ts';
import { loopHands } from './support/loop-hands.ts';
import { testStores } from './support/stores.ts';

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`loop over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());
    const { messages, stateOf, answer, live } = loopHands(() => store);

    test('a leaked key goes from capture to proof, holds, and a later one is a relapse', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const secret = fakeSecret(1);
      const taken = await live(house, leak({ at: monday - hour, receivedAt: monday, secret, author: 'ana' }));
      expect(taken).toMatchObject({ accepted: 1, duplicates: 0, unmatched: 0 });
      const loop = taken.loops[0] ?? '';
      expect(await stateOf(loop)).toMatchObject({
        state: 'open',
        owner: { kind: 'person', id: 'ana' },
        team: 'blue',
      });

      await house.settleDown();
      expect(await stateOf(loop)).toMatchObject({ state: 'told', rung: 'none' });
      expect((await messages(loop)).map((message) => [message.moment, message.to.id, message.state])).toEqual(
        [['told', 'ana', 'accepted']],
      );

      house.clock.pass(hour);
      expect((await answer(house, loop, { answer: 'done' })).kind).toBe('recorded');
      expect(await stateOf(loop)).toMatchObject({ state: 'answered', rung: 'claimed' });

      house.clock.pass(hour);
      await live(house, status({ at: house.clock.now(), secret, validity: 'inactive' }));
      const verified = await stateOf(loop);
      expect(verified).toMatchObject({ state: 'verified', rung: 'verified', verifiedAt: house.clock.now() });
      await house.settleDown();
      expect((await messages(loop)).at(-1)).toMatchObject({ moment: 'verified', to: { id: 'ana' } });

      // The source speaks every day of the window, so silence about this key means something.
      for (let d = 0; d < 31; d += 1) {
        house.clock.pass(day);
        await ingest(house.parts, {
          source: 'scanner',
          receivedAt: house.clock.now(),
          mode: 'live',
          events: [],
          receipt: `beat-${d}`,
        });
      }
      await sweep(house.parts);
      expect(await stateOf(loop)).toMatchObject({ state: 'held', rung: 'held' });

      const later = house.clock.now();
      const again = await live(
        house,
        leak({ at: later, secret: fakeSecret(2), author: 'ana', file: 'other.py' }),
      );
      expect(await stateOf(again.loops[0] ?? '')).toMatchObject({
        relapseOf: loop,
        facts: { relapseNumber: 1 },
      });
      await house.settleDown();
      expect((await messages(again.loops[0] ?? ''))[0]).toMatchObject({
        moment: 'relapse',
        to: { kind: 'person', id: 'ana' },
      });
    });

    test('the same report again changes nothing, and one secret in many commits is one loop', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const secret = fakeSecret(10);
      const events = [1, 2, 3].map((n) =>
        leak({ at: monday - n * hour, secret, author: 'bob', commit: String(n).repeat(40) }),
      );
      const first = await live(house, ...events);
      const second = await live(house, ...events);
      expect(new Set(first.loops).size).toBe(1);
      expect(second).toMatchObject({ accepted: 0, duplicates: 3 });
      const row = await stateOf(first.loops[0] ?? '');
      expect(row?.facts.sightings).toBe(3);
      expect(row?.facts.kept[0]?.where.commit).toBe('3'.repeat(40));
    });

    test('a redacted report of fifty keys is fifty loops', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const events = Array.from({ length: 50 }, (_, n) =>
        leak({
          at: monday - hour,
          secret: 'REDACTED',
          author: 'bob',
          line: n + 1,
          commit: 'c'.repeat(40),
          file: 'fifty.env',
        }),
      );
      const taken = await live(house, ...events);
      expect(new Set(taken.loops).size).toBe(50);
    });

    test('a complete report without the secret is part of a fix, never the whole of it', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const events = [1, 2].map((n) =>
        leak({
          at: monday,
          secret: fakeSecret(250 + n),
          author: 'ana',
          repository: 'acme/covered',
          file: `src/${n}.py`,
        }),
      );
      const taken = await live(house, ...events);
      await house.settleDown();
      house.clock.pass(hour);
      const [gone = '', there = ''] = taken.loops;
      const coverage = {
        source: 'scanner',
        repository: 'acme/covered',
        at: house.clock.now(),
        found: new Set([there]),
      };
      expect(await coverReport(house.parts, coverage)).toBe(1);
      expect(await coverReport(house.parts, { ...coverage, pathPrefix: 'docs/' })).toBe(0);
      expect(await stateOf(gone)).toMatchObject({ state: 'observed', rung: 'observed' });
      expect(await stateOf(there)).toMatchObject({ state: 'told', rung: 'none' });

      house.clock.pass(hour);
      await coverReport(house.parts, { ...coverage, at: house.clock.now(), found: new Set(taken.loops) });
      expect(await stateOf(gone)).toMatchObject({ state: 'told', rung: 'none' });
    });

    test('an alert without its secret and a finding with it are one case once the location proves it, in any order', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      for (const order of ['finding first', 'alert first'] as const) {
        const commit = (order === 'alert first' ? 'a' : 'b').repeat(40);
        const place = { at: monday, commit, file: 'app.env', line: 4, repository: 'acme/proof' };
        const finding = leak({
          ...place,
          secret: fakeSecret(order === 'alert first' ? 260 : 261),
          columns: [1, 50],
          author: 'ana',
        });
        const otherOnLine = leak({
          ...place,
          secret: fakeSecret(order === 'alert first' ? 262 : 263),
          columns: [60, 110],
          author: 'ana',
        });
        const alert = leak({ ...place, source: 'alerts', columns: [10, 49], secret: 'REDACTED' });
        const events =
          order === 'alert first' ? [alert, finding, otherOnLine] : [otherOnLine, finding, alert];
        const loops: string[] = [];
        for (const event of events) loops.push(...(await live(house, event)).loops);
        const rows = await Promise.all(loops.map(stateOf));
        const open = new Set(rows.filter((row) => row?.state !== 'merged').map((row) => row?.id));
        expect(open.size).toBe(2);
        const joined = rows.find((row) => row?.state !== 'merged' && row?.facts.sightings === 2);
        expect(joined?.facts.sources).toEqual(['alerts', 'scanner']);
        expect(joined?.facts.secret?.length).toBe(32);
      }
    });

    test('a scanner that proved a key alive and cannot any more has seen it die; alive again reopens the case', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const given = { at: monday - hour, secret: fakeSecret(290), author: 'ana', file: 'flip.py' };
      const report = (validity: 'active' | 'unknown') => {
        const note = validity === 'unknown' ? { validityNote: 'not verified' } : {};
        return live(house, leak({ ...given, receivedAt: house.clock.now(), validity, ...note }));
      };
      const first = await report('active');
      const loop = first.loops[0] ?? '';
      await house.settleDown();
      house.clock.pass(hour);
      expect(await report('unknown')).toMatchObject({ accepted: 0, duplicates: 1 });
      expect(await stateOf(loop)).toMatchObject({ state: 'verified', facts: { sightings: 1 } });
      await house.settleDown();
      const since = house.clock.now();
      for (let d = 0; d < 3; d += 1) {
        house.clock.pass(day);
        await report('unknown');
      }
      expect(await stateOf(loop)).toMatchObject({ verifiedAt: since });
      house.clock.pass(hour);
      await report('active');
      expect(await stateOf(loop)).toMatchObject({ state: 'told', rung: 'none' });
      await house.settleDown();
      expect((await messages(loop)).map((message) => message.moment)).toEqual(['told', 'verified', 'told']);
    });

    test('an alert that is closed as revoked and opened again is no fix', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const secret = fakeSecret(295);
      const [loop = ''] = (
        await live(house, leak({ at: monday, secret, author: 'ana', file: 'reopened.py' }))
      ).loops;
      await house.settleDown();
      house.clock.pass(hour);
      await live(
        house,
        status({
          at: house.clock.now(),
          secret,
          validity: 'inactive',
          state: 'resolved',
          action: 'resolved',
        }),
      );
      expect(await stateOf(loop)).toMatchObject({ state: 'verified' });
      house.clock.pass(hour);
      await live(
        house,
        status({ at: house.clock.now(), secret, validity: 'unknown', state: 'open', action: 'reopened' }),
      );
      expect(await stateOf(loop)).toMatchObject({ state: 'told', rung: 'none' });
    });

    test('after a rotation the old cases are known, and nothing is told again', async () => {
      const house = openHouse({ store, delivery: { perPersonPerDayMax: 50 } });
      const given = { at: monday, secret: fakeSecret(310), author: 'ana', file: 'rotate.py' };
      const [loop = ''] = (await live(house, leak({ ...given, keys: ['k1'] }))).loops;
      await house.settleDown();
      house.clock.pass(hour);
      expect(await live(house, leak({ ...given, keys: ['k2', 'k1'] }))).toMatchObject({ duplicates: 1 });
      const elsewhere = await live(house, leak({ ...given, file: 'copy.py', keys: ['k2', 'k1'] }));
      expect(elsewhere.loops).toEqual([loop]);
      const third = await live(house, leak({ ...given, file: 'third.py', keys: ['k3', 'k2'] }));
      expect(third.loops).toEqual([loop]);
      await house.settleDown();
      expect(await messages(loop)).toHaveLength(1);
    });
  });
}
