import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { channels } from '../../src/adapters/index.ts';
import { newcombe } from '../../src/core/measures/rates/proportion.ts';
import { lookAtExperiments } from '../../src/loop/experiments/look.ts';
import { drawnAs } from '../../src/loop/experiments/pseudonyms.ts';
import { readOutExperiments } from '../../src/loop/experiments/read-out.ts';
import { stopExperiment } from '../../src/loop/experiments/register.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, type House, monday, openHouse, testClock } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { openRun, type Run } from './run.ts';
import { crowd } from './trial.ts';

const people = crowd(90);
const delivery = { perPersonPerDayMax: 50 };
const clear = { usual: 0.8, 'check-first': 0.1 };

/** A mail filter that dislikes some words, once it is switched on. */
function filtering(): { readonly channel: Channel; words: RegExp | undefined } {
  const outbox = channels.find(({ id }) => id === 'outbox')?.create({});
  if (outbox === undefined) throw new Error('no outbox');
  const filter: { channel: Channel; words: RegExp | undefined } = {
    words: undefined,
    channel: {
      ...outbox,
      id: 'filtered',
      send: async (given) =>
        filter.words?.test(given.message.subject) === true
          ? { kind: 'refused', reason: 'the filter dislikes it' }
          : outbox.send(given),
    },
  };
  return filter;
}

describe.each(testStores().slice(0, 1))('what never becomes an effect, $name', ({ open }) => {
  let store: Store;
  let house: House;
  let run: Run;
  const filter = filtering();
  beforeAll(async () => {
    store = await open();
    house = openHouse({
      store,
      people,
      clock: testClock(monday),
      channels: [filter.channel],
      delivery: { ...delivery, channel: 'filtered' },
    });
  });
  afterAll(async () => {
    await store?.close();
  });
  afterEach(() => run.end());
  const codes = async () => (await run.comparison()).faults.map(({ code }) => code);

  test('a detector that changes in all arms ends no experiment', async () => {
    run = openRun(house, people);
    await run.begin({}, { detector: '1' });
    house.clock.pass(5 * day);
    await run.again({ usual: 0.4, 'check-first': 0.1 }, { detector: '1' });
    house.clock.pass(day);
    await run.again(clear, { detector: '2' });
    expect(await run.comparison()).toMatchObject({ code: 'works', faults: [] });
  });

  test('a detector, or a source, that is live for one arm only is broken', async () => {
    run = openRun(house, people);
    await run.begin();
    house.clock.pass(5 * day);
    await run.again({ usual: 0.25, 'check-first': 0.25 }, { source: 'scanner', detector: '1' });
    house.clock.pass(day);
    await run.again({ usual: 0.9 }, { source: 'second', detector: '2' });
    expect(await run.comparison()).toMatchObject({
      code: 'broken',
      faults: [
        { code: 'detector', arm: 'check-first', missing: ['rules@2'] },
        { code: 'source', arm: 'check-first', missing: ['second'] },
      ],
    });
  });

  test('a delivery that breaks in one arm is broken, whatever the outcome says', async () => {
    filter.words = /with the code/u;
    run = openRun(house, people);
    await run.begin();
    filter.words = undefined;
    house.clock.pass(5 * day);
    await run.again(clear);
    const [comparison, units] = [await run.comparison(), await run.units()];
    const own = units.filter(({ arm }) => arm === 'check-first').length;
    expect(comparison.code).toBe('broken');
    expect(comparison.faults).toEqual([{ code: 'delivery', arm: 'check-first', due: own, delivered: 0 }]);
  });

  test('arms that are not as they were allotted are broken', async () => {
    // Somebody keeps most of one arm away from the words.
    run = openRun(house, (experiment) =>
      people.filter(({ id }, at) => {
        const unit = drawnAs(house.parts, 'person', id);
        return house.parts.experiments.draw(experiment, unit) < 0.5 || at % 4 === 0;
      }),
    );
    await run.begin();
    house.clock.pass(5 * day);
    await run.again(clear);
    expect(await codes()).toContain('sample-ratio');
  });

  test('a source that falls silent ends what is known, and is no success', async () => {
    run = openRun(house, people);
    await run.begin();
    const heard = house.clock.now();
    house.clock.pass(60 * day);
    const shown = await run.look();
    expect(shown.watchedUntil).toBeLessThanOrEqual(heard + day);
    expect(shown.areWindowsClosed).toBe(false);
    expect(shown.arms.map(({ risk }) => risk)).toEqual([null, null]);
    expect(shown.comparisons[0]?.code).toBe('not-enough');
  });

  test('what was not fixed is known only as far as somebody listened', async () => {
    run = openRun(house, people);
    await run.begin({ outcome: 'unfixed-7d' });
    house.clock.pass(20 * day);
    expect((await run.comparison()).n).toBe(0);
    // The source speaks again, of something else.
    await run.again({ usual: 0.05 });
    expect((await run.comparison()).n).toBe(90);
    expect((await run.comparison()).code).toBe('too-early');
  });

  test('unfixed after a week: fixed in time is no outcome, fixed later is', async () => {
    run = openRun(house, people);
    await run.begin({ outcome: 'unfixed-7d' });
    house.clock.pass(3 * day);
    await run.fix({ usual: 0.1, 'check-first': 0.9 });
    house.clock.pass(6 * day);
    await run.fix({ usual: 1, 'check-first': 1 });
    const shown = await run.look();
    expect(shown.comparisons[0]).toMatchObject({ code: 'works', isCheck: false });
    const rates = shown.arms.map(({ outcomes, assigned }) => outcomes / assigned);
    expect(rates[0]).toBeCloseTo(0.9, 1);
    expect(rates[1]).toBeCloseTo(0.1, 1);
  });

  test('not held: whoever was fixed and did it again counts like whoever was never fixed', async () => {
    run = openRun(house, people);
    await run.begin({ outcome: 'not-held-90d' });
    house.clock.pass(3 * day);
    await run.fix({ usual: 1, 'check-first': 0.9 });
    house.clock.pass(5 * day);
    await run.again({ usual: 0.9 });
    expect((await run.comparison()).n).toBeLessThan(60);
    house.clock.pass(86 * day);
    await run.again({ 'check-first': 0.05 });
    const { arms, areWindowsClosed, comparisons } = await run.look();
    expect(areWindowsClosed).toBe(true);
    expect(arms.map(({ outcomes, assigned }) => Math.round((10 * outcomes) / assigned))).toEqual([9, 1]);
    expect(comparisons[0]).toMatchObject({ code: 'works', gap: { kind: 'closed' } });
  });

  test('a guardrail that suffers is worse, although fewer do it again', async () => {
    run = openRun(house, people);
    await run.begin({ guardrails: ['wrong', 'need-help'] });
    house.clock.pass(5 * day);
    await run.answer({ usual: 0.05, 'check-first': 0.6 }, 'wrong');
    await run.again({ usual: 0.4, 'check-first': 0.3 });
    expect(await run.comparison()).toMatchObject({
      code: 'worse',
      harmedGuardrails: ['wrong'],
      stopsAssignment: true,
    });
    const row = await store.read.experiment(loopPrincipal, run.id);
    expect(row).toMatchObject({ state: 'stopped', endReason: 'harm' });
  });

  test('the most first recurrences end it without a word for either', async () => {
    run = openRun(house, people);
    await run.begin({ recurrencesMax: 30 });
    house.clock.pass(5 * day);
    await run.again({ usual: 0.4, 'check-first': 0.4 });
    expect(await run.comparison()).toMatchObject({ code: 'cannot-tell', faults: [] });
    const row = await store.read.experiment(loopPrincipal, run.id);
    expect(row).toMatchObject({ state: 'ended', endReason: 'recurrences' });
  });

  test('the end date ends it; closed windows give their own gap', async () => {
    run = openRun(house, people);
    const end = house.clock.now() + 31 * day;
    await run.begin({ window: '30d', endsOn: new Date(end).toISOString().slice(0, 10) });
    house.clock.pass(5 * day);
    await run.again({ usual: 0.5, 'check-first': 0.3 });
    expect((await run.comparison()).gap).toBeNull();
    house.clock.pass(28 * day);
    // Outside of every window; it shows that the source was there.
    await run.again({ usual: 1 });
    const { arms, comparisons } = await run.look();
    const [usual, own] = arms;
    if (!usual?.risk || !own?.risk) throw new Error('no risks');
    expect(usual.risk.value).toBeCloseTo(usual.outcomes / usual.assigned, 9);
    const { lower, upper } = newcombe(
      { x: usual.outcomes, n: usual.assigned },
      { x: own.outcomes, n: own.assigned },
    );
    expect(comparisons[0]).toMatchObject({ code: 'cannot-tell', gap: { kind: 'closed', lower, upper } });
    expect(await store.read.experiment(loopPrincipal, run.id)).toMatchObject({ endReason: 'end-date' });
  });

  test('when nobody is followed any more nothing leads to people, and the figures stay', async () => {
    run = openRun(house, people);
    await run.begin({ window: '30d' });
    house.clock.pass(5 * day);
    await run.again(clear);
    expect(await run.comparison()).toMatchObject({ code: 'works' });
    await stopExperiment(house.parts, run.id, { id: 'p2', name: 'Ben' }, 'enough');
    house.clock.pass(26 * day);
    await lookAtExperiments(house.parts);
    const before = await store.read.experiment(loopPrincipal, run.id);
    expect([before?.salt?.length, before?.forgottenAt]).toEqual([64, undefined]);
    expect((await run.units()).every(({ loop, team }) => loop !== undefined && team === 'blue')).toBe(true);
    house.clock.pass(12 * day);
    await lookAtExperiments(house.parts);
    const after = await store.read.experiment(loopPrincipal, run.id);
    expect([after?.salt, after?.forgottenAt]).toEqual([undefined, house.clock.now()]);
    const units = await run.units();
    expect(units).toHaveLength(90);
    for (const unit of units)
      expect([unit.loop, unit.habit, unit.team]).toEqual([undefined, undefined, undefined]);
    const messages = await store.read.messages(loopPrincipal, { limit: 5000 });
    const own = messages.items.filter(({ experiment }) => experiment === run.id);
    expect(own.length).toBeGreaterThan(80);
    expect(own.filter(({ unit }) => unit !== undefined)).toEqual([]);
    // Later looks leave it as it is.
    house.clock.pass(day);
    await lookAtExperiments(house.parts);
    const shown = await readOutExperiments(house.parts, loopPrincipal, after === undefined ? [] : [after]);
    expect(shown.get(run.id)).toMatchObject({
      kind: 'shown',
      at: after?.forgottenAt,
      readout: { comparisons: [{ code: 'works' }] },
    });
  });

  test('without a key of pseudonyms nothing starts; without that of an experiment nothing is shown', async () => {
    run = openRun(house, people.slice(0, 12));
    await run.begin();
    await lookAtExperiments(house.parts);
    const { experiments } = house.parts;
    const parts = { ...house.parts, experiments: { ...experiments, pseudonyms: () => undefined } };
    const row = await store.read.experiment(loopPrincipal, run.id);
    const shown = await readOutExperiments(parts, loopPrincipal, row === undefined ? [] : [row]);
    expect(shown.get(run.id)).toEqual({ kind: 'hidden', reason: 'no-key' });
    await run.end();
    const { pseudonymKey: _key, ...keyless } = experiments;
    run = openRun({ ...house, parts: { ...house.parts, experiments: keyless } }, people.slice(0, 12));
    await expect(run.begin()).rejects.toThrow('keys.analytics');
  });
});
