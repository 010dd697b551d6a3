import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/access/scope.ts';
import { routeTable } from '../../src/http/route-table.ts';
import { closedSetting } from '../../src/loop/close-months.ts';
import { day } from '../support/house.ts';
import { measuredLoop, newId } from '../support/measured-loops.ts';
import { openDoors } from './doors.ts';
import { behaviour, cells, figureScopes, figuresOfTeams, people, staff } from './team-figures.ts';

const house = figuresOfTeams();
const { answer, truth } = house;

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
    '/v1/people/{id}': 'nothing',
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
    const token = await house.doors.token([...figureScopes, 'policy:approve', 'evidence:read'], {
      teams: ['blue'],
    });
    for (const path of [
      '/v1/agents/figures',
      '/v1/policy/decisions',
      '/v1/policy/exceptions',
      '/v1/privacy/report',
    ])
      expect((await house.doors.ask(path, { token })).status, path).toBe(403);
  });

  test('say of a control over a small group that it is there, and of how many cases only to who may read them', async () => {
    const path = '/v1/controls?limit=500';
    const sees = async (scopes: readonly Scope[], teams?: readonly string[]) => {
      const token = await house.doors.token(scopes, teams === undefined ? {} : { teams });
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
    const few = openDoors({ store: house.store, people: people.slice(0, 9) });
    const { text } = await few.ask('/metrics', { token: await few.token(['system:read']) });
    expect(text).toContain('foldback_loops{behaviour="all",state="told"} ');
    expect(text).not.toContain(behaviour);
  });
});

test('months that were closed, and the last months beside those before, are told of ten people or more only', async () => {
  const other = 'privileged-workflow-bypass';
  const at = house.doors.house.clock.now() - 120 * day;
  const month = new Date(at).toISOString().slice(0, 7);
  const loopIn = (team: string) => measuredLoop({ behaviour: other, team, unit: newId(), at });
  const some = (n: number) =>
    ['blue', 'teal'].flatMap((team) => Array.from({ length: n }, () => loopIn(team)));
  await house.store.transaction(async (tx) => {
    await tx.saveLoops(some(5));
    await tx.closeMonths('', month, at);
    await tx.saveSetting(closedSetting, month);
    await tx.saveLoops(some(1));
  });
  const token = await house.doors.token(['measures:read']);
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
      const token = await house.doors.token(['evidence:read'], { teams: own });
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
      const { text } = await house.doors.ask(`/v1/evidence?${period}&purpose=a+test+of+figures`, { token });
      for (const team of Object.keys(staff)) if (!own.includes(team)) expect(text).not.toContain(`"${team}"`);
    }
  });
});
