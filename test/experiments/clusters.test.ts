import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Readout } from '../../src/core/experiments/evidence.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { registerExperiment } from '../../src/loop/experiments/register.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { habitOfPerson } from '../../src/loop/settle.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  day,
  type House,
  monday,
  openHouse,
  personOf,
  testClock,
  testFingerprinter,
} from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { openRun, type Run } from './run.ts';
import { leakOf, trialDocument } from './trial.ts';

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

  test('repositories are compared by rates; one that is archived is followed no longer, and its time counts as far as it went', async () => {
    const repositoryOf = (author: string) => `acme/${author}`;
    const run = openRun(house, people, ({ id }) => repositoryOf(id));
    // Repositories are known by their cases.
    const ids = people.map(({ id }) => id);
    await leakOf(house, ids, house.clock.now(), { repositoryOf });
    await house.settleDown();
    house.clock.pass(2 * day);
    const end = house.clock.now() + 31 * day;
    const endsOn = new Date(end).toISOString().slice(0, 10);
    await run.begin({ unit: 'repository', window: '30d', endsOn }, { repositoryOf });
    const arms = await run.arms();
    expect(arms.size).toBe(84);
    expect(new Set(arms.values())).toEqual(new Set(['usual', 'check-first']));
    house.clock.pass(10 * day);
    await run.again({ usual: 0.6, 'check-first': 0.1 }, { repositoryOf });
    // Half of its window is over; the platform writes the name as it likes.
    house.clock.pass(6 * day);
    const withCase = await casesIn(house, run);
    const archived =
      (await run.units()).find(({ unit, arm }) => arm === 'usual' && withCase.has(unit))?.team ?? '';
    const before = await run.look();
    await ingest(house.parts, {
      source: 'scanner',
      receivedAt: house.clock.now(),
      mode: 'live',
      events: [archivedOf(archived.toUpperCase(), house.clock.now())],
    });
    const after = await run.look();
    const exitsOf = ({ arms: all }: Readout) => all.map(({ arm, exits }) => [arm, exits]);
    expect(exitsOf(before)).toEqual([
      ['usual', 0],
      ['check-first', 0],
    ]);
    expect(exitsOf(after)).toEqual([
      ['usual', 1],
      ['check-first', 0],
    ]);
    expect((await run.units()).flatMap(({ exitKind }) => exitKind ?? [])).toEqual(['gone']);
    house.clock.pass(17 * day);
    await run.again({ usual: 0.1 }, { repositoryOf });
    const { code, clusters } = await run.comparison();
    expect(code).toBe('works');
    expect((clusters?.arm ?? 0) + (clusters?.usual ?? 0)).toBe(84);
    // In the arm the rates are as many cases as repositories had; in the usual one the archived one had half its time.
    const share = (arm: string) => [...arms.values()].filter((one) => one === arm).length;
    const cases = await casesIn(house, run);
    const units = await run.units();
    const rate = (arm: string) =>
      units.reduce((sum, one) => sum + (one.arm === arm ? (cases.get(one.unit) ?? 0) : 0), 0) / share(arm);
    // Of 29 days that count it was seen for 15, with one case.
    const more = (29 / 15 - 1) / share('usual');
    expect(clusters?.difference?.value).toBeCloseTo(rate('check-first') - rate('usual') - more, 9);
    await run.end();
  });

  test('whoever was out of sight on a day that measures know is an exit of that day, and what came later is no outcome', async () => {
    const run = openRun(house, people);
    await run.begin();
    house.clock.pass(5 * day);
    const [first] = people;
    const unit = habitOfPerson(house.parts, 'secret-in-repository', first?.id ?? '');
    const at = house.clock.now() - 2 * day;
    await house.parts.store.transaction((tx) => tx.addExits([{ unit, at, reason: 'left' }]));
    await run.again({ usual: 1, 'check-first': 1 });
    await run.look();
    const units = await run.units();
    expect(units.find(({ habit }) => habit === unit)).toMatchObject({ exitAt: at, exitKind: 'left' });
    expect(units.filter(({ outcomeAt }) => outcomeAt !== undefined).length).toBe(people.length - 1);
    expect(units.find(({ habit }) => habit === unit)?.outcomeAt).toBeUndefined();
    await run.end();
  });

  test('how many chances each arm had a person stands beside it', async () => {
    const run = openRun(house, people, teamOf);
    const endsOn = new Date(house.clock.now() + 31 * day).toISOString().slice(0, 10);
    await run.begin({ unit: 'team', window: '30d', endsOn });
    const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
    const now = house.clock.now();
    const counter = { name: 'opportunity', behaviour: 'secret-in-repository', source: 'scanner' } as const;
    await house.parts.store.transaction((tx) =>
      tx.addCounters(
        teams.flatMap(({ id }) => [
          { ...counter, scope: id, day: dayOf(now + 3 * day), n: 6 },
          { ...counter, source: 'other', scope: id, day: dayOf(now + 4 * day), n: 3 },
          // Before and after the window.
          { ...counter, scope: id, day: dayOf(now - 3 * day), n: 100 },
          { ...counter, scope: id, day: dayOf(now + 40 * day), n: 100 },
        ]),
      ),
    );
    for (const { opportunities } of (await run.look()).arms) {
      expect(opportunities?.people).toBeGreaterThan(0);
      expect(opportunities?.n).toBe((opportunities?.people ?? 0) * 3);
    }
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

function archivedOf(repository: string, at: number) {
  return makeEvent(
    {
      source: 'scanner',
      kind: 'repository.archived',
      occurredAt: at,
      where: { repository },
      actor: { type: 'unknown' },
    },
    {
      receivedAt: at,
      fingerprint: testFingerprinter,
      eventId: (parts) => parts.join('').padEnd(32, '0').slice(0, 32),
    },
  );
}

/** Cases that count, by unit. */
async function casesIn({ parts }: House, { id }: Run): Promise<ReadonlyMap<string, number>> {
  const found = await parts.store.read.clusterCases(loopPrincipal, {
    experiment: id,
    behaviour: 'secret-in-repository',
    outcome: 'recurred',
    unit: 'repository',
    windowMs: 30 * day,
    watchedUntil: parts.clock.now(),
    selfReporting: [],
  });
  return new Map(found.map(({ unit, n }) => [unit, n]));
}
