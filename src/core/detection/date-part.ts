/** Parts of a date (Sigma modifiers, "Time Modifiers"): "not designed to handle timezone or format conversions". */

export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** The lowest and the highest value that a rule may ask for. ISO 8601 knows a week 53. */
export const datePartRanges: Readonly<Record<DatePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [1, 9999],
};

const dayMs = 86_400_000;
/** Epoch seconds have ten digits until 2286, epoch milliseconds twelve or more since 1973. */
const epochMsMin = 100_000_000_000;

/**
 * Text is read as written (`2025-03-04T05:06:07Z`, also with a space, or a date alone); a number is an epoch time in
 * seconds or milliseconds, in UTC. Undefined for anything else, and for the time of a date without one.
 */
export function datePart(value: unknown, part: DatePart): number | undefined {
  const date = typeof value === 'number' ? epochDate(value) : readDate(value);
  if (date === undefined) return undefined;
  return part === 'week' ? isoWeek(date.year, date.month, date.day) : date[part];
}

type DateParts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number | undefined;
  readonly minute: number | undefined;
};

const written = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?=$|[:Zz.+ -]))?/u;

function readDate(value: unknown): DateParts | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const found = written.exec(value);
  if (found === null || (found[4] === undefined && value.length > 10)) return undefined;
  const [year = 0, month = 0, day = 0] = found.slice(1, 4).map(Number);
  const isDate = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  const hour = found[4] === undefined ? undefined : Number(found[4]);
  const minute = found[5] === undefined ? undefined : Number(found[5]);
  if (!isDate || (hour ?? 0) > 23 || (minute ?? 0) > 59) return undefined;
  return { year, month, day, hour, minute };
}

function epochDate(value: number): DateParts | undefined {
  const date = new Date(Math.abs(value) < epochMsMin ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) return undefined;
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

/** The week with the year's first Thursday is the first (ISO 8601). */
function isoWeek(year: number, month: number, day: number): number {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * dayMs;
  const firstOfYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - firstOfYear) / dayMs / 7) + 1;
}
