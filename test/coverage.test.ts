import { describe, expect, test } from 'vitest';
import { type ControlPromised, tallyControls } from '../bench/support/control-coverage.ts';
import { measureCoverage, type Promised, promises } from '../bench/support/coverage.ts';
import { openTallies } from '../bench/support/tallies.ts';
import { seededRandom } from '../src/core/measures/numeric/seeded-random.ts';

/** The short form of `npm run bench -- coverage`: fewer organisations, so wider limits. One seed: always the same. */
describe('what the measures promise', () => {
  const { tallies, peeked } = measureCoverage(120, 7);
  const shareOf = tallies.share;

  test('an interval for one look covers about 95 %', () => {
    for (const name of ['wilson', 'newcombe', 'kaplan-meier', 'between-units'] satisfies Promised[]) {
      expect(promises[name]).toBe('around');
      expect(shareOf(name), name).toBeGreaterThan(0.93);
      expect(shareOf(name), name).toBeLessThan(0.97);
    }
    // One a organisation only.
    for (const name of ['aalen-johansen', 'mean-cumulative'] satisfies Promised[]) {
      expect(shareOf(name), name).toBeGreaterThan(0.89);
    }
  });

  test('an exact interval covers at least 95 %', () => {
    for (const name of ['clopper-pearson', 'poisson', 'rate-ratio'] satisfies Promised[]) {
      expect(shareOf(name), name).toBeGreaterThanOrEqual(0.95);
    }
  });

  test('peeked at after every event, the confidence sequence and the verdicts err in at most 5 %', () => {
    for (const name of ['confidence-sequence', 'verdict', 'verdict-no-effect'] satisfies Promised[]) {
      expect(shareOf(name), name).toBeGreaterThanOrEqual(0.95);
    }
    // The usual test, peeked at, finds an effect where there is none in one organisation of five.
    expect(peeked.held / peeked.said).toBeGreaterThan(0.1);
  });

  test('a control that came after much and does nothing is hardly ever said to have made it less', () => {
    const controls = openTallies<ControlPromised>();
    tallyControls(600, seededRandom(7), controls);
    expect(controls.of('control-ratio').said).toBeGreaterThan(400);
    expect(controls.share('control-ratio')).toBeGreaterThanOrEqual(0.94);
    expect(controls.share('control-less')).toBeGreaterThanOrEqual(0.95);
  });
});
