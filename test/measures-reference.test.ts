import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurvedRisk, CurvedTime, GroupFigures } from '../src/core/measures/describe/group-figures.ts';
import { indexPeople } from '../src/core/people-index.ts';
import { measure } from '../src/loop/measure.ts';
import { measureControls } from '../src/loop/measure-controls.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { ExitRow, Store } from '../src/ports/store.ts';
import { appliedControl } from './support/applied-control.ts';
import { day, hour, personOf } from './support/house.ts';
import { lendEmbedded } from './support/lent-stores.ts';
import { measuredLoop, newId } from './support/measured-loops.ts';
import { type Case, type History, slowAround, slowFigures } from './support/slow-measures.ts';

const start = Date.UTC(2026, 0, 1);
const asOf = start + 260 * day;
const appliedAt = start + 130 * day + 7 * hour;
const sizes = { blue: 20, red: 14, teal: 12, grey: 3, rose: 11, pink: 10, lime: 16 } as const;
const teams = Object.keys(sizes);
const settings = { sensitiveTeams: [], minutesPerDecision: 5 };

const hours = (max: number) => fc.integer({ min: 1, max }).map((n) => n * hour + 1);
const drawn = fc.record({
  cases: fc.array(
    fc.record({
      team: fc.constantFrom(...teams),
      unit: fc.integer({ min: 0, max: 5 }),
      kind: fc.constantFrom('person' as const, 'workload' as const),
      at: hours(250 * 24),
      answered: fc.option(hours(100 * 24)),
      verified: fc.option(hours(60 * 24)),
    }),
    { minLength: 60, maxLength: 140 },
  ),
  chances: fc.array(
    fc.record({
      team: fc.constantFrom(...teams),
      at: hours(250 * 24),
      kind: fc.constantFrom('person' as const, 'workload' as const),
      n: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 20, maxLength: 60 },
  ),
  exits: fc.array(
    fc.record({
      team: fc.constantFrom(...teams),
      unit: fc.integer({ min: 0, max: 5 }),
      at: hours(250 * 24),
      reason: fc.constantFrom('left' as const, 'moved' as const, 'gone' as const),
    }),
    { maxLength: 12 },
  ),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

/** What was drawn, as a history of its own units; each proof may be followed by a case that goes back to it. */
function historyOf({ cases, chances, exits }: Drawn): History {
  const units = new Map<string, string>();
  const unitOf = (team: string, unit: number) => {
    // Some have cases in several teams.
    const key = `${unit % 3 === 0 ? '' : team} ${unit}`;
    const id = units.get(key) ?? newId();
    units.set(key, id);
    return id;
  };
  const sorted = cases.toSorted((one, other) => one.at - other.at);
  const made: Case[] = [];
  for (const [id, { team, unit, kind, at, answered, verified }] of sorted.entries()) {
    const of = unitOf(team, unit);
    const fixed = made.findLast((one) => one.unit === of && (one.verifiedAt ?? asOf) <= start + at);
    const within = (after: number | null) =>
      after !== null && start + at + after < asOf ? start + at + after : undefined;
    const [answeredAt, verifiedAt] = [within(answered), within(verified)];
    made.push({
      id,
      team,
      kind,
      unit: of,
      at: start + at,
      toldAt: start + at,
      ...(answeredAt === undefined ? {} : { answeredAt }),
      ...(verifiedAt === undefined ? {} : { verifiedAt }),
      ...(fixed === undefined ? {} : { relapseOf: fixed.id }),
    });
  }
  return {
    cases: made,
    chances: chances.map(({ team, at, kind, n }) => {
      return { team, kind, n, day: new Date(start + at).toISOString().slice(0, 10) };
    }),
    exits: exits.map(({ team, unit, at, reason }) => ({
      unit: unitOf(team, unit),
      at: start + at,
      reason,
    })),
  };
}

const ofTeams = ({ cases, chances, exits }: History, own: readonly string[]): History => ({
  cases: cases.filter(({ team }) => own.includes(team)),
  chances: chances.filter(({ team }) => own.includes(team)),
  exits,
  everywhere: cases,
});

function shape(figures: GroupFigures) {
  const curve = (of: CurvedRisk | CurvedTime) =>
    ('curve' in of ? of.curve : []).map(({ time, atRisk, events, value }) => {
      return { time, atRisk, events, value: Number(value.toFixed(9)) };
    });
  const { rate } = figures;
  return {
    loops: figures.loops,
    failures: rate.failures,
    uncounted: rate.uncounted,
    opportunities: rate.opportunities,
    recurrence: curve(figures.recurrence),
    relapse: curve(figures.relapse),
    reply: curve(figures.times.reply),
    fix: curve(figures.times.fix),
  };
}

/** Times say nothing of fewer than five; the slow figures do not either, as nobody is followed so long. */
function slow(history: History) {
  const { recurrence, relapse, reply, fix, ...rest } = slowFigures(history, asOf);
  const short = (steps: typeof fix) =>
    steps.map((step) => ({ ...step, value: Number(step.value.toFixed(9)) }));
  return {
    ...rest,
    recurrence: short(recurrence),
    relapse: short(relapse),
    reply: short(reply),
    fix: short(fix),
  };
}

/** Sums of fractions in another order differ in their last digit. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) ? Number(value.toPrecision(10)) : String(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rounded(member)]));
}

describe('what is shown', () => {
  let store: Store;
  beforeAll(async () => {
    store = await lendEmbedded();
  });
  afterAll(() => store?.close());

  const partsOf = (rename: (team: string) => string = (team) => team) => {
    const people = indexPeople(
      Object.entries(sizes).flatMap(([team, size]) =>
        Array.from({ length: size }, (_, at) => personOf(`${team}${at}`, { team: rename(team) })),
      ),
      teams.map((id) => ({ id: rename(id), name: id, handles: [] })),
    );
    return { store, people, clock: { now: () => asOf }, taxonomy: { stamps: new Map(), remaps: [] } };
  };

  async function keep(
    history: History,
    {
      isReversed = false,
      rename = (team: string) => team,
    }: { isReversed?: boolean; rename?: (team: string) => string } = {},
  ): Promise<string> {
    const behaviour = newId();
    const loopIds = new Map<number, string>();
    const rows = history.cases.map((one) => {
      const row = measuredLoop({
        behaviour,
        team: rename(one.team),
        kind: one.kind,
        unit: one.unit,
        at: one.at,
        toldAt: one.toldAt,
        ...(one.answeredAt === undefined ? {} : { answeredAt: one.answeredAt }),
        ...(one.verifiedAt === undefined ? {} : { verifiedAt: one.verifiedAt }),
        ...(one.relapseOf === undefined ? {} : { relapseOf: loopIds.get(one.relapseOf) ?? '' }),
      });
      loopIds.set(one.id, row.id);
      return row;
    });
    const order = <Item>(items: readonly Item[]) => (isReversed ? items.toReversed() : items);
    for (const part of isReversed ? order(rows).map((row) => [row]) : [rows])
      await store.transaction((tx) => tx.saveLoops(part));
    await store.transaction(async (tx) => {
      await tx.addCounters(
        order(history.chances).map(({ team, day: on, kind, n }) => {
          return { name: 'opportunity', behaviour, source: 's', day: on, scope: rename(team), n, kind };
        }),
      );
      await tx.addExits(order(history.exits) satisfies readonly ExitRow[]);
      for (const scope of [
        ...teams.map((id) => ({ kind: 'team' as const, id: rename(id) })),
        { kind: 'everyone' as const, id: '' },
      ])
        await tx.insertControl(appliedControl({ behaviour, scope, appliedAt }));
    });
    return behaviour;
  }

  const ask = (behaviour: string, own: 'all' | readonly string[], parts = partsOf()) =>
    measure(parts, { ...loopPrincipal, teams: own }, { behaviour, by: 'team' }, settings);
  const around = (behaviour: string, own: 'all' | readonly string[], parts = partsOf()) =>
    measureControls(parts, { ...loopPrincipal, teams: own }, { behaviour }, settings);
  const runs = { numRuns: 4, endOnFailure: true };

  test('equals figures that are worked out one case at a time over the same rows', async () => {
    let curves = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async (given) => {
        const history = historyOf(given);
        const behaviour = await keep(history);
        const found = await ask(behaviour, 'all');
        const whole = found.whole.kind === 'shown' ? shape(found.whole.figures) : undefined;
        expect(whole).toEqual(slow(history));
        curves += whole?.recurrence.length ?? 0;
        for (const group of found.groups) {
          if (group.kind === 'shown')
            expect(shape(group.figures), group.id).toEqual(slow(ofTeams(history, [group.id])));
        }
        for (const one of await around(behaviour, 'all')) {
          if (one.kind === 'hidden') continue;
          const { id, kind } = one.control.scope;
          const own = ofTeams(history, kind === 'team' ? [id] : teams);
          const expected = slowAround(own, appliedAt - 7 * hour, asOf);
          expect(one.figure, id).toMatchObject({
            before: { ...expected.before, days: 90 },
            since: { ...expected.since, days: 131 },
          });
        }
      }),
      runs,
    );
    expect(curves).toBeGreaterThan(0);
  });

  test('does not change when events come in another order or teams have other names', async () => {
    const rename = (team: string) => teams.toReversed()[teams.indexOf(team)] ?? '';
    const byName =
      (name: (team: string) => string) => (one: { readonly id: string }, other: { readonly id: string }) =>
        teams.indexOf(name(one.id)) - teams.indexOf(name(other.id));
    await fc.assert(
      fc.asyncProperty(drawn, async (given) => {
        const history = historyOf(given);
        const one = await keep(history);
        const other = await keep(history, { isReversed: true, rename });
        const [first, second] = [await ask(one, 'all'), await ask(other, 'all', partsOf(rename))];
        expect(rounded(second.whole)).toEqual(rounded(first.whole));
        const figures = (groups: typeof first.groups, name: (team: string) => string) =>
          groups
            .toSorted(byName(name))
            .map((group) => (group.kind === 'shown' ? { ...group, id: name(group.id) } : name(group.id)));
        expect(rounded(figures(second.groups, rename))).toEqual(
          rounded(figures(first.groups, (team) => team)),
        );
        const controls = async (
          behaviour: string,
          parts: ReturnType<typeof partsOf>,
          name: (team: string) => string,
        ) =>
          new Map(
            (await around(behaviour, 'all', parts)).map(({ control: { scope }, ...rest }) => [
              scope.kind === 'team' ? name(scope.id) : '',
              rest,
            ]),
          );
        expect(await controls(other, partsOf(rename), rename)).toEqual(
          await controls(one, partsOf(), (team) => team),
        );
      }),
      runs,
    );
  });

  test('does not change when others are hidden from whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.constantFrom(...teams), async (given, team) => {
        const behaviour = await keep(historyOf(given));
        const all = (await ask(behaviour, 'all')).groups.find(({ id }) => id === team);
        if (all?.kind !== 'shown') return;
        const own = (await ask(behaviour, [team, 'nobody'])).groups.find(({ id }) => id === team);
        const without = (group: typeof own) =>
          group?.kind === 'shown' ? { ...group, ratioToRest: undefined, difficulty: undefined } : group;
        expect(without(own)).toEqual(without(all));
        const of = (found: Awaited<ReturnType<typeof around>>) =>
          found.find(({ control: { scope } }) => scope.kind === 'team' && scope.id === team);
        expect(of(await around(behaviour, [team]))).toEqual(of(await around(behaviour, 'all')));
      }),
      runs,
    );
  });
});
