import { expect, test } from 'vitest';
import { createDenials, type Denial, denialKindsPerMinuteMax } from './denials.ts';

const denial = (over: Partial<Denial> = {}): Denial => ({
  kind: 'access.denied',
  by: 'token:a',
  what: 'GET /v1/tokens',
  reason: 'forbidden',
  ...over,
});

test('the first refusal of a kind is recorded at once, the others of its minute as a count', () => {
  const denials = createDenials();
  expect(denials.note(denial(), 0)).toEqual([expect.objectContaining({ by: 'token:a' })]);
  for (let n = 0; n < 1000; n += 1) expect(denials.note(denial(), 59_999)).toEqual([]);
  expect(denials.flush(59_999)).toEqual([]);
  expect(denials.flush(60_000)).toEqual([
    expect.objectContaining({ by: 'token:a', body: expect.objectContaining({ count: 1000 }) }),
  ]);
  expect(denials.flush(120_000)).toEqual([]);
});

test('refusals of other callers, doors and reasons are kinds of their own', () => {
  const denials = createDenials();
  const kinds = [
    denial(),
    denial({ by: 'token:b' }),
    denial({ what: 'GET /v1/sessions' }),
    denial({ address: 'x' }),
  ];
  expect(kinds.flatMap((one) => denials.note(one, 0))).toHaveLength(4);
});

test('a flood from many addresses is recorded in a bounded number of entries', () => {
  const denials = createDenials();
  let recorded = 0;
  for (let n = 0; n < 10_000; n += 1) recorded += denials.note(denial({ address: `a${n}` }), 0).length;
  expect(recorded).toBe(denialKindsPerMinuteMax);
  expect(denials.flush(60_000)).toEqual([
    expect.objectContaining({ body: expect.objectContaining({ count: 10_000 - denialKindsPerMinuteMax }) }),
  ]);
});
