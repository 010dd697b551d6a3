import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binomialMass,
  binomialTails,
  chi2Quantile,
  chi2Tails,
  poissonTails,
  tQuantile,
  tTails,
} from './distributions.ts';
import { betaQuantile, betaTails } from './incomplete-beta.ts';
import { gammaQuantile, gammaTails } from './incomplete-gamma.ts';
import { logBeta, logGamma } from './log-gamma.ts';
import { normalQuantile, normalTails } from './normal.ts';
import { seededRandom } from './seeded-random.ts';
import { solvePositive } from './solve.ts';

const near = (found: number, expected: number, relative = 1e-12) =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300);

const shape = fc.double({ min: 0.05, max: 5_000, noNaN: true });
const share = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

describe('special functions', () => {
  test('known values come out to twelve digits', () => {
    near(logGamma(100.5), 361.4355404677776);
    near(logGamma(0.5), 0.5723649429247001);
    near(logBeta(0.5, 40.5), -1.2751997027673112);
    near(betaTails(0.3, 2, 5).lower, 0.579825);
    near(betaQuantile(0.025, 3.5, 17.5), 0.04413134197515587);
    near(betaQuantile(0.5, 0.01, 5), 9.892240424112526e-32);
    near(gammaTails(3, 2).lower, 0.32332358381693654);
    near(gammaQuantile(0.975, 11), 18.39035604201778);
    near(poissonTails(3, 5).lower, 0.2650259152973617);
    near(binomialTails(2, 200, 0.01).lower, 0.676678694535657);
  });

  test('the far tail is exact where the near one rounds to 1', () => {
    near(normalTails(-8).lower, 6.220960574271784e-16);
    near(normalTails(8).upper, 6.220960574271784e-16);
    near(chi2Tails(60, 1).upper, 9.485737571073848e-15);
    near(normalQuantile(1e-10), -6.361340902404057);
    near(normalQuantile(1e-10, 'upper'), 6.361340902404057);
    near(chi2Quantile(1e-4, 2, 'upper'), 18.420680743952367);
    near(tTails(-2.5, 7.3).lower, 0.019825117332800235);
    near(tQuantile(0.975, 9.99), 2.2284412121637454);
  });

  test('the gamma function steps by its argument', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) => {
        const step = logGamma(x + 1) - logGamma(x);
        expect(Math.abs(step - Math.log(x))).toBeLessThan(
          2e-15 * Math.max(1, Math.abs(logGamma(x + 1))) + 1e-14,
        );
      }),
    );
  });

  test('both tails add to 1 and lie in [0, 1]', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        for (const { lower, upper } of [betaTails(x, a, b), gammaTails(a, x * 3 * a)]) {
          expect(lower).toBeGreaterThanOrEqual(0);
          expect(upper).toBeGreaterThanOrEqual(0);
          near(lower + upper, 1);
        }
      }),
    );
  });

  test('a beta distribution seen from the other end is its mirror', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        const mirrored = betaTails(1 - x, b, a, x).upper;
        near(betaTails(x, a, b).lower, mirrored, 1e-9);
      }),
    );
  });

  test('the distribution of a quantile is the probability asked for', () => {
    const probability = fc.double({ min: 1e-9, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2_000, noNaN: true }),
        probability,
        fc.boolean(),
        (a, p, isLower) => {
          const tail = isLower ? 'lower' : 'upper';
          near(gammaTails(a, gammaQuantile(p, a, tail))[tail], p, 1e-9);
          near(normalTails(normalQuantile(p, tail))[tail], p, 1e-9);
          near(tTails(tQuantile(p, a, tail), a)[tail], p, 1e-9);
          near(betaTails(betaQuantile(p, a, a / 2 + 1, tail), a, a / 2 + 1)[tail], p, 1e-6);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('masses of a binomial add to its tails, also for rare deeds and many chances', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (n, p) => {
          let sum = 0;
          for (let k = 0; k <= n; k += 1) {
            sum += binomialMass(k, n, p);
            near(sum, binomialTails(k, n, p).lower, 1e-11);
          }
        },
      ),
    );
    // ten million chances: the logarithms alone would leave eight digits
    const mass = binomialMass(1_000, 10_000_000, 1e-4);
    const { lower } = binomialTails(1_000, 10_000_000, 1e-4);
    near(mass, lower - binomialTails(999, 10_000_000, 1e-4).lower, 1e-10);
  });

  test('a root is found at any magnitude, and its absence is said', () => {
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (exponent) => {
        const root = Math.exp(exponent);
        near(
          solvePositive((x) => x < root),
          root,
          1e-15,
        );
      }),
    );
    expect(solvePositive(() => true)).toBe(Number.POSITIVE_INFINITY);
    expect(solvePositive(() => false)).toBe(0);
  });

  test('the same seed gives the same numbers, evenly spread', () => {
    const [one, two] = [seededRandom(7), seededRandom(7)];
    const drawn = Array.from({ length: 20_000 }, one);
    expect(drawn.slice(0, 100)).toEqual(Array.from({ length: 100 }, two));
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => drawn.filter((u) => Math.floor(u * 10) === tenth).length,
    );
    const chi2 = tenths.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0);
    expect(chi2Tails(chi2, 9).upper).toBeGreaterThan(0.001);
    expect(Math.abs(one() - seededRandom(8)())).toBeGreaterThan(0);
  });
});
