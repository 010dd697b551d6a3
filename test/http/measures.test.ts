import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import type { Store } from '../../src/ports/store.ts';
import { appliedControl } from '../support/applied-control.ts';
import { day, fakeSecret, hour, leak, monday, personOf, status } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

const staff = (team: string, count: number) =>
  Array.from({ length: count }, (_, at) => personOf(`${team}${at}`, { team }));
/** Blue and red are large, green has seven people, three are grey. */
const people = [...staff('blue', 14), ...staff('red', 11), ...staff('green', 7), ...staff('grey', 3)];
const path = '/v1/measures/secret-in-repository';

let store: Store;
let doors: Doors;
let token = '';
let secrets = 0;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, people, delivery: { perPersonPerDayMax: 50 } });
  token = await doors.token(['measures:read']);
  const authors = ['blue0', 'blue1', 'blue2', 'blue3', 'blue4', 'blue5', 'red0', 'red1', 'green0', 'grey0'];
  const events = authors.map((author) => {
    secrets += 1;
    return leak({
      at: monday - hour,
      receivedAt: monday,
      secret: fakeSecret(secrets),
      author,
      file: `${author}.py`,
    });
  });
  await ingest(doors.house.parts, { source: 'scanner', receivedAt: monday, mode: 'live', events });
  await doors.house.settleDown();
});
afterAll(() => store?.close());

describe('figures of a behaviour', () => {
  test('come with their n, what they count up to, and say when there is not enough to say more', async () => {
    const { json, status } = await doors.ask(path, { token });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      asOf: new Date(monday).toISOString(),
      watermark: { loops: 10 },
      group: { teams: 'all', people: 35 },
      figures: {
        loops: 10,
        rate: { kind: 'not-enough-data', reason: 'uncounted', opportunities: 0 },
        recurrence: { kind: 'not-enough-data', n: 10 },
        funnel: expect.arrayContaining([
          { step: 'delivered', share: expect.objectContaining({ kind: 'share', x: 10, n: 10 }) },
        ]),
        messagesPerFix: { kind: 'not-enough-data' },
      },
      taxonomy: [],
      revised: [],
    });
    expect((await doors.ask('/v1/measures/nothing', { token })).status).toBe(404);
  });

  test('of a group of fewer than five people are hidden, from whoever asks', async () => {
    const ofGrey = await doors.token(['measures:read'], { teams: ['grey'] });
    for (const [asked, by] of [
      [path, ofGrey],
      [`${path}?team=grey`, token],
      [`${path}?team=nobody`, token],
    ] as const) {
      const { json } = await doors.ask(asked, { token: by });
      expect(json).toMatchObject({ hidden: expect.any(String), watermark: { loops: 0 } });
      expect(json).not.toHaveProperty('figures');
    }
  });

  test('of another team do not exist for whoever does not see it', async () => {
    const ofBlue = await doors.token(['measures:read'], { teams: ['blue'] });
    const own = await doors.ask(path, { token: ofBlue });
    expect(own.json).toMatchObject({ group: { people: 14 }, figures: { loops: 6 } });
    const other = await doors.ask(`${path}?team=red`, { token: ofBlue });
    expect(other.json).toHaveProperty('hidden');
    const all = await doors.ask(`${path}?by=team`, { token: ofBlue });
    expect(JSON.stringify(all.json)).not.toMatch(/"(?:red|green|grey)"/u);
  });

  test('by team leave out the small one, and as many more as it takes not to give it away', async () => {
    const { json } = await doors.ask(`${path}?by=team`, { token });
    const groups = json.groups as readonly { readonly id: string; readonly hidden?: string }[];
    const hidden = groups.filter((group) => group.hidden !== undefined).map(({ id }) => id);
    // Grey alone would be the whole less the others.
    expect(hidden).toEqual(['green', 'grey']);
  });

  test('of a kind or a period are of ten people or more', async () => {
    expect((await doors.ask(`${path}?team=green&kind=person`, { token })).json).toHaveProperty('hidden');
    const month = await doors.ask(`${path}?team=blue&from=2026-11&to=2026-11`, { token });
    expect(month.json).toMatchObject({ figures: { loops: 6 } });
    const before = await doors.ask(`${path}?team=blue&to=2026-10`, { token });
    expect(before.json).toMatchObject({ figures: { loops: 0 } });
  });

  test.each([
    '?from=2026',
    '?from=2026-11-02',
    '?from=2026-12&to=2026-11',
    '?by=person',
    '?by=control&kind=person',
    '?by=control&from=2026-01',
    '?by=team&control=00000000000000000000000000000001',
    '?control=1',
    '?since=2026-11',
  ])('refuse %s with what is wrong', async (query) => {
    const { status, json } = await doors.ask(path + query, { token });
    expect(status).toBe(400);
    expect(json).toMatchObject({ title: expect.any(String) });
  });

  test('around controls are counts beside what would have come anyway, and point to the measured effect', async () => {
    const behaviour = 'secret-in-repository';
    const appliedAt = monday + 2 * day;
    const rows = [
      appliedControl({ behaviour, scope: { kind: 'team', id: 'blue' }, appliedAt }),
      appliedControl({ behaviour, scope: { kind: 'everyone', id: '' }, appliedAt }),
      appliedControl({ behaviour, scope: { kind: 'team', id: 'grey' }, appliedAt }),
      appliedControl({ behaviour, scope: { kind: 'owner', id: 'robot' }, team: 'blue', appliedAt }),
    ];
    for (const row of rows) await store.transaction((tx) => tx.insertControl(row));
    expect((await doors.ask(`${path}?by=control`, { token })).json).toMatchObject({ controls: [] });
    doors.house.clock.set(appliedAt + 5 * day);
    const [blue, everyone, grey, robot] = await Promise.all(
      rows.map(async ({ id }) => {
        const { json } = await doors.ask(`${path}?control=${id}`, { token });
        const [only] = json.controls as readonly object[];
        expect(only).toMatchObject({ id, effect: `/v1/controls/${id}` });
        return only;
      }),
    );
    expect(blue).toMatchObject({
      before: { days: 90, loops: 6, relapses: 0 },
      since: { days: 6, loops: 0 },
      per: 'day',
    });
    // Fewer than five teams may be shown: there is nobody to learn from what would have come anyway.
    expect(blue).not.toHaveProperty('expectedSince');
    expect(everyone).toMatchObject({ before: { loops: 10 }, since: { loops: 0 } });
    for (const one of [grey, robot]) {
      expect(one).toMatchObject({ hidden: expect.any(String) });
      expect(one).not.toHaveProperty('before');
    }
    const ofBlue = await doors.token(['measures:read'], { teams: ['blue'] });
    const seen = (await doors.ask(`${path}?by=control`, { token: ofBlue })).json.controls;
    expect((seen as readonly { readonly id: string }[]).map(({ id }) => id).toSorted()).toEqual(
      [rows[0]?.id, rows[3]?.id].toSorted(),
    );
    const unknown = await doors.ask(`${path}?control=${rows[2]?.id}`, { token: ofBlue });
    expect(unknown.status).toBe(404);
    doors.house.clock.set(monday);
  });

  test('of all behaviours are one list', async () => {
    const { json } = await doors.ask('/v1/measures', { token });
    expect(json).toMatchObject({
      group: { teams: 'all', people: 35 },
      items: [{ behaviour: 'secret-in-repository', loops: 10, fix: { kind: 'time', n: 10, events: 0 } }],
    });
    const ofGrey = await doors.token(['measures:read'], { teams: ['grey'] });
    expect((await doors.ask('/v1/measures', { token: ofGrey })).json).toMatchObject({
      hidden: expect.any(String),
      items: [],
    });
  });

  test('of a month that was closed tell what came later', async () => {
    const { closeMonths } = await import('../../src/loop/close-months.ts');
    doors.house.clock.set(Date.UTC(2026, 11, 20));
    await closeMonths(doors.house.parts);
    expect((await doors.ask(path, { token })).json).toMatchObject({ revised: [] });
    secrets += 1;
    await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: doors.house.clock.now(),
      mode: 'history',
      events: [leak({ at: monday - day, secret: fakeSecret(secrets), author: 'blue7', file: 'late.py' })],
    });
    expect((await doors.ask(path, { token })).json).toMatchObject({
      revised: [{ month: '2026-11', was: { failures: 10 }, is: { failures: 11 } }],
    });
  });
});

describe('when the behaviour itself changed', () => {
  test('figures show where a line ends', async () => {
    const { taxonomy } = doors.house.parts;
    const parts = {
      ...doors.house.parts,
      taxonomy: {
        ...taxonomy,
        stamps: new Map([['secret-in-repository', { version: 2, pack: 'b'.repeat(12) }]]),
      },
    };
    const late = { at: monday, secret: fakeSecret(900), author: 'blue0', file: 'late.py' };
    await ingest(parts, { source: 'scanner', receivedAt: monday, mode: 'live', events: [leak(late)] });
    const { json } = await doors.ask(path, { token });
    const from = { behaviour: 'secret-in-repository', version: 1 };
    expect(json).toMatchObject({
      taxonomy: [{ kind: 'break', from, to: { version: 2 }, why: expect.any(String) }],
    });
  });
});

describe('what a proven fix took', () => {
  test('stands in the list of behaviours and, the same, under /metrics; never of few people', async () => {
    const { parts, clock } = doors.house;
    const dead = [1, 2, 3, 4].map((n) =>
      status({ at: clock.now(), secret: fakeSecret(n), validity: 'inactive' }),
    );
    await ingest(parts, { source: 'scanner', receivedAt: clock.now(), mode: 'live', events: dead });
    await doors.house.settleDown();
    clock.pass(31 * day);
    const later = await doors.token(['measures:read']);
    const { json } = await doors.ask('/v1/measures', { token: later });
    const items = json.items as readonly {
      readonly behaviour: string;
      readonly messagesPerFix: { readonly value: number; readonly fixes: number };
      readonly minutesPerFix: { readonly value: number };
    }[];
    const item = items.find(({ behaviour }) => behaviour === 'secret-in-repository');
    expect(item?.messagesPerFix.fixes).toBe(4);
    expect(item?.messagesPerFix.value).toBeGreaterThan(0);
    const reader = await doors.token(['system:read']);
    const { text } = await doors.ask('/metrics', { token: reader });
    const gauge = (name: string) =>
      Number(new RegExp(`^${name}\\{behaviour="secret-in-repository"\\} ([\\d.]+)$`, 'mu').exec(text)?.[1]);
    expect(gauge('foldback_messages_per_fix')).toBeCloseTo(item?.messagesPerFix.value ?? -1, 4);
    expect(gauge('foldback_operator_minutes_per_fix')).toBe(item?.minutesPerFix.value);

    const few = openDoors({ store, people: people.slice(0, 9), clock });
    const ofFew = await few.ask('/metrics', { token: await few.token(['system:read']) });
    expect(ofFew.text).not.toContain('per_fix{');
  });
});
