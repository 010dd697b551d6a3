import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEvent } from '../src/core/make-event.ts';
import { groupFigures } from '../src/core/measures/describe/group-figures.ts';
import type { MeasureFilter } from '../src/core/measures/measure-rows.ts';
import { indexPeople } from '../src/core/people-index.ts';
import { ingest } from '../src/loop/ingest.ts';
import { reportLeavers } from '../src/loop/leavers.ts';
import { noteMoves } from '../src/loop/moves.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { readMeasureRows } from '../src/loop/read-measure-rows.ts';
import { habitOfPerson, habitOfWorkload } from '../src/loop/settle.ts';
import type { CounterRow, LoopRow, Store } from '../src/ports/store.ts';
import {
  day,
  fakeSecret,
  hour,
  leak,
  monday,
  openHouse,
  personOf,
  testFingerprinter,
} from './support/house.ts';
import { newId as id, measuredLoop } from './support/measured-loops.ts';
import { testStores } from './support/stores.ts';

const byFirst = ([one]: readonly unknown[], [other]: readonly unknown[]) => Number(one) - Number(other);
const start = Date.UTC(2026, 2, 1);
const asOf = start + 400 * day;
const cue = { kind: 'urgency', where: { part: 'subject', start: 0, end: 3 } };
const mail = { replyTo: [], subject: 'Now', text: 'Now', isCut: false, attachments: [] };

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`figures over the ${kind.name} store`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open();
    });
    afterAll(() => store?.close());

    const save = (rows: readonly LoopRow[]) => store.transaction((tx) => tx.saveLoops(rows));
    const read = async (filter: Partial<MeasureFilter> & { readonly behaviour: string }) =>
      readMeasureRows(store.read, loopPrincipal, { teams: 'all', asOf, ...filter });
    const figures = async (behaviour: string, over: Partial<MeasureFilter> = {}) =>
      groupFigures((await read({ behaviour, ...over })).of(''), { people: 40, minutesPerDecision: 5 });

    test('cases count where a remap puts them, as far as what is kept of them decides it', async () => {
      const judged = (version: number) => ({ version, pack: 'a'.repeat(12) });
      const one = (version: number, tool: string) =>
        measuredLoop({ behaviour: 'parent', at: start, unit: id(), judged: judged(version), tool });
      await save([one(1, 'shell'), one(1, 'mail'), one(2, 'shell'), one(1, 'shell')]);
      await save([measuredLoop({ behaviour: 'parent', at: start, unit: id(), tool: 'shell' })]);
      const where = { feature: 'tool', is: ['shell'] } as const;
      const from = { behaviour: 'parent', version: 1 };
      const moves = [
        {
          on: '2026-11-28',
          from,
          to: 'child',
          where: { ...where, is: ['shell'] },
          why: 'It is another kind.',
        },
      ];
      const counted = async (behaviour: string, over: Partial<MeasureFilter> = {}) =>
        (await store.read.measureCounts(loopPrincipal, { teams: 'all', asOf, behaviour, ...over }))[0]
          ?.failures ?? 0;
      expect([await counted('parent'), await counted('child')]).toEqual([5, 0]);
      // What is older than versions were kept was judged by the first.
      expect([await counted('parent', { moves }), await counted('child', { moves })]).toEqual([2, 3]);
      const all = await store.read.measureCounts(loopPrincipal, {
        teams: 'all',
        asOf,
        by: 'behaviour',
        moves,
      });
      expect(all.find(({ group }) => group === 'child')?.failures).toBe(3);
      const versions = await store.read.measureVersions(loopPrincipal, 'parent');
      expect(versions.map(({ version }) => version).toSorted()).toEqual([1, 2, null]);
      const affected = await store.read.measureAffected(loopPrincipal, 'child', moves);
      expect(affected).toEqual([{ team: 'blue', units: 3 }]);
    });

    test('the risk of a recurrence is that of the hand-computed example: leavers compete', async () => {
      // t 2 3 3 5 6 8 9 10: again left again cens again left cens again, in units of four days.
      const causes = ['again', 'left', 'again', null, 'again', 'left', null, 'again'];
      const times = [2, 3, 3, 5, 6, 8, 9, 10].map((t) => t * 4 * day);
      const rows: LoopRow[] = [];
      const exits: { unit: string; at: number; reason: 'left' }[] = [];
      const end = start + 60 * day;
      for (const [at, cause] of causes.entries()) {
        const unit = id();
        const time = times[at] ?? 0;
        // Whoever is censored came in so late that no more of them could be seen.
        const entry = cause === null ? end - time : start;
        rows.push(measuredLoop({ behaviour: 'example', unit, at: entry }));
        if (cause === 'again') rows.push(measuredLoop({ behaviour: 'example', unit, at: entry + time }));
        if (cause === 'left') exits.push({ unit, at: entry + time, reason: 'left' });
      }
      await save(rows);
      await store.transaction((tx) => tx.addExits(exits));
      const { recurrence } = await figures('example', { asOf: end });
      expect(recurrence.n).toBe(8);
      // Curves end where fewer than five are followed: .125 at 2, .25 at 3, and at 6 four are left.
      expect(recurrence.curve.map(({ time, atRisk, value }) => [time / 96, atRisk, value])).toEqual([
        [2, 8, 0.125],
        [3, 7, 0.25],
      ]);
      expect(recurrence).toMatchObject({ events: 4, left: 2 });
    });

    test('the time to an answer is that of Kaplan and Meier, with the unanswered followed to the end', async () => {
      // The maintained arm of the leukaemia trial (Embury 1977), weeks as hours: 9 13 13+ 18 23 28+ 31 34 45+ 48 161+
      const rows = [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161].map((t) => {
        const at = t < 0 ? asOf + t * hour : start;
        const answered = t < 0 ? {} : { answeredAt: at + t * hour };
        return measuredLoop({ behaviour: 'aml', at, toldAt: at, ...answered });
      });
      await save(rows);
      const { times } = await figures('aml');
      expect(times.reply).toMatchObject({ kind: 'time', n: 11, events: 7 });
      const curve = times.reply.kind === 'time' ? times.reply.curve : [];
      expect(curve.map(({ time }) => time)).toEqual([9, 13, 18, 23, 31]);
      for (const [at, expected] of [0.9090909, 0.8181818, 0.7159091, 0.6136364, 0.4909091].entries())
        expect(curve[at]?.value).toBeCloseTo(expected, 6);
      expect(times.reply).toMatchObject({ median: 31 });
    });

    test('a rate counts failures where opportunities were logged, and tells of the others apart', async () => {
      await save(
        [0, 1, 2, 40].map((days) => measuredLoop({ behaviour: 'rated', unit: id(), at: start + days * day })),
      );
      const counter = { name: 'opportunity', behaviour: 'rated', source: 's', scope: 'blue' } as const;
      await store.transaction((tx) =>
        tx.addCounters([
          { ...counter, day: '2026-03-01', n: 60, kind: 'person' },
          { ...counter, day: '2026-03-20', n: 40, kind: 'workload' },
        ]),
      );
      const { rate } = await figures('rated');
      expect(rate).toMatchObject({
        kind: 'rate',
        failures: 3,
        opportunities: 100,
        uncounted: 1,
        value: 0.03,
      });
      // Garwood, 3 events
      expect(rate.kind === 'rate' ? rate.lower * 100 : 0).toBeCloseTo(0.6186721, 6);
      expect(rate.kind === 'rate' ? rate.upper * 100 : 0).toBeCloseTo(8.767273, 6);
      const byKind = await read({ behaviour: 'rated', by: 'kind' });
      expect(byKind.of('workload').cell?.sums).toMatchObject({ exposure: 40, events: 0 });
    });

    test('counters give the same opportunities in whatever order and portions they come', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              day: fc.constantFrom('2026-03-01', '2026-03-31', '2026-04-01'),
              scope: fc.constantFrom('blue', 'red', ''),
              kind: fc.constantFrom('person' as const, 'agent' as const),
              n: fc.integer({ min: 1, max: 9 }),
            }),
            { minLength: 2, maxLength: 12 },
          ),
          fc.integer({ min: 1, max: 5 }),
          async (counts, portion) => {
            const found = [];
            for (const [behaviour, order, size] of [
              [id(), counts, counts.length],
              [id(), counts.toReversed(), portion],
            ] as const) {
              for (let from = 0; from < order.length; from += size) {
                const rows = order.slice(from, from + size).map((row): CounterRow => {
                  return { name: 'opportunity', behaviour, source: 's', ...row };
                });
                await store.transaction((tx) => tx.addCounters(rows));
              }
              for (const by of ['team', 'kind'] as const)
                found.push(
                  await store.read.measureCells(loopPrincipal, { behaviour, teams: 'all', asOf, by }),
                );
            }
            expect(found.slice(2)).toEqual(found.slice(0, 2));
            const total = counts.reduce((sum, row) => sum + row.n, 0);
            expect(found[0]?.reduce((sum, { sums }) => sum + sums.exposure, 0)).toBe(total);
          },
        ),
        { numRuns: 12 },
      );
    });

    test('whoever leaves is followed no longer, and is no success', async () => {
      const house = openHouse({ store, people: [personOf('eva'), personOf('mia')] });
      const secret = fakeSecret(77);
      const taken = await ingest(house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [leak({ at: monday - hour, receivedAt: monday, secret, author: 'eva', file: 'left.py' })],
      });
      expect(taken.loops).toHaveLength(1);
      house.clock.pass(10 * day);
      const at = house.clock.now();
      const eva = house.parts.people.person('eva');
      if (eva === undefined) throw new Error('nobody');
      await reportLeavers(house.parts, [{ person: eva, at }], {
        receivedAt: at,
        fingerprint: testFingerprinter,
        eventId: house.parts.idOf,
      });
      const rows = await store.read.measureRepeats(loopPrincipal, {
        behaviour: 'secret-in-repository',
        teams: ['blue'],
        asOf: at + 30 * day,
      });
      expect(rows).toEqual([{ group: '', until: 240, exit: 'left', events: [], n: 1 }]);
    });

    test('a workload that was deleted and a person who moved are followed no longer, each for its reason', async () => {
      const now = start + 300 * day;
      const house = openHouse({ store, people: [personOf('ida', { team: 'blue' })] });
      house.clock.set(now);
      const of = (behaviour: string, workload: string) => habitOfWorkload(house.parts, behaviour, workload);
      const behaviour = 'secret-in-repository';
      const opened = now - 20 * day;
      const ida = habitOfPerson(house.parts, behaviour, 'ida');
      const robot = of(behaviour, 'robot');
      await save(
        [robot, of(behaviour, 'other'), ida].map((unit) =>
          measuredLoop({ behaviour, unit, team: 'exits', at: opened, verifiedAt: opened + 9 * day }),
        ),
      );
      const gone = makeEvent(
        {
          source: 'scanner',
          kind: 'identity.disabled',
          wholeId: ['gone'],
          occurredAt: now - 10 * day,
          actor: { type: 'unknown' },
          identity: { type: 'service-account', id: 'robot' },
        },
        { receivedAt: now, fingerprint: testFingerprinter, eventId: house.parts.idOf },
      );
      await ingest(house.parts, { source: 'scanner', receivedAt: now, mode: 'live', events: [gone] });
      // The first look only notes; the second one knows that the team is another.
      expect(await noteMoves(house.parts)).toBe(0);
      house.clock.pass(hour);
      const moved = { ...house.parts, people: indexPeople([personOf('ida', { team: 'red' })], []) };
      expect(await noteMoves(moved)).toBe(1);
      expect(await noteMoves(moved)).toBe(0);
      // Leaving afterwards does not make the move undone, and what happened before is no exit.
      await store.transaction((tx) =>
        tx.addExits([
          { unit: ida, at: now + 5 * day, reason: 'left' },
          { unit: robot, at: opened - day, reason: 'gone' },
        ]),
      );
      const asked = { behaviour, teams: ['exits'], asOf: now + 9 * day } as const;
      const repeats = await store.read.measureRepeats(loopPrincipal, asked);
      expect(repeats.map(({ until, exit, n }) => [until / 24, exit, n]).toSorted(byFirst)).toEqual([
        [10, 'gone', 1],
        [21, 'moved', 1],
        [29, null, 1],
      ]);
      const relapses = await store.read.measureRelapses(loopPrincipal, asked);
      expect(relapses.map(({ hours, cause }) => [hours, cause]).toSorted(byFirst)).toEqual([
        [24, 'gone'],
        [12 * 24, 'moved'],
        [20 * 24, null],
      ]);
    });

    test('how hard simulations were is looked up when asked, whoever was told of it first', async () => {
      const { cues, reconstruction } = { cues: Array.from({ length: 3 }, () => cue), reconstruction: mail };
      const campaign = { source: 'scanner', id: 'spring' };
      await save(
        [1, 2].map(() => measuredLoop({ behaviour: 'lured', unit: id(), at: start, campaign: 'spring' })),
      );
      await store.transaction((tx) =>
        tx.addCounters([
          {
            name: 'opportunity',
            behaviour: 'lured',
            source: 'scanner',
            day: '2026-03-01',
            scope: 'blue',
            n: 50,
            kind: 'person',
            campaign: 'spring',
          },
        ]),
      );
      expect((await read({ behaviour: 'lured' })).difficulty('')).toEqual([
        { rating: 'not-rated', failures: 2, opportunities: 50 },
      ]);
      const difficulty = { alignment: [8, 8, 4, 4, 0] };
      await store.transaction((tx) =>
        tx.saveCampaign({ ...campaign, reconstruction, cues, difficulty, updatedAt: start }),
      );
      expect((await read({ behaviour: 'lured' })).difficulty('')).toEqual([
        { rating: 'very', failures: 2, opportunities: 50 },
      ]);
    });
  });
}
