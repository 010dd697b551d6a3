import { describe, expect, test } from 'vitest';
import { type AroundRow, aroundFigure } from './around.ts';

const row = (team: string, before: number, since: number, chances = 0): AroundRow => ({
  control: 'c',
  team,
  before: { failures: before, relapses: 0, opportunities: chances },
  since: { failures: since, relapses: 0, opportunities: chances / 3 },
});
const days = { before: 90, since: 30 };
const others = (counts: readonly number[], chances = 0) =>
  counts.map((count, at) => row(`team ${at}`, count, 0, chances));

describe('before a control and since', () => {
  test('a team that had many is expected to have fewer by itself, and one like the others as many', () => {
    const own = row('own', 30, 4);
    const spread = aroundFigure([own], [own, ...others([2, 9, 0, 5, 1])], days);
    // A third of the time: ten if nothing but time had passed.
    expect(spread.expectedSince).toBeGreaterThan(0);
    expect(spread.expectedSince).toBeLessThan(10);
    const alike = aroundFigure([row('own', 6, 4)], [row('own', 6, 4), ...others([6, 6, 6, 6])], days);
    expect(alike.expectedSince).toBeCloseTo(2, 9);
  });

  test('goes by chances where they are counted on both sides', () => {
    const own = row('own', 6, 1, 300);
    const figure = aroundFigure([own], [own, ...others([6, 6, 6, 6], 300)], { before: 90, since: 2 });
    expect(figure).toMatchObject({ per: 'opportunity', before: { rate: { kind: 'rate', value: 0.02 } } });
    expect(figure.expectedSince).toBeCloseTo(2, 9);
  });

  test('nothing is expected where fewer than five teams can be compared, or nobody had a case', () => {
    const own = row('own', 6, 1);
    expect(aroundFigure([own], [own, ...others([1, 2, 3])], days)).not.toHaveProperty('expectedSince');
    expect(aroundFigure([own], [], days)).not.toHaveProperty('expectedSince');
    const quiet = row('own', 0, 0);
    expect(aroundFigure([quiet], [quiet, ...others([0, 0, 0, 0])], days)).not.toHaveProperty('expectedSince');
  });

  test('the order of teams changes nothing', () => {
    const rows = [row('own', 12, 2, 90), ...others([4, 0, 7, 1, 3], 60)];
    expect(aroundFigure(rows.toReversed(), rows.toReversed(), days)).toEqual(aroundFigure(rows, rows, days));
  });
});
