import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aalenJohansen } from './aalen-johansen.ts';
import { kaplanMeier, medianTime, restrictedMean, shownSteps, stepAt } from './kaplan-meier.ts';
import { logRank } from './log-rank.ts';
import { meanCumulative, type Repeated } from './mean-cumulative.ts';

const time = fc.integer({ min: 1, max: 40 });
const followed = fc.array(fc.record({ time, isEvent: fc.boolean() }), { minLength: 1, maxLength: 80 });
const exits = fc.array(fc.record({ time, cause: fc.constantFrom('relapse', 'left', null) }), {
  minLength: 1,
  maxLength: 80,
});
const grouped = fc.array(
  fc.record({
    time,
    isEvent: fc.boolean(),
    group: fc.constantFrom('a', 'b', 'c'),
    stratum: fc.constantFrom('x', 'y'),
  }),
  { minLength: 4, maxLength: 80 },
);
const repeated: fc.Arbitrary<readonly Repeated[]> = fc.array(
  time.chain((until) =>
    fc.array(fc.integer({ min: 1, max: until }), { maxLength: 6 }).map((events) => ({ until, events })),
  ),
  { minLength: 2, maxLength: 40 },
);

/** Weeks in remission while treatment was maintained (Embury et al. 1977); + censored. */
const maintained = [
  [9, 1],
  [13, 1],
  [13, 0],
  [18, 1],
  [23, 1],
  [28, 0],
  [31, 1],
  [34, 1],
  [45, 0],
  [48, 1],
  [161, 0],
].map(([weeks = 0, status]) => ({ time: weeks, isEvent: status === 1 }));

describe('Kaplan–Meier', () => {
  test('published values come out', () => {
    const steps = kaplanMeier(maintained);
    expect(steps.map(({ survival }) => Number(survival.toFixed(7)))).toEqual([
      0.9090909, 0.8181818, 0.7159091, 0.6136364, 0.4909091, 0.3681818, 0.1840909,
    ]);
    expect(medianTime(steps)).toEqual({ median: 31, lower: 13, upper: null });
    expect(stepAt(steps, 8)).toBeUndefined();
    expect(stepAt(steps, 22)?.time).toBe(18);
  });

  test('survival falls within [0, 1] and lies between its bounds', () => {
    fc.assert(
      fc.property(followed, (rows) => {
        let before = 1;
        for (const { survival, lower, upper } of kaplanMeier(rows)) {
          expect(survival).toBeLessThan(before);
          expect(survival).toBeGreaterThanOrEqual(0);
          expect(lower === null).toBe(survival === 0);
          if (lower !== null) expect(lower).toBeLessThanOrEqual(survival);
          if (upper !== null) expect(upper).toBeGreaterThanOrEqual(survival);
          before = survival;
        }
      }),
    );
  });

  test('when all are followed to the end, it is the plain share', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 60 }), (times) => {
        for (const step of kaplanMeier(times.map((at) => ({ time: at, isEvent: true })))) {
          expect(step.survival).toBeCloseTo(times.filter((at) => at > step.time).length / times.length, 12);
        }
      }),
    );
  });

  test('the restricted mean without censoring is the mean of the times cut at the horizon', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 60 }), time, (times, horizon) => {
        const { mean } = restrictedMean(
          kaplanMeier(times.map((at) => ({ time: at, isEvent: true }))),
          horizon,
        );
        const plain = times.reduce((sum, at) => sum + Math.min(at, horizon), 0) / times.length;
        expect(mean).toBeCloseTo(plain, 9);
      }),
    );
  });

  test('a curve ends where fewer than five are left', () => {
    expect(shownSteps(kaplanMeier(maintained)).map((step) => step.atRisk)).toEqual([11, 10, 8, 7, 5]);
  });
});

describe('log-rank', () => {
  test('neither the names of the groups nor the unit of time change it', () => {
    fc.assert(
      fc.property(grouped, (rows) => {
        const names = ['a', 'b', 'c'];
        const plain = logRank(rows, names);
        const turned = logRank(rows, names.toReversed());
        const scaled = logRank(
          rows.map((row) => ({ ...row, time: row.time * 86_400_000 })),
          names,
        );
        expect(turned.chi2).toBeCloseTo(plain.chi2, 8);
        expect(scaled.chi2).toBeCloseTo(plain.chi2, 8);
        expect(plain.chi2).toBeGreaterThanOrEqual(-1e-12);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(plain.observed)).toBeCloseTo(sum(plain.expected), 9);
      }),
    );
  });

  test('nothing to compare is no difference', () => {
    expect(logRank([], ['a', 'b'])).toMatchObject({ chi2: 0, p: 1 });
    expect(logRank([{ time: 1, isEvent: true, group: 'a' }], ['a', 'b'])).toMatchObject({ chi2: 0, p: 1 });
  });
});

describe('Aalen–Johansen', () => {
  test('eight followed, three lost in different ways, come out as by hand', () => {
    const causes = ['relapse', 'left', 'relapse', null, 'relapse', 'left', null, 'relapse'];
    const rows = [2, 3, 3, 5, 6, 8, 9, 10].map((at, index) => ({ time: at, cause: causes[index] ?? null }));
    const steps = aalenJohansen(rows, ['relapse', 'left']);
    const risks = (cause: number) => steps.map(({ incidences }) => incidences[cause]?.risk);
    expect(steps.map((step) => step.time)).toEqual([2, 3, 6, 8, 10]);
    expect(risks(0)).toEqual([0.125, 0.25, 0.40625, 0.40625, 0.71875]);
    expect(risks(1)).toEqual([0, 0.125, 0.125, 0.28125, 0.28125]);
  });

  test('the risks of all causes and the survival add to 1', () => {
    fc.assert(
      fc.property(exits, (rows) => {
        for (const { survival, incidences } of aalenJohansen(rows, ['relapse', 'left'])) {
          expect(incidences.reduce((sum, { risk }) => sum + risk, survival)).toBeCloseTo(1, 10);
        }
      }),
    );
  });

  test('leavers counted as censored would overstate the risk', () => {
    fc.assert(
      fc.property(exits, (rows) => {
        const steps = aalenJohansen(rows, ['relapse', 'left']);
        const naive = kaplanMeier(
          rows.map(({ time: at, cause }) => ({ time: at, isEvent: cause === 'relapse' })),
        );
        for (const { time: at, incidences } of steps) {
          expect(incidences[0]?.risk ?? 0).toBeLessThanOrEqual(
            1 - (stepAt(naive, at)?.survival ?? 1) + 1e-12,
          );
        }
      }),
    );
  });

  test('with one cause it is Kaplan–Meier, with the same standard error', () => {
    fc.assert(
      fc.property(followed, (rows) => {
        const one = aalenJohansen(
          rows.map(({ time: at, isEvent }) => ({ time: at, cause: isEvent ? 'x' : null })),
          ['x'],
        );
        for (const [index, { survival, se }] of kaplanMeier(rows).entries()) {
          expect(one[index]?.incidences[0]?.risk).toBeCloseTo(1 - survival, 10);
          if (se !== null) expect(one[index]?.incidences[0]?.se).toBeCloseTo(se, 7);
        }
      }),
    );
  });
});

describe('mean cumulative function', () => {
  test('followed alike, it is events per unit, and its error is that of a mean', () => {
    fc.assert(
      fc.property(fc.array(fc.array(time, { maxLength: 5 }), { minLength: 2, maxLength: 30 }), (all) => {
        fc.pre(all.some((events) => events.length > 0));
        const last = meanCumulative(all.map((events) => ({ until: 40, events }))).at(-1);
        const mean = all.reduce((sum, events) => sum + events.length, 0) / all.length;
        const squares = all.reduce((sum, events) => sum + (events.length - mean) ** 2, 0);
        expect(last?.mean).toBeCloseTo(mean, 10);
        expect(last?.se).toBeCloseTo(Math.sqrt(squares) / all.length, 6);
      }),
    );
  });

  test('the running variance is the sum over units of the definition', () => {
    fc.assert(
      fc.property(repeated, (units) => {
        const steps = meanCumulative(units);
        for (const [end, { se }] of steps.entries()) {
          const variance = units.reduce((sum, { until, events }) => {
            const part = steps.slice(0, end + 1).reduce((total, { time: at, atRisk, events: d }) => {
              if (until < at) return total;
              const own = events.filter((event) => event === at).length;
              return total + (own - d / atRisk) / atRisk;
            }, 0);
            return sum + part ** 2;
          }, 0);
          expect(se ** 2).toBeCloseTo(variance, 10);
        }
      }),
    );
  });

  test('a unit cannot have had fewer events than the risk of the first says', () => {
    fc.assert(
      // Followed alike; otherwise those followed longer weigh differently in the two.
      fc.property(fc.array(fc.array(time, { maxLength: 5 }), { minLength: 2, maxLength: 30 }), (all) => {
        const first = aalenJohansen(
          all.map((events) => ({
            time: Math.min(40, ...events),
            cause: events.length > 0 ? 'relapse' : null,
          })),
          ['relapse'],
        );
        const each = meanCumulative(all.map((events) => ({ until: 40, events })));
        for (const { time: at, incidences } of first) {
          expect(stepAt(each, at)?.mean ?? 0).toBeGreaterThanOrEqual((incidences[0]?.risk ?? 0) - 1e-12);
        }
      }),
    );
  });
});
