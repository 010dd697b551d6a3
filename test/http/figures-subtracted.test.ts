import { beforeAll, describe, expect, test } from 'vitest';
import { behaviour, cells, figureScopes, figuresOfTeams, kinds, months, staff } from './team-figures.ts';

const house = figuresOfTeams();
const { answer, truth } = house;

/** A number that was shown, and which cells it is the sum of: 1 for each in the order of `cells`. */
type Shown = { readonly row: readonly number[]; readonly value: number };
type Cells = {
  readonly team?: readonly string[];
  readonly kind?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

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

let aroundControls = 0;
let effects = 0;
/** Everything that somebody who sees these teams can be shown, as equations over the cells. */
async function shownTo(own: 'all' | readonly string[]): Promise<readonly Shown[]> {
  const token = await house.doors.token(figureScopes, own === 'all' ? {} : { teams: own });
  const ask = async (query: Readonly<Record<string, string | undefined>>): Promise<Json> => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
    const answer = await house.doors.ask(`/v1/measures/${behaviour}?${given}`, { token });
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
  for (const [, n] of (await house.doors.ask('/metrics', { token })).text.matchAll(lineOfLoops))
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
