import { expect, test } from 'vitest';
import { rhythmOf } from './source-rhythm.ts';

const at = (day: string) => Date.parse(`${day}T09:00:00Z`);
const daily = { firstDay: '2026-10-26', lastDay: '2026-11-22', heardDays: 28 };

test('a source that speaks daily is not silent over a weekend with a holiday, and is after it', () => {
  expect(rhythmOf(daily, at('2026-11-26'))).toEqual({ everyDays: 1, quietDaysMax: 4, isSilent: false });
  expect(rhythmOf(daily, at('2026-11-27'))).toMatchObject({ isSilent: true });
});

test('one that speaks once a week is expected once a week', () => {
  const weekly = { firstDay: '2026-11-01', lastDay: '2026-11-22', heardDays: 4 };
  expect(rhythmOf(weekly, at('2026-12-05'))).toEqual({ everyDays: 7, quietDaysMax: 14, isSilent: false });
  expect(rhythmOf(weekly, at('2026-12-07'))).toMatchObject({ isSilent: true });
});

test('of one that spoke once nothing more than that is known', () => {
  const once = { firstDay: '2026-11-22', lastDay: '2026-11-22', heardDays: 1 };
  expect(rhythmOf(once, at('2026-11-23'))).toEqual({ everyDays: 1, quietDaysMax: 4, isSilent: false });
});
