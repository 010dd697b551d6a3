import { expect, test } from 'vitest';
import { instantOf } from './instant.ts';

const at = Date.UTC(2021, 6, 5, 7, 24, 43);

test.each([
  ['2021-07-05T07:24:43Z'],
  ['2021-07-05T07:24:43.000000000Z'],
  ['2021-07-05T12:54:43+05:30'],
  ['2021-07-05 12:54:43 +0530 +0530'],
  ['2021-07-05 07:24:43 +0000 UTC'],
  ['2021-07-05 07:24:43 UTC'],
  ['2021-07-05 00:24:43 -0700 PDT'],
  ['2021-07-05T07:24:43'],
  ['2021-07-05 07:24:43'],
  ['Mon Jul 5 12:54:43 2021 +0530'],
  ['Mon Jul  5 07:24:43 2021'],
  ['Mon, 05 Jul 2021 12:54:43 +0530'],
  [at],
  [at / 1000],
  [String(at)],
  [`${at / 1000}.000006`],
])('%j is the same moment', (value) => {
  expect(instantOf(value)).toBe(at);
});

test.each([
  '',
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '10-19-2003',
  '19/10/2003',
  'yesterday',
  '2021-13-05T00:00:00Z',
  '2021-02-31T00:00:00Z',
  '5',
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  {},
  ['2021-07-05'],
])('%j is no date', (value) => {
  expect(instantOf(value)).toBeUndefined();
});

test('a fraction is kept to the millisecond and a day alone is its beginning', () => {
  expect(instantOf('2021-07-05T07:24:43.1239Z')).toBe(at + 123);
  expect(instantOf('2021-07-05')).toBe(Date.UTC(2021, 6, 5));
});
