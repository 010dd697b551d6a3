import { expect, test } from 'vitest';
import { changeOf } from './before-after.ts';

const units = (failures: readonly number[]) => failures.map((n) => ({ failures: n, chances: 90 }));
const own = { before: 12, after: 1, chancesBefore: 90, chancesAfter: 90 };

test('a fall beyond what would have come anyway is said to be one, with its interval and what was expected', () => {
  const effect = changeOf({ own, units: units([12, 2, 1, 3, 0, 2]), per: 'day', days: 90 });
  expect(effect).toMatchObject({ kind: 'ratio', verdict: 'less', units: 6 });
  if (effect.kind !== 'ratio') throw new Error(effect.reason);
  expect(effect.ratio.value).toBeCloseTo(1 / 12, 9);
  // Clopper–Pearson of 1 in 13, as odds
  expect(effect.ratio.lower).toBeCloseTo(0.00195, 4);
  expect(effect.ratio.upper).toBeCloseTo(0.563, 2);
  expect(effect.expected).toBeGreaterThan(0.56);
  expect(effect.expected).toBeLessThan(1);
});

test('a fall that was to be expected is no effect, however large it looks', () => {
  // Hardly any spread between teams: five failures were chance, and one is what comes next by itself.
  const effect = changeOf({
    own: { before: 5, after: 1, chancesBefore: 90, chancesAfter: 90 },
    units: units([5, 1, 0, 1, 2, 0, 1, 1, 0, 1]),
    per: 'day',
    days: 90,
  });
  expect(effect).toMatchObject({ verdict: 'too-early' });
  if (effect.kind === 'ratio') expect(effect.expected).toBeLessThan(0.75);
});

test('what became less elsewhere too is no effect of one control', () => {
  const given = { own, units: units([12, 2, 1, 3, 0, 2]), per: 'day' as const, days: 90 };
  const alone = changeOf(given);
  const others = { before: 8, after: 3, chancesBefore: 450, chancesAfter: 450 };
  const beside = changeOf({ ...given, others });
  expect([alone, beside]).toMatchObject([{ verdict: 'less' }, { verdict: 'too-early' }]);
  if (alone.kind !== 'ratio' || beside.kind !== 'ratio') throw new Error('no ratio');
  expect(beside.expected).toBeCloseTo(((alone.expected ?? 0) * 3) / 8, 9);
  // More elsewhere does not make a fall here larger, and of two cases elsewhere nothing is learnt.
  expect(changeOf({ ...given, others: { ...others, after: 20 } })).toEqual(alone);
  expect(changeOf({ ...given, others: { ...others, before: 2, after: 0 } })).toEqual(alone);
});

test('without other scopes to learn from nothing is expected, and then no effect is claimed', () => {
  const effect = changeOf({ own, units: units([12]), per: 'day', days: 90 });
  expect(effect).toMatchObject({ kind: 'ratio', verdict: 'too-early' });
  expect(effect).not.toHaveProperty('expected');
});

test('too few days or failures show no figure at all', () => {
  const some = { own, units: [], per: 'day' as const, days: 90 };
  expect(changeOf({ ...some, days: 6 })).toMatchObject({ reason: 'few-days' });
  expect(changeOf({ ...some, own: { ...own, before: 2 } })).toMatchObject({ reason: 'few-failures' });
});

test('a rise is said to be one', () => {
  const effect = changeOf({
    own: { before: 4, after: 30, chancesBefore: 90, chancesAfter: 90 },
    units: units([4, 1, 1, 2, 0]),
    per: 'opportunity',
    days: 90,
  });
  expect(effect).toMatchObject({ verdict: 'more' });
});
