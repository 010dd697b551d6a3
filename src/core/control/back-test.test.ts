import { describe, expect, test } from 'vitest';
import { failuresOf, goodOf } from './back-test.ts';
import { matcherOf } from './matcher.ts';

const times = <T>(n: number, value: T): readonly T[] => Array.from({ length: n }, () => value);

test('failures are counted, and what could not be judged is no catch and no miss', () => {
  const judged = [...times(5, 'stops' as const), 'passes' as const, ...times(2, 'not-known' as const)];
  expect(failuresOf(judged)).toEqual({ of: 8, caught: 5, missed: 1, notKnown: 2 });
});

describe('good actions', () => {
  test('of which all are kept are counted exactly', () => {
    const good = goodOf([{ total: 4, judged: ['stops', 'passes', 'passes', 'passes'] }]);
    expect(good.stopped).toEqual({ value: 1, lower: 1, upper: 1 });
  });

  test('of which a sample is kept are estimated with an interval that holds what was seen', () => {
    const judged = [...times(2, 'stops' as const), ...times(18, 'passes' as const)];
    const { stopped, total, sampled } = goodOf([{ total: 1000, judged }]);
    expect([sampled, total]).toEqual([20, 1000]);
    expect(stopped?.value).toBeCloseTo(100, 9);
    // Clopper–Pearson 2 of 20: 0.0123 to 0.3170
    expect(stopped?.lower).toBeCloseTo(12.35, 1);
    expect(stopped?.upper).toBeCloseTo(316.98, 1);
  });

  test('a sample in which nothing would be stopped is no promise that nothing is', () => {
    const { stopped } = goodOf([{ total: 1000, judged: times(20, 'passes' as const) }]);
    expect(stopped).toMatchObject({ value: 0, lower: 0 });
    expect(stopped?.upper).toBeGreaterThan(100);
  });

  test('a small stratum does not speak for a large one', () => {
    const { stopped } = goodOf([
      { total: 10, judged: times(10, 'stops' as const) },
      { total: 990, judged: times(10, 'passes' as const) },
    ]);
    expect(stopped?.value).toBeCloseTo(10, 9);
  });

  test('that cannot be judged make no figure at all', () => {
    expect(goodOf([{ total: 50, judged: times(5, 'not-known' as const) }])).toEqual({
      sampled: 5,
      total: 50,
      notKnown: 5,
    });
    expect(goodOf([])).toEqual({ sampled: 0, total: 0, notKnown: 0 });
  });
});

describe('the matcher', () => {
  const catches = {
    here: { 'event.where.repository': '<<repository>>', 'event.kind': 'secret.committed' },
    condition: 'here',
  };

  test('is the one of the patch: it knows the names that were written, and no others', () => {
    const matcher = matcherOf({ catches, needs: ['where.repository'] }, { repository: ['acme/a', 'acme/b'] });
    if (matcher.kind !== 'ok') throw new Error(matcher.reason);
    const event = (repository?: string) => ({ kind: 'secret.committed', where: { repository } });
    expect(matcher.judge(event('acme/b'))).toBe('stops');
    expect(matcher.judge(event('acme/c'))).toBe('passes');
    expect(matcher.judge(event())).toBe('not-known');
  });

  test('claims nothing where there is none', () => {
    const matcher = matcherOf({ needs: [] }, {});
    expect(matcher.kind === 'ok' && matcher.judge({})).toBe('not-known');
  });
});
