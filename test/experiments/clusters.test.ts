import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexPeople } from '../../src/core/people-index.ts';
import { registerExperiment } from '../../src/loop/experiments/register.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, type House, monday, openHouse, personOf, testClock } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { openRun } from './run.ts';
import { trialDocument } from './trial.ts';

const teams = Array.from({ length: 28 }, (_, at) => ({
  id: `team-${at}`,
  name: `Team ${at}`,
  handles: [],
}));
/** Three people in each team. */
const people = teams.flatMap(({ id }, at) =>
  [0, 1, 2].map((n) => personOf(`person-${at}-${n}`, { team: id })),
);
const teamOf = ({ team = '' }: { readonly team?: string }) => team;

describe.each(testStores().slice(0, 1))('teams and repositories as units, $name', ({ open }) => {
  let store: Store;
  let house: House;
  beforeAll(async () => {
    store = await open();
    const everybody = indexPeople(people, teams);
    house = openHouse({
      store,
      everybody: () => everybody,
      clock: testClock(monday),
      delivery: { perPersonPerDayMax: 50 },
    });
  });
  afterAll(() => store?.close());

  test('teams are compared by rates, at the end only, however often somebody looks before', async () => {
    const run = openRun(house, people, teamOf);
    const end = house.clock.now() + 31 * day;
    await run.begin({ unit: 'team', window: '30d', endsOn: new Date(end).toISOString().slice(0, 10) });
    const arms = await run.arms();
    expect(arms.size).toBe(28);
    expect(new Set(arms.values())).toEqual(new Set(['usual', 'check-first']));
    house.clock.pass(5 * day);
    await run.again({ usual: 0.9, 'check-first': 0.1 });
    expect(await run.comparison()).toMatchObject({ code: 'too-early', e: null, p: null });
    house.clock.pass(28 * day);
    // Outside of every window; it shows that the source was there.
    await run.again({ usual: 0.1 });
    const { code, n, p, clusters } = await run.comparison();
    expect(code).toBe('works');
    expect(p).toBeLessThan(0.05);
    expect((clusters?.arm ?? 0) + (clusters?.usual ?? 0)).toBe(28);
    expect(clusters?.difference?.upper).toBeLessThan(0);
    expect(n).toBeGreaterThan(20);
    await run.end();
  });

  test('too few clusters an arm are refused before anybody is assigned', async () => {
    const document = trialDocument({
      id: 'few-teams',
      unit: 'team',
      endsOn: '2039-12-31',
      arms: [
        { id: 'usual', share: 0.9, message: 'usual' },
        { id: 'check-first', share: 0.1, message: 'check-first' },
      ],
    });
    const refused = await registerExperiment(house.parts, document, { id: 'p1', name: 'Ana' });
    expect(refused).toMatchObject({ kind: 'refused', refusals: [{ pointer: '/unit' }] });
  });
});
