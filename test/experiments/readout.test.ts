import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentDocument } from '../../src/core/experiments/document.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { lookAtExperiments } from '../../src/loop/experiments/look.ts';
import { pseudonymsOf } from '../../src/loop/experiments/pseudonyms.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Answer, type Doors, openDoors } from '../http/doors.ts';
import { day, hour, monday, personOf, testClock } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { crowd, leakOf, trialDocument } from './trial.ts';

const people = crowd(100);
const ids = people.map(({ id }) => id);
const delivery = { perPersonPerDayMax: 50 };

type Readout = {
  readonly hidden?: string;
  readonly arms: readonly {
    readonly arm: string;
    readonly assigned: number;
    readonly outcomes: number;
    readonly exits: number;
    readonly stoppedAt?: string;
  }[];
  readonly comparisons: readonly {
    readonly verdict: string;
    readonly sentence: string;
    readonly details: readonly string[];
    readonly n: number;
    readonly evidence: number | null;
    readonly riskRatio: { readonly value: number; readonly lower: number; readonly upper: number } | null;
    readonly crossedAt?: string;
    readonly standsAmongAll: boolean;
    readonly faults: readonly { readonly code: string }[];
  }[];
};
const readoutOf = (answer: Answer) => answer.json['readout'] as Readout;

describe.each(testStores())('experiments over HTTP, $name', ({ skip, open }) => {
  const stores: Store[] = [];
  const fresh = async (over: Partial<Parameters<typeof openDoors>[0]> = {}): Promise<Doors> => {
    const store = await open();
    stores.push(store);
    return openDoors({ store, people, delivery, clock: testClock(monday), ...over });
  };
  let doors: Doors;
  let token = '';
  beforeAll(async () => {
    if (skip !== undefined) return;
    doors = await fresh();
    token = await doors.token(['experiments:write', 'measures:read']);
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
  });

  const post = (on: Doors, path: string, json: unknown, by: string) =>
    on.ask(path, { method: 'POST', token: by, json });

  /** Registers and starts, and everybody's first case falls due. */
  const begin = async (on: Doors, by: string, over: Partial<ExperimentDocument> = {}, whom = ids) => {
    const document = trialDocument(over);
    expect((await post(on, '/v1/experiments', document, by)).status).toBe(201);
    expect((await post(on, `/v1/experiments/${document.id}/start`, { anyway: true }, by)).status).toBe(200);
    await leakOf(on.house, whom, on.house.clock.now());
    await on.house.settleDown();
  };
  const armOf = async (on: Doors, id = 'check-first') => {
    const units = await on.house.parts.store.read.followedUnits(loopPrincipal, id);
    const arms = new Map(units.map(({ unit, arm }) => [unit, arm]));
    const row = await on.house.parts.store.read.experiment(loopPrincipal, id);
    const nameOf = row === undefined ? undefined : pseudonymsOf(on.house.parts, row);
    return (person: string) => arms.get(nameOf?.('person', person) ?? '');
  };
  /** So many of each arm do it again, a few days later. */
  const again = async (
    on: Doors,
    shares: Readonly<Record<string, number>>,
    more: { source?: string } = {},
  ) => {
    const arm = await armOf(on);
    on.house.clock.pass(5 * day);
    const seen = new Map<string, number>();
    const whom = ids.filter((id) => {
      const name = arm(id) ?? '';
      const n = (seen.get(name) ?? 0) + 1;
      seen.set(name, n);
      return Math.floor(n * (shares[name] ?? 0)) > Math.floor((n - 1) * (shares[name] ?? 0));
    });
    await leakOf(on.house, whom, on.house.clock.now(), more);
    await on.house.settleDown();
    await lookAtExperiments(on.house.parts);
  };
  const read = async (on: Doors, by: string, id = 'check-first', query = '') => {
    await lookAtExperiments(on.house.parts);
    return readoutOf(await on.ask(`/v1/experiments/${id}${query}`, { token: by }));
  };

  test.skipIf(skip !== undefined)(
    'what is not valid is refused with its place, and nothing is registered',
    async () => {
      const answer = await post(doors, '/v1/experiments', trialDocument({ outcome: 'opened' }), token);
      expect([answer.status, answer.text]).toEqual([
        422,
        expect.stringContaining('What was opened, clicked or read'),
      ]);
      expect(answer.text).toContain('"pointer":"/outcome"');
      expect((await doors.ask('/v1/experiments', { token })).json['items']).toEqual([]);
    },
  );

  test.skipIf(skip !== undefined)(
    'a document stays as it was registered; a small company is told before starting',
    async () => {
      expect((await post(doors, '/v1/experiments', trialDocument(), token)).status).toBe(201);
      const same = await post(doors, '/v1/experiments', trialDocument(), token);
      expect(same.status).toBe(200);
      for (const over of [
        { window: '60d' },
        { outcome: 'unfixed-7d' },
        { arms: trialDocument().arms.map((arm, at) => ({ ...arm, share: at === 0 ? 0.4 : 0.6 })) },
      ])
        expect((await post(doors, '/v1/experiments', trialDocument(over), token)).status).toBe(409);
      const fine = trialDocument({ id: 'fine', smallestEffect: 0.9 });
      await post(doors, '/v1/experiments', fine, token);
      const blind = await post(doors, '/v1/experiments/fine/start', {}, token);
      expect([blind.status, blind.text]).toEqual([
        409,
        expect.stringContaining('at most 100 first recurrences'),
      ]);
    },
  );

  test.skipIf(skip !== undefined)('a hold-out starts by another person only', async () => {
    const heldOut = trialDocument({
      id: 'practice',
      behaviour: 'clicked-simulated-phish',
      arms: [
        { id: 'usual', share: 0.2, holdOut: true },
        { id: 'told', share: 0.8, message: 'usual' },
      ],
      approvedBy: 'person-2',
    });
    expect((await post(doors, '/v1/experiments', heldOut, token)).status).toBe(201);
    const own = await post(doors, '/v1/experiments/practice/start', { anyway: true }, token);
    expect([own.status, own.text]).toEqual([409, expect.stringContaining('another person')]);
    const other = await doors.token(['experiments:write']);
    expect((await post(doors, '/v1/experiments/practice/start', { anyway: true }, other)).status).toBe(200);
  });

  test.skipIf(skip !== undefined)('its hash stands in a chain that checkpoints seal', async () => {
    const { store } = doors.house.parts;
    const row = await store.read.experiment(loopPrincipal, 'practice');
    const heads = await store.transaction((tx) => tx.unsealedHeads(100));
    expect(heads).toContainEqual({ loop: row?.chain, seq: 2, head: row?.head });
  });

  test.skipIf(skip !== undefined)(
    'a planted effect is found through the whole engine, latched, and kept from other teams',
    async () => {
      const on = await fresh();
      const by = await on.token(['experiments:write', 'measures:read']);
      await begin(on, by);
      await again(on, { usual: 0.7, 'check-first': 0.1 });
      const shown = await read(on, by);
      const [comparison] = shown.comparisons;
      expect(comparison).toMatchObject({
        verdict: 'works',
        sentence: 'Works.',
        standsAmongAll: true,
        faults: [],
      });
      expect(comparison?.evidence).toBeGreaterThan(20);
      expect(comparison?.riskRatio?.upper).toBeLessThan(1);
      expect(comparison?.crossedAt).toBe(new Date(on.house.clock.now()).toISOString());
      expect((await read(on, by, 'check-first', '?language=es')).comparisons[0]?.sentence).toBe('Funciona.');
      const red = await on.token(['measures:read'], { teams: ['red'] });
      expect(await read(on, red)).toEqual({ hidden: 'other-teams' });
      // A late report of something earlier changes nothing that was counted.
      const before = await on.house.parts.store.read.followedUnits(loopPrincipal, 'check-first');
      await leakOf(on.house, ids.slice(0, 40), on.house.clock.now() - 2 * day, {
        receivedAt: on.house.clock.now(),
      });
      await lookAtExperiments(on.house.parts);
      const after = await on.house.parts.store.read.followedUnits(loopPrincipal, 'check-first');
      for (const unit of before.filter(({ outcomeN }) => outcomeN !== undefined))
        expect(after.find((one) => one.unit === unit.unit)).toEqual(unit);
    },
  );

  test.skipIf(skip !== undefined)(
    'no effect is too early to tell; what a person reports by hand never counts',
    async () => {
      const on = await fresh();
      const by = await on.token(['experiments:write', 'measures:read']);
      await begin(on, by);
      await again(on, { usual: 0.5, 'check-first': 0 }, { source: 'by-hand' });
      expect((await read(on, by)).comparisons[0]).toMatchObject({ verdict: 'not-enough', n: 0 });
      await again(on, { usual: 0.3, 'check-first': 0.3 });
      const [comparison] = (await read(on, by)).comparisons;
      expect(comparison?.verdict).toBe('too-early');
      expect(comparison?.sentence).toMatch(/^Too early to tell \(could still be 0\.\d+ to \d/u);
    },
  );

  test.skipIf(skip !== undefined)('harm stops new assignment by itself', async () => {
    const on = await fresh();
    const by = await on.token(['experiments:write', 'measures:read']);
    await begin(on, by, {}, ids.slice(0, 80));
    await again(on, { usual: 0.1, 'check-first': 0.7 });
    const shown = await read(on, by);
    expect(shown.comparisons[0]?.verdict).toBe('worse');
    expect(shown.arms.find(({ arm }) => arm === 'check-first')?.stoppedAt).toBeDefined();
    await leakOf(on.house, ids.slice(80), on.house.clock.now());
    await on.house.settleDown();
    expect((await read(on, by)).arms.reduce((sum, { assigned }) => sum + assigned, 0)).toBe(80);
    expect((await on.ask('/v1/experiments/check-first', { token: by })).json).toMatchObject({
      state: 'stopped',
      endReason: 'harm',
    });
  });

  test.skipIf(skip !== undefined)('leavers of one arm end in "broken" and show nothing', async () => {
    let gone: ReadonlySet<string> = new Set();
    const list = () =>
      people.map((person) => (gone.has(person.id) ? personOf(person.id, { isActive: false }) : person));
    const on = await fresh({ everybody: () => indexPeople(list(), []) });
    const by = await on.token(['experiments:write', 'measures:read']);
    await begin(on, by);
    const arm = await armOf(on);
    on.house.clock.pass(3 * day + hour);
    gone = new Set(ids.filter((id) => arm(id) === 'check-first').slice(0, 25));
    await lookAtExperiments(on.house.parts);
    const [comparison] = (await read(on, by)).comparisons;
    expect(comparison).toMatchObject({ verdict: 'broken', evidence: null, riskRatio: null });
    expect(comparison?.faults.map(({ code }) => code)).toContain('exits');
    expect(comparison?.details).toContain('People leave one arm more than the other.');
  });

  test.skipIf(skip !== undefined)('a wave of leavers in all arms is no effect', async () => {
    let gone: ReadonlySet<string> = new Set();
    const on = await fresh({
      everybody: () =>
        indexPeople(
          people.map((person) => (gone.has(person.id) ? personOf(person.id, { isActive: false }) : person)),
          [],
        ),
    });
    const by = await on.token(['experiments:write', 'measures:read']);
    await begin(on, by);
    on.house.clock.pass(3 * day);
    gone = new Set(ids.filter((_, at) => at % 2 === 0));
    await lookAtExperiments(on.house.parts);
    const shown = await read(on, by);
    expect(shown.comparisons[0]?.verdict).toBe('not-enough');
    expect(shown.arms.reduce((sum, { exits }) => sum + exits, 0)).toBe(50);
  });

  test.skipIf(skip !== undefined)('an arm of fewer than five hides everything', async () => {
    const on = await fresh();
    const by = await on.token(['experiments:write', 'measures:read']);
    await begin(on, by, {}, ids.slice(0, 6));
    expect(await read(on, by)).toEqual({ hidden: 'small-group' });
  });
});
