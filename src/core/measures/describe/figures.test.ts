import { describe, expect, test } from 'vitest';
import { riskFigure } from './risk-figure.ts';
import { gapFigure, perFixFigure, shareFigure } from './share-figure.ts';
import { repeatedFigure, timeFigure } from './time-figure.ts';

const times = (count: number, isEvent = true) =>
  Array.from({ length: count }, (_, at) => ({ time: at + 1, isEvent }));

describe('figures', () => {
  test('each carries its n and an interval, or says that there is not enough data', () => {
    expect(shareFigure({ x: 7, n: 50 })).toMatchObject({ kind: 'share', x: 7, n: 50, value: 0.14 });
    expect(shareFigure({ x: 1, n: 4 })).toEqual({ kind: 'not-enough-data', x: 1, n: 4 });
    expect(gapFigure({ x: 56, n: 70 }, { x: 48, n: 80 })).toMatchObject({
      kind: 'gap',
      value: expect.closeTo(0.2, 12),
    });
    expect(gapFigure({ x: 1, n: 4 }, { x: 48, n: 80 }).kind).toBe('not-enough-data');
    expect(timeFigure(times(4)).kind).toBe('not-enough-data');
    expect(repeatedFigure([{ until: 3, events: [1] }]).kind).toBe('not-enough-data');
    expect(riskFigure([{ time: 3, cause: null }], 'recurred', 90)).toMatchObject({
      reason: 'few-units',
      n: 1,
    });
  });

  test('what a fix cost is open where nothing was fixed, and lies in its interval otherwise', () => {
    expect(perFixFigure(12, 0).kind).toBe('not-enough-data');
    const figure = perFixFigure(30, 10);
    expect(figure).toMatchObject({ kind: 'per-fix', value: 3 });
    if (figure.kind !== 'per-fix') return;
    expect(figure.lower).toBeCloseTo(30 / 18.39035604, 8);
    expect(figure.upper).toBeCloseTo(30 / 4.795388696, 8);
  });

  test('a median is told only as far as five were still followed', () => {
    expect(timeFigure(times(20))).toMatchObject({ kind: 'time', n: 20, events: 20, median: 10 });
    const open = timeFigure([...times(3), ...times(10, false)]);
    expect(open).toMatchObject({ kind: 'time', median: null, upper: null, events: 3 });
    const few = timeFigure(times(6));
    if (few.kind === 'time') expect(few.steps.every(({ atRisk }) => atRisk >= 5)).toBe(true);
    expect(few).toMatchObject({ median: null });
  });

  test('events repeated by one unit are counted all', () => {
    const units = [[1, 2, 3], [], [], [], []].map((events) => ({ until: 10, events }));
    const figure = repeatedFigure(units);
    expect(figure).toMatchObject({ kind: 'repeated', n: 5, events: 3 });
    if (figure.kind === 'repeated') expect(figure.steps.at(-1)?.mean).toBeCloseTo(0.6, 12);
  });

  test('a risk needs units followed to the horizon, and leavers are no successes', () => {
    const rows = [
      ...Array.from({ length: 4 }, (_, at) => ({ time: 10 + at, cause: 'recurred' })),
      ...Array.from({ length: 4 }, () => ({ time: 5, cause: 'left' })),
      ...Array.from({ length: 8 }, () => ({ time: 120, cause: null })),
    ];
    expect(riskFigure(rows, 'recurred', 90)).toMatchObject({
      kind: 'risk',
      value: expect.closeTo(0.25, 12),
      n: 16,
      events: 4,
      left: 4,
      followed: 8,
    });
    const young = rows.map((row) => (row.cause === null ? { ...row, time: 30 } : row));
    expect(riskFigure(young, 'recurred', 90)).toMatchObject({ reason: 'not-followed-so-long', followed: 0 });
    expect(riskFigure(rows, 'relapsed', 90)).toMatchObject({
      kind: 'risk',
      value: 0,
      lower: 0,
      upper: expect.closeTo(0.1936, 3),
    });
  });

  test('a recurrence after the horizon belongs to another question', () => {
    const rows = Array.from({ length: 10 }, () => ({ time: 100, cause: 'recurred' }));
    expect(riskFigure(rows, 'recurred', 90)).toMatchObject({
      kind: 'risk',
      events: 0,
      value: 0,
      followed: 10,
    });
  });
});
