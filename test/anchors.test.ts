import { describe, expect, test } from 'vitest';
import type { Check } from './support/anchor-checks/check.ts';
import { experimentChecks } from './support/anchor-checks/experiment.ts';
import { rateChecks } from './support/anchor-checks/rates.ts';
import { survivalChecks } from './support/anchor-checks/survival.ts';
import { anchorsAbsent, differences, readAnchors } from './support/anchors.ts';

const checks: Readonly<Record<string, Check>> = { ...rateChecks, ...survivalChecks, ...experimentChecks };
/** Relative, where an anchor does not say otherwise. */
const usualTolerance = 1e-9;

describe('the figures of published methods and data sets', () => {
  test('every one is looked at', ({ skip }) => {
    skip(anchorsAbsent !== undefined, anchorsAbsent);
    expect(
      readAnchors()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(checks).sort());
  });

  test.for(Object.entries(checks))('%s comes out', ([id, check], { skip }) => {
    skip(anchorsAbsent !== undefined, anchorsAbsent);
    const anchor = readAnchors().find((entry) => entry.id === id);
    expect(anchor).toBeDefined();
    if (anchor === undefined) return;
    expect(differences(check(anchor), anchor.expected, anchor.relTol ?? usualTolerance)).toEqual([]);
  });

  test('a figure that is off by a billionth is noticed', () => {
    expect(differences({ a: [1 + 3e-9] }, { a: [1] }, usualTolerance)).toEqual(['.a[0]: 1.000000003, not 1']);
    expect(differences({ a: 0 }, { a: null }, usualTolerance)).toEqual(['.a: 0, not null']);
    expect(differences({}, { a: 1 }, usualTolerance)).toEqual(['.a: undefined, not 1']);
    expect(differences(Number.POSITIVE_INFINITY, 'Infinity', usualTolerance)).toEqual([]);
  });
});
