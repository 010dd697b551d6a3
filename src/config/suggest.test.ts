import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from './suggest.ts';

const known = ['mode', 'channel', 'quietHours', 'timeZone', 'publicUrl'];

test.each([
  ['mdoe', 'mode'],
  ['QUIET_HOURS', 'quietHours'],
  ['public-url', 'publicUrl'],
  ['timezon', 'timeZone'],
  ['chanel', 'channel'],
])('%s was meant as %s', (name, meant) => {
  expect(nearest(name, known)).toBe(meant);
});

test('another word gets no suggestion', () => {
  for (const name of ['retention', 'x', '', 'emails']) expect(nearest(name, known)).toBeUndefined();
});

test('the distance is symmetric, nothing between equal texts, and one for a swap of neighbours', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, right) === 0).toBe(left === right);
    }),
  );
  expect(editDistance('mdoe', 'mode')).toBe(1);
});
