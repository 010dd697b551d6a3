import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumUnits } from '../rates/unit-sums.ts';
import { rateFigure } from './rate-figure.ts';
import { rateTable } from './rate-table.ts';
import { expectedChange, expectedRate, shrunkRatio } from './regression-to-mean.ts';

const units = (failures: readonly number[], opportunities: number) =>
  sumUnits(failures.map((events) => ({ events, exposure: opportunities })));

describe('rate per opportunity', () => {
  test('a rate carries its n and an interval around it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ events: fc.integer({ min: 0, max: 5 }), exposure: fc.integer({ min: 0, max: 30 }) }),
          {
            maxLength: 60,
          },
        ),
        (people) => {
          const figure = rateFigure(sumUnits(people));
          expect(figure.opportunities).toBe(people.reduce((sum, { exposure }) => sum + exposure, 0));
          if (figure.kind !== 'rate') return;
          expect(figure.lower).toBeLessThanOrEqual(figure.value * (1 + 1e-12));
          expect(figure.upper).toBeGreaterThanOrEqual(figure.value * (1 - 1e-12));
          expect(figure.opportunities).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('without opportunities there is a count and no rate, with few there is not enough', () => {
    expect(rateFigure(units([], 0))).toMatchObject({ kind: 'not-enough-data', reason: 'uncounted' });
    expect(rateFigure(units([1, 0], 2))).toMatchObject({
      kind: 'not-enough-data',
      reason: 'few-opportunities',
    });
  });

  test('when few people do most of it, the interval is taken between people and is the wider', () => {
    const even = rateFigure(units([2, 1, 2, 2, 1, 2, 2, 2, 1, 1], 20));
    const piled = rateFigure(units([0, 0, 1, 0, 7, 2, 0, 5, 1, 0], 20));
    expect(even).toMatchObject({ kind: 'rate', interval: 'poisson', failures: 16 });
    expect(piled).toMatchObject({ kind: 'rate', interval: 'between-units', failures: 16 });
    if (even.kind === 'rate' && piled.kind === 'rate') expect(piled.upper).toBeGreaterThan(even.upper);
    expect(rateFigure(units([40, 0, 0], 50))).toMatchObject({ reason: 'units-differ' });
  });

  test('sums made by a database are the same as units read one by one', () => {
    const people = [3, 0, 2, 9, 1].map((events, index) => ({ events, exposure: 10 + index }));
    const [one, other] = [sumUnits(people.slice(0, 2)), sumUnits(people.slice(2))];
    const added = {
      units: one.units + other.units,
      events: one.events + other.events,
      exposure: one.exposure + other.exposure,
      eventSquares: one.eventSquares + other.eventSquares,
      products: one.products + other.products,
      exposureSquares: one.exposureSquares + other.exposureSquares,
      eventSquaresPerExposure: one.eventSquaresPerExposure + other.eventSquaresPerExposure,
    };
    expect(rateFigure(added)).toEqual(rateFigure(sumUnits(people)));
  });

  test('a table hides small groups and what would give them away, and keeps the rest', () => {
    const group = (id: string, people: number, affected: number) => ({
      id,
      people,
      affected,
      sums: units(
        Array.from({ length: people }, (_, at) => (at < affected ? 1 : 0)),
        10,
      ),
    });
    const groups = [group('all', 60, 16), group('a', 30, 8), group('b', 27, 6), group('c', 3, 2)];
    const rows = rateTable(groups, [{ total: 'all', parts: ['a', 'b', 'c'] }]);
    expect(rows.map(({ figure }) => figure.kind)).toEqual(['rate', 'rate', 'hidden', 'hidden']);
  });
});

describe('what happens by itself', () => {
  test('published values come out', () => {
    const { any, before, after } = expectedChange({ mean: 0.2, shape: 0.5 });
    expect(any).toBeCloseTo(0.15484574527, 10);
    expect(before).toBeCloseTo(1.29160797831, 10);
    expect(after).toBeCloseTo(0.5118879938, 10);
    expect(expectedRate({ mean: 0.2, shape: 0.5 }, 1, 1)).toBeCloseTo(0.42857142857, 10);
    const { value, lower, upper } = shrunkRatio(0.5, 0.25);
    expect([value, lower, upper].map((ratio) => ratio.toFixed(6))).toEqual([
      '0.739506',
      '0.544511',
      '1.004331',
    ]);
  });

  test('people picked for an event always look better afterwards, the more so the less alike they are', () => {
    const positive = fc.double({ min: 0.01, max: 5, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (mean, shape) => {
        const { before, after } = expectedChange({ mean, shape });
        expect(after).toBeLessThan(before);
        expect(after).toBeGreaterThanOrEqual(mean);
        expect(expectedRate({ mean, shape }, 0, 1)).toBeLessThan(mean);
      }),
    );
  });
});
