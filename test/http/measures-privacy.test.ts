import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scope.ts';
import { routeTable } from '../../src/http/route-table.ts';
import { closedSetting } from '../../src/loop/close-months.ts';
import type { Store } from '../../src/ports/store.ts';
import { appliedControl } from '../support/applied-control.ts';
import { day, personOf } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { measuredLoop, newId } from '../support/measured-loops.ts';
import { type Doors, openDoors } from './doors.ts';

const behaviour = 'secret-in-repository';
const staff = { blue: 14, red: 11, green: 7, teal: 9, grey: 3, one: 1 } as const;
const teams = [...Object.keys(staff), ''];
const kinds = ['person', 'workload'];
const months = ['2026-03', '2026-04', '2026-05'];
const people = Object.entries(staff).flatMap(([team, size]) =>
  Array.from({ length: size }, (_, at) => personOf(`${team}${at}`, { team })),
);

/** A number that was shown, and which cells it is the sum of: 1 for each in the order of `cells`. */
type Shown = { readonly row: readonly number[]; readonly value: number };
type Cells = {
  readonly team?: readonly string[];
  readonly kind?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

const cells = teams.flatMap((team) =>
  kinds.flatMap((kind) => months.map((month) => ({ team, kind, month }))),
);

function rowOf({ team, kind, from = '0', to = '9' }: Cells): readonly number[] {
  return cells.map((cell) =>
    (team === undefined || team.includes(cell.team)) &&
    (kind === undefined || kind === cell.kind) &&
    cell.month >= from &&
    cell.month <= to
      ? 1
      : 0,
  );
}

let store: Store;
let doors: Doors;
const truth = new Map<string, number>();

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, people });
  const rows = cells.flatMap(({ team, kind, month }, at) => {
    // Some teams have nothing of a kind or in a month, so that nothing can be told from everybody.
    const isSmall = team === 'green' || team === 'teal';
    const count = isSmall ? (at % 3 === 0 ? 3 : 0) : (at * 7) % 5 === 0 ? 0 : 1 + ((at * 13) % 4);
    truth.set(`${team} ${kind} ${month}`, count);
    return Array.from({ length: count }, (_, n) =>
      measuredLoop({
        behaviour,
        team,
        kind: kind === 'person' ? 'person' : 'workload',
        unit: newId(),
        at: Date.parse(`${month}-0${1 + n}T00:00:00Z`),
      }),
    );
  });
  await store.transaction(async (tx) => {
    await tx.saveLoops(rows);
    const { appendLedger } = doors.house.parts;
    const told = rows.map(({ id, firstOccurredAt: at }) =>
      appendLedger({ id, seq: 0, head: '' }, [{ kind: 'told', at, body: {} }]),
    );
    await tx.appendLedger(
      told.flatMap(({ entries }) => entries),
      [],
    );
  });
  // Controls over every team and over everyone, from the first of April and of May on, until June.
  for (const scope of [
    { kind: 'everyone', id: '' } as const,
    ...Object.keys(staff).map((id) => ({ kind: 'team', id }) as const),
  ]) {
    for (const from of ['2026-04', '2026-05']) {
      const control = appliedControl({
        behaviour,
        scope,
        appliedAt: Date.parse(`${from}-01T08:00:00Z`),
        state: 'ended',
        closedAt: Date.parse('2026-06-01T00:00:00Z'),
      });
      await store.transaction((tx) => tx.insertControl(control));
    }
  }
});
afterAll(() => store?.close());

type Json = {
  readonly hidden?: string;
  readonly figures?: { readonly loops: number };
  readonly controls?: readonly {
    readonly appliedAt: string;
    readonly scope: { readonly kind: string; readonly id: string };
    readonly before?: { readonly loops: number };
    readonly since?: { readonly loops: number };
  }[];
  readonly groups: readonly { readonly id: string; readonly figures?: { readonly loops: number } }[];
};

/** Whoever has these can read figures, and not one case. */
const figureScopes: readonly Scope[] = ['measures:read', 'controls:read', 'behaviours:read', 'system:read'];

let aroundControls = 0;
let effects = 0;
/** Everything that somebody who sees these teams can be shown, as equations over the cells. */
async function shownTo(own: 'all' | readonly string[]): Promise<readonly Shown[]> {
  const token = await doors.token(figureScopes, own === 'all' ? {} : { teams: own });
  const ask = async (query: Readonly<Record<string, string | undefined>>): Promise<Json> => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
    const answer = await doors.ask(`/v1/measures/${behaviour}?${given}`, { token });
    expect(answer.status).toBe(200);
    return answer.json as unknown as Json;
  };
  const found: Shown[] = [];
  const note = (of: Cells, figures: { readonly loops: number } | undefined) => {
    if (figures !== undefined) found.push({ row: rowOf(of), value: figures.loops });
  };
  // Which teams are in the sum of somebody's own is known to them.
  const { groups } = await ask({ by: 'team', kind: 'person' });
  const inNarrowed = groups.flatMap(({ id, figures }) => (figures === undefined ? [] : [id]));
  const periods = [{}, { from: '2026-03', to: '2026-03' }, { to: '2026-04' }, { from: '2026-04' }];
  for (const period of periods) {
    for (const kind of [undefined, 'person']) {
      const byTeam = await ask({ ...period, kind, by: 'team' });
      const inSum = byTeam.groups.flatMap(({ id, figures }) => (figures === undefined ? [] : [id]));
      note({ ...period, kind, ...(own === 'all' ? {} : { team: inSum }) }, byTeam.figures);
      for (const { id, figures } of byTeam.groups) note({ ...period, kind, team: [id] }, figures);
      if (kind !== undefined) continue;
      for (const team of [undefined, 'green', 'grey']) {
        const byKind = await ask({ ...period, team, by: 'kind' });
        const of = team !== undefined ? { team: [team] } : own === 'all' ? {} : { team: inNarrowed };
        for (const { id, figures } of byKind.groups) note({ ...period, ...of, kind: id }, figures);
      }
    }
  }
  for (const team of [undefined, ...Object.keys(staff)]) {
    const { controls = [] } = await ask({ team, by: 'control' });
    for (const { appliedAt, scope, before, since } of controls) {
      const from = appliedAt.slice(0, 7);
      const to = months[months.indexOf(from) - 1];
      const asked = scope.kind === 'team' ? scope.id : team;
      const of = asked !== undefined ? { team: [asked] } : own === 'all' ? {} : { team: inNarrowed };
      note({ ...of, to }, before);
      note({ ...of, from }, since);
      if (before !== undefined) aroundControls += 1;
    }
  }
  const { items = [] } = (await answer(token, '/v1/controls?limit=500')) as {
    readonly items?: readonly { readonly id: string; readonly relapses?: number }[];
  };
  for (const { id } of items) {
    const { scope, appliedAt, beforeAfter } = (await answer(token, `/v1/controls/${id}`)) as ControlOf;
    if (beforeAfter?.kind !== 'ratio') continue;
    const from = appliedAt.slice(0, 7);
    const of = scope.kind === 'team' ? { team: [scope.id] } : {};
    note({ ...of, to: months[months.indexOf(from) - 1] }, { loops: beforeAfter.before?.failures ?? 0 });
    note({ ...of, from }, { loops: beforeAfter.after?.failures ?? 0 });
    effects += 1;
  }
  for (const [, n] of (await doors.ask('/metrics', { token })).text.matchAll(lineOfLoops))
    note({}, { loops: Number(n) });
  return found;
}

/** The states of these cases are one, so that a line is the sum of a behaviour. */
const lineOfLoops = /^foldback_loops\{behaviour="secret-in-repository",state="told"\} (\d+)$/gmu;

type Side = { readonly failures: number };
type ControlOf = {
  readonly appliedAt: string;
  readonly scope: { readonly kind: string; readonly id: string };
  readonly beforeAfter?: { readonly kind: string; readonly before?: Side; readonly after?: Side };
};

async function answer(token: string, path: string): Promise<unknown> {
  const { status, json } = await doors.ask(path, { token });
  expect(status).toBe(200);
  return json;
}

/** Whether a sum of cells follows from what was shown, by adding and subtracting in any way. */
function follows(rows: readonly (readonly number[])[], wanted: readonly number[]): boolean {
  return rank([...rows, wanted]) === rank(rows);
}

function rank(given: readonly (readonly number[])[]): number {
  const rows = given.map((row) => [...row]);
  let done = 0;
  for (let column = 0; column < cells.length && done < rows.length; column += 1) {
    const pivot = rows.findIndex((row, at) => at >= done && Math.abs(row[column] ?? 0) > 1e-9);
    if (pivot === -1) continue;
    [rows[done], rows[pivot]] = [rows[pivot] ?? [], rows[done] ?? []];
    const lead = rows[done] ?? [];
    for (const [at, row] of rows.entries()) {
      const factor = at > done ? (row[column] ?? 0) / (lead[column] ?? 1) : 0;
      if (factor !== 0)
        for (const [place, value] of lead.entries()) row[place] = (row[place] ?? 0) - factor * value;
    }
    done += 1;
  }
  return done;
}

describe('whoever lays all figures side by side and subtracts', () => {
  let shown: readonly Shown[] = [];
  let rows: readonly (readonly number[])[] = [];
  beforeAll(async () => {
    const seen: Shown[] = [];
    for (const own of ['all', ['blue', 'grey'], ['red', 'green', 'teal', 'one']] as const)
      seen.push(...(await shownTo(own)));
    shown = seen;
    rows = [...new Set(shown.map(({ row }) => row.join()))].map((text) => text.split(',').map(Number));
  });
  const spans: readonly Cells[] = [
    {},
    ...months.map((month) => ({ from: month, to: month })),
    { to: '2026-04' },
  ];
  const any = [undefined, ...kinds];

  test('reads true numbers, and enough of them to try', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(aroundControls).toBeGreaterThan(8);
    expect(effects).toBeGreaterThan(4);
    expect(shown.some(({ row }) => row.every((one) => one === 1))).toBe(true);
    for (const { row, value } of shown) {
      const sum = cells.reduce(
        (total, { team, kind, month }, at) =>
          total + (row[at] ?? 0) * (truth.get(`${team} ${kind} ${month}`) ?? 0),
        0,
      );
      expect(value).toBe(sum);
    }
    // The attack works where it may: a team of nine over all time, and one kind of a large team.
    expect(follows(rows, rowOf({ team: ['teal'] }))).toBe(true);
    expect(follows(rows, rowOf({ team: ['blue'], kind: 'workload' }))).toBe(true);
  });

  test('learns nothing of a team of fewer than five, nor of two such teams together', () => {
    for (const team of [['grey'], ['one'], ['grey', 'one']]) {
      for (const kind of any) {
        for (const span of spans)
          expect(follows(rows, rowOf({ team, kind, ...span })), `${team}`).toBe(false);
      }
    }
  });

  test('learns nothing of a kind or a month of a team of fewer than ten', () => {
    for (const team of [['green'], ['teal'], ['green', 'one']]) {
      for (const kind of any) {
        for (const span of spans) {
          if (kind === undefined && span.to === undefined) continue;
          expect(follows(rows, rowOf({ team, kind, ...span })), `${team} ${kind} ${span.to}`).toBe(false);
        }
      }
    }
  });

  test('learns nothing of what belongs to no team', () => {
    for (const kind of any)
      for (const span of spans) expect(follows(rows, rowOf({ team: [''], kind, ...span }))).toBe(false);
  });
});

describe('doors through which figures can be read, and no case', () => {
  /** With one of these the cases themselves can be read, by name, and counted: figures add nothing. */
  const readsCases = new Set<string>(['loops:read', 'messages:read', 'owners:read', 'evidence:read']);
  const readsNothing = new Set<string>([
    'public',
    'link',
    'webhook',
    'admin',
    'audit:read',
    'events:write',
    'scim:write',
  ]);
  /** What is counted there of the behaviours of people; all of it is in the attack or tested beside it. */
  const counted: Readonly<
    Record<string, 'in the attack' | 'of arms' | 'of five or more' | 'of agents' | 'nothing'>
  > = {
    '/v1/measures': 'in the attack',
    '/v1/measures/{behaviour}': 'in the attack',
    '/v1/controls': 'in the attack',
    '/v1/controls/{id}': 'in the attack',
    '/metrics': 'in the attack',
    '/v1/experiments': 'of arms',
    '/v1/experiments/{id}': 'of arms',
    '/v1/reviews': 'of five or more',
    '/v1/reviews/{id}': 'of five or more',
    '/v1/policy/exceptions': 'of agents',
    '/v1/policy/exceptions/{id}': 'of agents',
    '/v1/agents/rules': 'nothing',
    '/v1/behaviours': 'nothing',
    '/v1/behaviours/{behaviour}/check': 'nothing',
    '/v1/behaviours/{behaviour}/versions': 'of five or more',
    '/v1/behaviours/{behaviour}/versions/{hash}': 'nothing',
    '/v1/behaviours/{behaviour}/words': 'nothing',
    '/v1/policy': 'nothing',
    '/v1/policy/rules': 'nothing',
    '/v1/sources': 'nothing',
  };

  test('are all known: a new one has to say what it counts', () => {
    const doorsOfFigures = routeTable
      .filter(
        ({ method, access }) => method === 'GET' && !readsCases.has(access) && !readsNothing.has(access),
      )
      .map(({ path }) => path);
    expect(doorsOfFigures.toSorted()).toEqual(Object.keys(counted).toSorted());
  });

  test('are closed to whoever sees some teams only, where what is counted is not theirs', async () => {
    const token = await doors.token([...figureScopes, 'policy:approve', 'evidence:read'], {
      teams: ['blue'],
    });
    for (const path of [
      '/v1/agents/figures',
      '/v1/policy/decisions',
      '/v1/policy/exceptions',
      '/v1/privacy/report',
    ])
      expect((await doors.ask(path, { token })).status, path).toBe(403);
  });

  test('say of a control over a small group that it is there, and of how many cases only to who may read them', async () => {
    const path = '/v1/controls?limit=500';
    const sees = async (scopes: readonly Scope[], teams?: readonly string[]) => {
      const token = await doors.token(scopes, teams === undefined ? {} : { teams });
      const { items } = (await answer(token, path)) as {
        readonly items: readonly { readonly scope: { readonly id: string }; readonly relapses?: number }[];
      };
      expect(items.length).toBeGreaterThan(1);
      return new Set(items.flatMap(({ scope, relapses }) => (relapses === undefined ? [] : [scope.id])));
    };
    expect(await sees(figureScopes)).toEqual(new Set(['', 'blue', 'red']));
    expect(await sees(figureScopes, ['red', 'green'])).toEqual(new Set(['red']));
    expect(await sees([...figureScopes, 'loops:read'], ['green', 'one'])).toEqual(new Set(['green', 'one']));
  });

  test('say of cases by kind nothing where fewer than ten people are known', async () => {
    const few = openDoors({ store, people: people.slice(0, 9) });
    const { text } = await few.ask('/metrics', { token: await few.token(['system:read']) });
    expect(text).toContain('foldback_loops{behaviour="all",state="told"} ');
    expect(text).not.toContain(behaviour);
  });
});

test('months that were closed, and the last months beside those before, are told of ten people or more only', async () => {
  const other = 'privileged-workflow-bypass';
  const at = doors.house.clock.now() - 120 * day;
  const month = new Date(at).toISOString().slice(0, 7);
  const loopIn = (team: string) => measuredLoop({ behaviour: other, team, unit: newId(), at });
  const some = (n: number) =>
    ['blue', 'teal'].flatMap((team) => Array.from({ length: n }, () => loopIn(team)));
  await store.transaction(async (tx) => {
    await tx.saveLoops(some(5));
    await tx.closeMonths('', month, at);
    await tx.saveSetting(closedSetting, month);
    await tx.saveLoops(some(1));
  });
  const token = await doors.token(['measures:read']);
  const seen = async (query: string) => {
    const { revised, figures, groups } = (await answer(token, `/v1/measures/${other}?${query}`)) as Told;
    return {
      months: revised.length,
      change: figures?.change.kind,
      groups: groups.map(({ id, figures: own }) => [id, own?.change.kind]),
    };
  };
  expect(await seen('team=blue')).toMatchObject({ months: 1, change: 'no-effect' });
  expect(await seen('team=teal')).toMatchObject({ months: 0, change: 'not-enough-data' });
  const byTeam = await seen('by=team');
  expect(byTeam).toMatchObject({ months: 1, change: 'no-effect' });
  expect(byTeam.groups).toContainEqual(['blue', 'no-effect']);
  expect(byTeam.groups).toContainEqual(['teal', 'not-enough-data']);
});

type Changed = { readonly change: { readonly kind: string } };
type Told = {
  readonly revised: readonly unknown[];
  readonly figures?: Changed;
  readonly groups: readonly { readonly id: string; readonly figures?: Changed }[];
};

describe('what is handed out with the cases, coverage and evidence of a period', () => {
  test('counts the cases of the teams of whoever asks, and no others', async () => {
    const sum = (teams: readonly string[]) =>
      cells.reduce(
        (total, { team, kind, month }) =>
          total + (teams.includes(team) ? (truth.get(`${team} ${kind} ${month}`) ?? 0) : 0),
        0,
      );
    const period = 'from=2026-01-01&to=2026-12-31';
    for (const own of [['blue'], ['grey'], ['green', 'one']]) {
      const token = await doors.token(['evidence:read'], { teams: own });
      const { items } = (await answer(token, `/v1/coverage?${period}`)) as {
        readonly items: readonly {
          readonly items: readonly { readonly loops: number; readonly behaviours: readonly string[] }[];
        }[];
      };
      const loops = items
        .flatMap((one) => one.items)
        .filter(({ behaviours }) => behaviours.includes(behaviour));
      expect(loops.length).toBeGreaterThan(0);
      for (const item of loops) expect(item.loops).toBe(sum(own));
      const { text } = await doors.ask(`/v1/evidence?${period}&purpose=a+test+of+figures`, { token });
      for (const team of Object.keys(staff)) if (!own.includes(team)) expect(text).not.toContain(`"${team}"`);
    }
  });
});
