import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Leave, leaveAt, leavesSchema, returnAt, standInOf } from './leave.ts';
import { addDuration } from './working-time.ts';

const hours = { from: 9, to: 17, days: [1, 2, 3, 4, 5] };
const christmas: Leave = { from: '2026-12-21', until: '2027-01-06' };

describe('a leave', () => {
  test('is of the days of their own calendar, the last one included', () => {
    const lastEvening = Date.UTC(2027, 0, 6, 23, 30);
    expect(leaveAt([christmas], lastEvening, 'UTC')).toBe(christmas);
    // In Lisbon it is the same day, in Auckland the next one.
    expect(leaveAt([christmas], lastEvening, 'Pacific/Auckland')).toBeUndefined();
    expect(leaveAt([christmas], Date.UTC(2026, 11, 20, 11, 30), 'Pacific/Auckland')).toBe(christmas);
  });

  test('ends when work starts after it, and after one that follows without a day of work between', () => {
    const at = Date.UTC(2026, 11, 24);
    expect(returnAt([christmas], at, 'UTC', hours)).toBe(Date.UTC(2027, 0, 7, 9));
    const next = { from: '2027-01-07', until: '2027-01-08' };
    expect(returnAt([next, christmas], at, 'UTC', hours)).toBe(Date.UTC(2027, 0, 11, 9));
  });

  test('of years, or many of them, is bounded in what it costs', () => {
    const years = { from: '2026-01-01', until: '9999-12-31' };
    expect(returnAt([years], Date.UTC(2026, 11, 24), 'UTC', hours)).toBeGreaterThan(Date.UTC(9999, 0));
    const chain = Array.from({ length: 1_000 }, (_, n) => {
      const day = new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
      return { from: day, until: day };
    });
    expect(returnAt(chain, Date.UTC(2026, 0, 1), 'UTC', hours)).toBeGreaterThan(Date.UTC(2026, 0, 1));
  });

  test('does not count as silence, by working days and by the clock', () => {
    const isAway = (day: string) => day >= '2026-11-24' && day <= '2026-11-25';
    const monday = Date.UTC(2026, 10, 23, 10);
    expect(addDuration(monday, '1wd', 'UTC', { ...hours, isAway })).toBe(Date.UTC(2026, 10, 26, 9));
    expect(addDuration(monday, '24h', 'UTC', { ...hours, isAway })).toBe(Date.UTC(2026, 10, 26, 10));
    expect(addDuration(monday, '24h', 'UTC', hours)).toBe(Date.UTC(2026, 10, 24, 10));
  });

  test.each([
    ['2026-12-21/2027-01-06 mia', [{ from: '2026-12-21', until: '2027-01-06', standIn: 'mia' }]],
    [
      '2026-12-21; 2027-02-01/2027-02-02',
      [
        { from: '2026-12-21', until: '2026-12-21' },
        { from: '2027-02-01', until: '2027-02-02' },
      ],
    ],
    ['', []],
  ])('is read from one cell: %j', (text, expected) => {
    expect(leavesSchema.parse(text)).toEqual(expected);
  });

  test.each([
    'tomorrow',
    '2027-01-06/2026-12-21',
    '2026-02-30',
    '2026-12-21/2027-01-06 mia bob',
    '2026-12-21/2026-12-22/2026-12-23',
    '<script>/2026-12-21',
    '\u202e2026-12-21',
    Array.from({ length: 21 }, () => '2026-12-21').join(';'),
    'x'.repeat(5_000),
  ])('that is none is refused: %.40j', (text) => {
    expect(leavesSchema.safeParse(text).success).toBe(false);
  });
});

describe('a stand-in', () => {
  const away = (standIn?: string) => ({
    isActive: true,
    away: { from: '2026-01-01', until: '2026-01-02', ...(standIn === undefined ? {} : { standIn }) },
  });

  test('who is away hands on to theirs, a few times and never in a ring', () => {
    const there = { isActive: true };
    const people = new Map([
      ['a', away('b')],
      ['b', away('c')],
      ['c', there],
      ['d', away('e')],
      ['e', away('d')],
      ['f', away()],
      ['g', away('gone')],
      ['h', away('h')],
    ]);
    const of = (id: string) => standInOf(id, (one) => people.get(one));
    expect(of('a')).toBe('c');
    for (const id of ['d', 'e', 'f', 'g', 'h']) expect(of(id)).toBeUndefined();
  });

  test('is never away, never the person, and found in a bounded number of looks, whatever is written', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const anyone = fc.record({
      isActive: fc.boolean(),
      standIn: fc.option(fc.constantFrom(...ids, 'nobody'), { nil: undefined }),
      isAway: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyone, { minLength: 6, maxLength: 6 }), (given) => {
        let looks = 0;
        const lookUp = (id: string) => {
          looks += 1;
          const one = given[ids.indexOf(id)];
          if (one === undefined) return undefined;
          return one.isAway ? { ...away(one.standIn), isActive: one.isActive } : { isActive: one.isActive };
        };
        const found = standInOf('a', lookUp);
        expect(looks).toBeLessThanOrEqual(4);
        if (found === undefined) return;
        const person = given[ids.indexOf(found)];
        expect(found).not.toBe('a');
        expect(person).toMatchObject({ isActive: true, isAway: false });
      }),
    );
  });
});
