import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cohort, hiddenGroups, isSafeBeside, mayShow, type Sum } from './small-groups.ts';

type Report = { readonly cohorts: ReadonlyMap<string, Cohort>; readonly sums: readonly Sum[] };

const cohort = fc
  .integer({ min: 0, max: 14 })
  .chain((people) => fc.integer({ min: 0, max: people }).map((affected) => ({ people, affected })));

function added(cohorts: readonly Cohort[]): Cohort {
  const sum = (of: (one: Cohort) => number) => cohorts.reduce((total, one) => total + of(one), 0);
  return { people: sum(({ people }) => people), affected: sum(({ affected }) => affected) };
}

/** All of departments, each of teams. */
const tree: fc.Arbitrary<Report> = fc
  .array(fc.array(cohort, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((departments) => {
    const cohorts = new Map<string, Cohort>();
    const sums: Sum[] = departments.map((teams, d) => {
      for (const [t, team] of teams.entries()) cohorts.set(`d${d}t${t}`, team);
      cohorts.set(`d${d}`, added(teams));
      return { total: `d${d}`, parts: teams.map((_, t) => `d${d}t${t}`) };
    });
    cohorts.set('all', added(departments.flat()));
    return { cohorts, sums: [...sums, { total: 'all', parts: departments.map((_, d) => `d${d}`) }] };
  });

/** Teams by kinds of account, with the sums of rows and columns. */
const crossed: fc.Arbitrary<Report> = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 3 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(cohort, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  )
  .map((table) => {
    const cohorts = new Map<string, Cohort>();
    const sums: Sum[] = [];
    for (const [r, row] of table.entries()) {
      for (const [c, cell] of row.entries()) cohorts.set(`r${r}c${c}`, cell);
      cohorts.set(`r${r}`, added(row));
      sums.push({ total: `r${r}`, parts: row.map((_, c) => `r${r}c${c}`) });
    }
    const columns = (table[0] ?? []).map((_, c) => c);
    for (const c of columns) {
      cohorts.set(`c${c}`, added(table.map((row) => row[c] ?? { people: 0, affected: 0 })));
      sums.push({ total: `c${c}`, parts: table.map((_, r) => `r${r}c${c}`) });
    }
    cohorts.set('all', added(table.flat()));
    sums.push({ total: 'all', parts: table.map((_, r) => `r${r}`) });
    sums.push({ total: 'all', parts: columns.map((c) => `c${c}`) });
    return { cohorts, sums };
  });

/** Whoever holds the report: puts in what is shown, and works out by substitution whatever can be. */
function recovered({ sums }: Report, shown: ReadonlyMap<string, Cohort>): ReadonlyMap<string, number> {
  const known = new Map([...shown].map(([id, { people }]) => [id, people]));
  for (let turn = 0; turn < 50; turn += 1) {
    for (const { total, parts } of sums) {
      const open = [total, ...parts].filter((id) => !known.has(id));
      const [only] = open;
      if (open.length !== 1 || only === undefined) continue;
      const sum = parts.reduce((people, id) => people + (known.get(id) ?? 0), 0);
      known.set(only, only === total ? sum : (known.get(total) ?? 0) - sum);
    }
  }
  return known;
}

describe('groups too small to show', () => {
  test('five people may be shown, four not, and below ten not what all or none of them did', () => {
    expect(mayShow({ people: 5, affected: 2 })).toBe(true);
    expect(mayShow({ people: 4, affected: 2 })).toBe(false);
    expect(mayShow({ people: 9, affected: 0 })).toBe(false);
    expect(mayShow({ people: 9, affected: 9 })).toBe(false);
    expect(mayShow({ people: 10, affected: 0 })).toBe(true);
    expect(mayShow({ people: 9, affected: 2 }, 10)).toBe(false);
  });

  test('two small groups whose sum is small, too, take a third with them', () => {
    const cohorts = new Map([
      ['a', { people: 2, affected: 1 }],
      ['b', { people: 1, affected: 1 }],
      ['c', { people: 8, affected: 3 }],
      ['d', { people: 30, affected: 9 }],
      ['all', { people: 41, affected: 14 }],
    ]);
    const sums = [{ total: 'all', parts: ['a', 'b', 'c', 'd'] }];
    expect([...hiddenGroups(cohorts, sums)]).toEqual(['a', 'b', 'c']);
  });

  test('where nothing is small, nothing is hidden', () => {
    const cohorts = new Map([
      ['a', { people: 12, affected: 1 }],
      ['b', { people: 20, affected: 5 }],
      ['all', { people: 32, affected: 6 }],
    ]);
    expect(hiddenGroups(cohorts, [{ total: 'all', parts: ['a', 'b'] }]).size).toBe(0);
  });

  for (const [name, report] of [
    ['a tree of teams', tree],
    ['a table with its margins', crossed],
  ] as const) {
    test(`in ${name} no small group can be recovered by subtracting figures`, () => {
      fc.assert(
        fc.property(report, ({ cohorts, sums }) => {
          const hidden = hiddenGroups(cohorts, sums);
          const shown = new Map([...cohorts].filter(([id]) => !hidden.has(id)));
          for (const [id, people] of recovered({ cohorts, sums }, shown)) {
            if (!hidden.has(id)) continue;
            // What can be worked out although it was hidden must be a group that may be shown anyway.
            expect(mayShow(cohorts.get(id) ?? { people, affected: 0 }), id).toBe(true);
          }
          for (const { total, parts } of sums) {
            if (hidden.has(total)) continue;
            const rest = parts.filter((id) => hidden.has(id));
            const cohort = added(rest.map((id) => cohorts.get(id) ?? { people: 0, affected: 0 }));
            expect(mayShow(cohort), `${total} less what is shown of it`).toBe(true);
          }
        }),
        { numRuns: 500 },
      );
    });
  }

  test('every small group could have another size, for all that the figures say', () => {
    fc.assert(
      fc.property(fc.oneof(tree, crossed), ({ cohorts, sums }) => {
        const hidden = [...hiddenGroups(cohorts, sums)];
        // All ways to put one person in or out are tried: nine groups are 20,000 of them.
        fc.pre(hidden.length > 0 && hidden.length <= 9);
        const isOpen = new Set<string>();
        for (let code = 0; code < 3 ** hidden.length; code += 1) {
          const shift = new Map(hidden.map((id, at) => [id, (Math.floor(code / 3 ** at) % 3) - 1]));
          const isConsistent = sums.every(({ total, parts }) => {
            const sum = parts.reduce((people, id) => people + (shift.get(id) ?? 0), 0);
            return sum === (shift.get(total) ?? 0);
          });
          if (isConsistent) for (const [id, by] of shift) if (by !== 0) isOpen.add(id);
        }
        for (const id of hidden) {
          expect(isOpen.has(id) || mayShow(cohorts.get(id) ?? { people: 0, affected: 0 }), id).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('two parts of a table that together give a cell away are noticed', () => {
    // Row 0 and column 0 hide two cells each; the corner follows only from all four sums together.
    const cell = (people: number) => ({ people, affected: Math.floor(people / 2) });
    const counts = [
      [3, 9, 20],
      [9, 30, 20],
      [20, 20, 20],
    ];
    const cohorts = new Map<string, Cohort>();
    const sums: Sum[] = [];
    for (const r of [0, 1, 2]) {
      for (const c of [0, 1, 2]) cohorts.set(`r${r}c${c}`, cell(counts[r]?.[c] ?? 0));
      cohorts.set(`r${r}`, added([0, 1, 2].map((c) => cell(counts[r]?.[c] ?? 0))));
      cohorts.set(`c${r}`, added([0, 1, 2].map((row) => cell(counts[row]?.[r] ?? 0))));
      sums.push({ total: `r${r}`, parts: [0, 1, 2].map((c) => `r${r}c${c}`) });
      sums.push({ total: `c${r}`, parts: [0, 1, 2].map((row) => `r${row}c${r}`) });
    }
    const hidden = hiddenGroups(cohorts, sums);
    expect(hidden.has('r0c0')).toBe(true);
    expect(hidden.size).toBeGreaterThanOrEqual(4);
  });

  test('two reports that differ by a few people are not both shown', () => {
    const people = (count: number, from = 0) =>
      new Set(Array.from({ length: count }, (_, at) => `p${from + at}`));
    expect(isSafeBeside([people(20)], people(22))).toBe(false);
    expect(isSafeBeside([people(20)], people(18))).toBe(false);
    expect(isSafeBeside([people(20)], people(20))).toBe(true);
    expect(isSafeBeside([people(20)], people(25))).toBe(true);
    expect(isSafeBeside([people(20)], people(20, 3))).toBe(false);
    expect(isSafeBeside([], people(1))).toBe(true);
  });
});
