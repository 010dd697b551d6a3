import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../numeric/seeded-random.ts';
import { armAt, assignmentText, unitInterval } from './allocation.ts';
import { compareClusters, permutationP, welch } from './clusters.ts';
import { isEquivalent } from './equivalence.ts';
import { benjaminiHochberg, eBenjaminiHochberg, holm } from './multiplicity.ts';
import { designEffect, detectableHazardRatio, eventsNeeded, unitsPerArm } from './plan.ts';
import { sampleRatio } from './sample-ratio.ts';
import { runSplit } from './split-run.ts';
import { splitLogE, splitRiskRatio } from './split-test.ts';
import { splitVarying } from './split-varying.ts';

const share = fc.double({ min: 0.1, max: 0.9, noNaN: true });
const labels = fc.array(fc.boolean(), { maxLength: 200 });

describe('split test', () => {
  test('published values come out', () => {
    expect(Math.exp(splitLogE([8, 32], [0.5, 0.5]))).toBeCloseTo(87.14494959620268, 9);
    expect(Math.exp(splitLogE([60, 40], [0.8, 0.2]))).toBeCloseTo(2473.9476607590937, 6);
    expect(splitLogE([8, 20, 12], [1 / 3, 1 / 3, 1 / 3])).toBeCloseTo(0.7477510657022004, 10);
    const { value, lower, upper } = splitRiskRatio({ arm: 30, usual: 70 }, 0.5);
    expect([value, lower, upper].map((ratio) => ratio.toFixed(4))).toEqual(['0.4286', '0.2023', '0.8483']);
  });

  test('without an effect the mean of the evidence over all sequences is exactly 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), share, (n, rho) => {
        let mean = 0;
        for (let bits = 0; bits < 2 ** n; bits += 1) {
          const arm = Array.from({ length: n }, (_, at) => (bits >> at) & 1).reduce(
            (sum, bit) => sum + bit,
            0,
          );
          mean += Math.exp(splitLogE([arm, n - arm], [rho, 1 - rho])) * rho ** arm * (1 - rho) ** (n - arm);
        }
        expect(mean).toBeCloseTo(1, 10);
      }),
      { numRuns: 10 },
    );
  });

  test('event by event is the same as at once, in whatever order the arms came', () => {
    fc.assert(
      fc.property(labels, share, (isArm, rho) => {
        const run = runSplit(isArm, rho);
        const { arm, usual } = run.counts;
        expect(run.logE).toBeCloseTo(splitLogE([arm, usual], [rho, 1 - rho]), 8);
        expect(run.logEMax).toBeGreaterThanOrEqual(Math.max(0, run.logE));
      }),
    );
  });

  test('the interval holds exactly the ratios that the evidence does not reject', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        share,
        (arm, usual, rho) => {
          fc.pre(arm + usual > 0);
          const { value, lower, upper } = splitRiskRatio({ arm, usual }, rho);
          expect(lower).toBeLessThanOrEqual(value);
          expect(upper).toBeGreaterThanOrEqual(value);
          const isRejected = splitLogE([arm, usual], [rho, 1 - rho]) >= Math.log(20);
          if (Math.abs(lower - 1) > 1e-9 && Math.abs(upper - 1) > 1e-9) {
            expect(lower > 1 || upper < 1).toBe(isRejected);
          }
        },
      ),
    );
  });

  test('a crossing stays when later events speak against it', () => {
    const helped = [...Array.from({ length: 20 }, () => false), ...Array.from({ length: 20 }, () => true)];
    const run = runSplit(helped, 0.5);
    expect(run.crossedLowerAt).toBe(14);
    expect(run.logE).toBeLessThan(1);
    expect(
      runSplit(
        helped.map((isArm) => !isArm),
        0.5,
      ).crossedHigherAt,
    ).toBe(14);
  });

  test('the evidence reaches 20 in at most one of twenty runs without an effect, peeked at after every event', () => {
    for (const rho of [0.5, 0.8]) {
      const random = seededRandom(5);
      const crossed = Array.from({ length: 1_000 }, () => {
        const run = runSplit(
          Array.from({ length: 200 }, () => random() < rho),
          rho,
        );
        return run.crossedLowerAt !== null || run.crossedHigherAt !== null;
      }).filter(Boolean).length;
      // 1.9 % by exact calculation
      expect(crossed).toBeLessThan(40);
    }
  });

  test('a changed allocation counts each unit by its own shares', () => {
    // Without an effect, 90 of 100 in the arm under 90 : 10 and 10 of 100 under 10 : 90 is no news.
    const even = splitVarying([
      { share: 0.9, arm: 90, usual: 10 },
      { share: 0.1, arm: 10, usual: 90 },
    ]);
    expect(even.logE).toBeLessThan(0);
    expect(even.riskRatio.value).toBeCloseTo(1, 9);
    const one = splitVarying([{ share: 0.5, arm: 30, usual: 70 }]);
    expect(one.riskRatio.value).toBeCloseTo(3 / 7, 9);
    expect(one.riskRatio.upper).toBeLessThan(1);
    expect(splitVarying([{ share: 0.5, arm: 0, usual: 9 }]).riskRatio).toMatchObject({ value: 0, lower: 0 });
  });

  test('over all sequences the mixture has the mean 1, too', () => {
    let mean = 0;
    for (let bits = 0; bits < 2 ** 8; bits += 1) {
      const first = [0, 1, 2, 3].filter((at) => (bits >> at) & 1).length;
      const second = [4, 5, 6, 7].filter((at) => (bits >> at) & 1).length;
      const { logE } = splitVarying([
        { share: 0.3, arm: first, usual: 4 - first },
        { share: 0.6, arm: second, usual: 4 - second },
      ]);
      mean += Math.exp(logE) * 0.3 ** first * 0.7 ** (4 - first) * 0.6 ** second * 0.4 ** (4 - second);
    }
    expect(mean).toBeCloseTo(1, 12);
  });
});

describe('many looks and many tests', () => {
  test('adjusted p never fall under the plain ones, keep their order, and Holm is the stricter', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (ps) => {
          const [bh, strict] = [benjaminiHochberg(ps), holm(ps)];
          for (const [index, p] of ps.entries()) {
            expect(bh[index]).toBeGreaterThanOrEqual(p - 1e-15);
            expect(strict[index] ?? 0).toBeGreaterThanOrEqual((bh[index] ?? 0) - 1e-12);
            for (const [other, q] of ps.entries()) {
              if (p < q) expect(bh[index] ?? 0).toBeLessThanOrEqual(bh[other] ?? 0);
            }
          }
        },
      ),
    );
  });

  test('e-BH keeps the strongest, and stands by none without evidence', () => {
    expect(eBenjaminiHochberg([1.3, 383.3, 24, 87.1, 6.1])).toEqual([false, true, false, true, false]);
    expect(eBenjaminiHochberg([19, 3])).toEqual([false, false]);
    expect(eBenjaminiHochberg([])).toEqual([]);
  });

  test('counts that do not fit the allocation are noticed, fitting ones are not', () => {
    expect(sampleRatio([600, 400], [0.5, 0.5])).toMatchObject({ isMismatch: true });
    expect(sampleRatio([5100, 4900], [0.5, 0.5])).toMatchObject({ isMismatch: false });
    expect(sampleRatio([0, 0], [0.5, 0.5])).toMatchObject({ p: 1, isMismatch: false });
  });

  test('equivalence needs the whole interval within the margin', () => {
    expect(isEquivalent({ lower: 0.81, upper: 1.2 })).toBe(true);
    expect(isEquivalent({ lower: 0.79, upper: 1.2 })).toBe(false);
    const { lower, upper } = splitRiskRatio({ arm: 395, usual: 395 }, 0.5);
    expect(isEquivalent({ lower, upper })).toBe(true);
  });
});

describe('clusters', () => {
  const one = [0.12, 0.3, 0.05, 0.22, 0.18, 0.09];
  const other = [0.25, 0.41, 0.2, 0.33, 0.28, 0.31];

  test('six against six: all 924 ways are counted', () => {
    expect(permutationP(one, other, seededRandom(1))).toBe(20 / 924);
    expect(welch(one, other).lower).toBeCloseTo(-0.2436774067, 10);
  });

  test('drawn permutations agree with counted ones, and the seed decides', () => {
    const wide = (values: readonly number[]) => values.flatMap((value) => [value, value + 0.01]);
    const drawn = permutationP(wide(one), wide(other), seededRandom(3));
    expect(drawn).toBe(permutationP(wide(one), wide(other), seededRandom(3)));
    expect(drawn).toBeLessThan(0.01);
    expect(drawn).toBeGreaterThan(0);
  });

  test('fewer than six clusters an arm are refused', () => {
    expect(compareClusters(one.slice(1), other, seededRandom(1))).toMatchObject({
      kind: 'too-few-clusters',
      clusters: 5,
    });
    expect(compareClusters(one, other, seededRandom(1))).toMatchObject({ kind: 'compared' });
  });
});

describe('planning and assignment', () => {
  test('what can be seen and what it takes are each other’s inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.98, noNaN: true }), share, (ratio, rho) => {
        expect(detectableHazardRatio(eventsNeeded(ratio, rho), rho)).toBeCloseTo(ratio, 10);
      }),
    );
    expect(Math.ceil(eventsNeeded(0.5, 0.5))).toBe(66);
    expect(unitsPerArm(0.3, 0.2)).toBeCloseTo(293.151285506487, 9);
    expect(designEffect(20, 0.1)).toBeCloseTo(2.9, 12);
  });

  test('a hash falls into the arm of its place, and every place has one', () => {
    expect(unitInterval(Uint8Array.of(128, 0, 0, 0, 0, 0, 9))).toBe(0.5);
    expect(unitInterval(Uint8Array.of(255, 255, 255, 255, 255, 255))).toBeLessThan(1);
    expect([0, 0.19, 0.2, 0.59, 0.61, 0.999].map((u) => armAt(u, [0.2, 0.4, 0.4]))).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
    expect(assignmentText('a"b', 'c')).not.toBe(assignmentText('a', 'b"c'));
  });
});
