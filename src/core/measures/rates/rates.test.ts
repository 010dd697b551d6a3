import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialMass } from '../numeric/distributions.ts';
import { clusteredRate } from './clustered-rate.ts';
import { fisherOddsRatio, fisherP, independence } from './contingency.ts';
import { dispersion } from './dispersion.ts';
import { poissonRate, standardisedRatio } from './poisson-rate.ts';
import { clopperPearson, newcombe, riskRatio, wilson } from './proportion.ts';
import { rateRatio, rateRatioMidP, stratifiedRateRatio } from './rate-ratio.ts';
import { sumUnits } from './unit-sums.ts';

const share = fc
  .integer({ min: 1, max: 400 })
  .chain((n) => fc.integer({ min: 0, max: n }).map((x) => ({ x, n })));
const exposed = fc.record({
  events: fc.integer({ min: 0, max: 300 }),
  exposure: fc.double({ min: 0.5, max: 10_000, noNaN: true }),
});

describe('proportions', () => {
  test('published values come out', () => {
    expect(wilson({ x: 7, n: 50 }).lower).toBeCloseTo(0.0695083343, 10);
    expect(wilson({ x: 7, n: 50 }).upper).toBeCloseTo(0.2618619371, 10);
    expect(clopperPearson({ x: 7, n: 50 }).upper).toBeCloseTo(0.2673960025, 10);
    expect(newcombe({ x: 56, n: 70 }, { x: 48, n: 80 }).lower).toBeCloseTo(0.0524314724, 10);
  });

  test('an interval holds its estimate and lies in [0, 1]', () => {
    fc.assert(
      fc.property(share, ({ x, n }) => {
        const [score, exact] = [wilson({ x, n }), clopperPearson({ x, n })];
        for (const { lower, upper } of [score, exact]) {
          expect(lower).toBeGreaterThanOrEqual(0);
          expect(lower).toBeLessThanOrEqual(x / n);
          expect(upper).toBeGreaterThanOrEqual(x / n);
          expect(upper).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('the same share of more chances has the narrower interval', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 2, max: 9 }), ({ x, n }, times) => {
        for (const interval of [wilson, clopperPearson]) {
          const [few, many] = [interval({ x, n }), interval({ x: x * times, n: n * times })];
          expect(many.upper - many.lower).toBeLessThan(few.upper - few.lower);
        }
      }),
    );
  });

  test('Clopper–Pearson covers at least 95 %, whatever the truth, by exact sums', () => {
    for (const n of [5, 20, 60]) {
      const intervals = Array.from({ length: n + 1 }, (_, x) => clopperPearson({ x, n }));
      for (let p = 0.01; p < 1; p += 0.007) {
        const covered = intervals.reduce(
          (sum, { lower, upper }, x) => (lower <= p && p <= upper ? sum + binomialMass(x, n, p) : sum),
          0,
        );
        expect(covered).toBeGreaterThanOrEqual(0.95);
      }
    }
  });

  test('a difference changes its sign with the order, and a ratio turns over', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [one, other] = [newcombe(a, b), newcombe(b, a)];
        expect(one.lower).toBeCloseTo(-other.upper, 12);
        expect(one.lower).toBeGreaterThanOrEqual(-1 - 1e-12);
        if (a.x > 0 && b.x > 0) expect(riskRatio(a, b).lower).toBeCloseTo(1 / riskRatio(b, a).upper, 6);
      }),
    );
  });
});

describe('rates', () => {
  test('published values come out', () => {
    expect(poissonRate({ events: 0, exposure: 1 }).upper).toBeCloseTo(3.688879454, 9);
    expect(poissonRate({ events: 10, exposure: 1 }).lower).toBeCloseTo(4.795388696, 9);
    const found = rateRatio({ events: 11, exposure: 800 }, { events: 21, exposure: 3011 });
    expect(found.value).toBeCloseTo(1.971488095, 9);
    expect(found.lower).toBeCloseTo(0.8584264034, 9);
    expect(found.upper).toBeCloseTo(4.277265944, 9);
    expect(found.p).toBeCloseTo(0.079668633, 9);
  });

  test('a rate lies in its interval, and the unit of exposure only scales it', () => {
    fc.assert(
      fc.property(exposed, ({ events, exposure }) => {
        const rate = poissonRate({ events, exposure });
        expect(rate.lower).toBeLessThanOrEqual(rate.value);
        expect(rate.upper).toBeGreaterThan(rate.value);
        expect(poissonRate({ events, exposure: exposure * 2 }).upper / rate.upper).toBeCloseTo(0.5, 10);
      }),
    );
  });

  test('the ratio turns over with the order, and mid-p lies within the exact interval', () => {
    fc.assert(
      fc.property(exposed, exposed, (a, b) => {
        fc.pre(a.events + b.events > 0);
        const [exact, turned, mid] = [rateRatio(a, b), rateRatio(b, a), rateRatioMidP(a, b)];
        expect(turned.p).toBeCloseTo(exact.p, 9);
        if (a.events > 0) expect((exact.lower * turned.upper) / 1).toBeCloseTo(1, 8);
        expect(mid.lower).toBeGreaterThanOrEqual(exact.lower * (1 - 1e-12));
        expect(mid.upper).toBeLessThanOrEqual(exact.upper * (1 + 1e-12));
      }),
    );
  });

  test('the two-sided p is the plain sum of the masses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 80 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (x1, x2, exposure) => {
          const n = x1 + x2;
          const p = exposure / (exposure + 1);
          const masses = Array.from({ length: n + 1 }, (_, k) => binomialMass(k, n, p, 1 / (exposure + 1)));
          const most = (masses[x1] ?? 0) * (1 + 1e-7);
          const sum = masses.filter((mass) => mass <= most).reduce((total, mass) => total + mass, 0);
          const found = rateRatio({ events: x1, exposure }, { events: x2, exposure: 1 }).p;
          expect(found).toBeCloseTo(Math.min(1, sum), 10);
        },
      ),
    );
  });

  test('strata are pooled by the chances in each', () => {
    const row = (a: number, ta: number, b: number, tb: number) => ({
      one: { events: a, exposure: ta },
      other: { events: b, exposure: tb },
    });
    const found = stratifiedRateRatio([row(4, 100, 12, 120), row(6, 300, 10, 260), row(10, 500, 9, 430)]);
    expect(found.value).toBeCloseTo(0.6128399027, 10);
    expect(found.lower).toBeCloseTo(0.3467783902, 10);
    expect(found.upper).toBeCloseTo(1.083033883, 9);
    expect(standardisedRatio(10, 15.2).lower).toBeCloseTo(0.3154860984, 10);
  });

  test('one stratum pooled is the stratum itself', () => {
    const [one, other] = [
      { events: 8, exposure: 100 },
      { events: 16, exposure: 100 },
    ];
    expect(stratifiedRateRatio([{ one, other }]).value).toBeCloseTo(0.5, 12);
  });
});

describe('units that differ', () => {
  test('counts that pile up in few units are over-dispersed, even ones are not', () => {
    const unit = (events: number) => ({ events, exposure: 1 });
    expect(dispersion(sumUnits([0, 0, 1, 0, 7, 2, 0, 5, 1, 0].map(unit)))).toMatchObject({
      x2: expect.closeTo(34, 9),
      df: 9,
      isOver: true,
    });
    expect(dispersion(sumUnits([2, 1, 2, 2, 1].map(unit))).isOver).toBe(false);
    expect(dispersion(sumUnits([unit(0), unit(0)]))).toMatchObject({ p: 1, isOver: false });
  });

  test('between units the interval widens as they pile up, and there is none for a single unit', () => {
    const unit = (events: number) => ({ events, exposure: 10 });
    const even = clusteredRate(sumUnits([2, 1, 2, 1, 2, 2].map(unit)));
    const piled = clusteredRate(sumUnits([9, 0, 0, 1, 0, 0].map(unit)));
    expect(even?.value).toBe(piled?.value);
    expect(piled?.upper ?? 0).toBeGreaterThan(even?.upper ?? 0);
    expect(clusteredRate(sumUnits([unit(3)]))).toBeNull();
    expect(clusteredRate(sumUnits([unit(0), unit(0)]))).toBeNull();
  });

  test('tables: Fisher and Pearson', () => {
    expect(
      fisherP([
        [3, 1],
        [1, 3],
      ]),
    ).toBeCloseTo(0.4857142857, 10);
    expect(
      fisherOddsRatio([
        [3, 1],
        [1, 3],
      ]).value,
    ).toBeCloseTo(6.408319658, 8);
    expect(
      fisherOddsRatio([
        [0, 5],
        [5, 0],
      ]),
    ).toMatchObject({ value: 0, lower: 0 });
    expect(
      independence([
        [10, 10],
        [10, 10],
      ]),
    ).toMatchObject({ chi2: 0, p: 1, df: 1 });
  });
});
