import { expect, test } from 'vitest';
import { joinReason, splitReason } from './case-status.ts';
import { endOfDay, riskBounds } from './case-view.ts';

const day = 86_400_000;

test('the end of a day is that of the reader’s own calendar, also when the clocks change', () => {
  expect(endOfDay('2026-11-23', 'UTC')).toBe(Date.UTC(2026, 10, 23, 23, 59, 59));
  expect(endOfDay('2026-11-23', 'Asia/Tokyo')).toBe(Date.UTC(2026, 10, 23, 14, 59, 59));
  expect(endOfDay('2026-10-25', 'Europe/Lisbon')).toBe(Date.UTC(2026, 9, 25, 23, 59, 59));
  expect(endOfDay('2026-03-29', 'Europe/Lisbon')).toBe(Date.UTC(2026, 2, 29, 22, 59, 59));
});

test('the last day that is offered for a risk is never refused afterwards', () => {
  for (const timeZone of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
    for (let hour = 0; hour < 24; hour += 1) {
      const now = Date.UTC(2026, 10, 23, hour, 30);
      const bounds = riskBounds({ acceptRiskMax: '90d' }, now, timeZone);
      if (bounds === undefined) throw new Error('bounds were expected');
      expect(endOfDay(bounds.last, timeZone)).toBeLessThanOrEqual(now + 90 * day);
      expect(endOfDay(bounds.first, timeZone)).toBeGreaterThan(now);
    }
  }
  expect(riskBounds({ acceptRiskMax: '0h' }, 0, 'UTC')).toBeUndefined();
});

test.each([
  ['test-value', undefined],
  ['other', 'from the sandbox: see the wiki'],
] as const)('a reason is read back as it was given: %s, %s', (reason, note) => {
  expect(splitReason({ answer: 'wrong', reason: joinReason(reason, note) ?? '' })).toEqual({
    reason,
    ...(note === undefined ? {} : { note }),
  });
});

test('a note without a choice stays a note', () => {
  expect(splitReason({ answer: 'need-help', reason: 'other: what breaks?' })).toEqual({
    note: 'other: what breaks?',
  });
  expect(splitReason({ answer: 'wrong', reason: 'something' })).toEqual({ note: 'something' });
  expect(splitReason({ answer: 'done' })).toEqual({});
});
