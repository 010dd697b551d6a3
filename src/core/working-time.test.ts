import { describe, expect, test } from 'vitest';
import { addDuration, afterHolidays, afterQuiet, nextWorking } from './working-time.ts';

const at = (text: string) => Date.parse(text);
const hours = { from: 9, to: 17, days: [1, 2, 3, 4, 5] };
const shown = (moment: number) => new Date(moment).toISOString();

describe('holidays', () => {
  const holidays = new Set(['2026-12-24', '2026-12-25', '2026-12-28']);
  const calendar = { ...hours, holidays };

  test('are no working days: silence is counted around them', () => {
    // A Wednesday; Thursday and Friday are holidays, then a weekend, then one more.
    const told = at('2026-12-23T10:00:00Z');
    expect(shown(addDuration(told, '1wd', 'UTC', calendar))).toBe('2026-12-29T09:00:00.000Z');
    expect(shown(addDuration(told, '2wd', 'UTC', calendar))).toBe('2026-12-30T09:00:00.000Z');
    expect(shown(nextWorking(at('2026-12-24T12:00:00Z'), 'UTC', calendar))).toBe('2026-12-29T09:00:00.000Z');
  });

  test('begin and end with the local day', () => {
    expect(shown(afterHolidays(at('2026-12-24T03:00:00Z'), 'America/New_York', holidays))).toBe(
      '2026-12-24T03:00:00.000Z',
    );
    expect(shown(afterHolidays(at('2026-12-24T06:00:00Z'), 'America/New_York', holidays))).toBe(
      '2026-12-26T05:00:00.000Z',
    );
  });

  test('that fill a year end the search, not the process', () => {
    const all = new Set(
      Array.from({ length: 800 }, (_, n) =>
        new Date(at('2026-01-01T00:00:00Z') + n * 86_400_000).toISOString().slice(0, 10),
      ),
    );
    expect(nextWorking(at('2026-01-05T10:00:00Z'), 'UTC', { ...hours, holidays: all })).toBeGreaterThan(0);
    expect(afterHolidays(at('2026-01-05T10:00:00Z'), 'UTC', all)).toBeGreaterThan(0);
  });
});

describe('the days on which clocks change', () => {
  test('have working hours at the local hour', () => {
    // Lisbon goes back on 2026-10-25 and forward on 2026-03-29, both Sundays.
    expect(shown(nextWorking(at('2026-10-24T12:00:00Z'), 'Europe/Lisbon', hours))).toBe(
      '2026-10-26T09:00:00.000Z',
    );
    expect(shown(nextWorking(at('2026-03-28T12:00:00Z'), 'Europe/Lisbon', hours))).toBe(
      '2026-03-30T08:00:00.000Z',
    );
    expect(shown(addDuration(at('2026-10-23T09:30:00Z'), '1wd', 'Europe/Lisbon', hours))).toBe(
      '2026-10-26T09:00:00.000Z',
    );
  });

  test('have quiet hours that end, whatever their length', () => {
    for (const day of ['2026-10-24', '2026-10-25', '2026-03-28', '2026-03-29']) {
      const ends = afterQuiet(at(`${day}T22:30:00Z`), 'Europe/Lisbon', { from: 20, to: 8 });
      expect(ends).toBeGreaterThan(at(`${day}T22:30:00Z`));
      expect(ends - at(`${day}T22:30:00Z`)).toBeLessThanOrEqual(11 * 3_600_000);
    }
  });
});
