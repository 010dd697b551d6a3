import { dayMs, durationMs, hourMs, parseDuration } from './duration.ts';

/** When people are spoken to. Hours are local, 0–24; days are ISO weekdays 1 (Monday) … 7. */
export type WorkingHours = {
  readonly from: number;
  readonly to: number;
  readonly days: readonly number[];
  /** Local days, `YYYY-MM-DD`, on which nobody works. */
  readonly holidays?: ReadonlySet<string>;
  /** Whether whoever is waited for is away on a local day: such days do not count. */
  readonly isAway?: (day: string) => boolean;
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const options = {
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  } catch {
    // A time zone that the directory misspelt must not stop a message; UTC is the documented fallback.
    made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
  if (formats.size > 600) formats.clear();
  formats.set(timeZone, made);
  return made;
}

/** Offsets change at whole minutes. Most questions of a busy minute are about a few minutes of a few zones. */
const offsets = new Map<string, Map<number, number>>();
const offsetsMax = 5000;

/** Local wall-clock time as if it were UTC: epoch milliseconds of the same digits. */
export function localMs(at: number, timeZone: string): number {
  const minute = Math.floor(at / 60_000);
  let ofZone = offsets.get(timeZone);
  const known = ofZone?.get(minute);
  if (known !== undefined) return at + known;
  if (ofZone === undefined || ofZone.size >= offsetsMax) {
    if (offsets.size > 600) offsets.clear();
    ofZone = new Map();
    offsets.set(timeZone, ofZone);
  }
  const offset = digitsMs(at, timeZone) - at;
  ofZone.set(minute, offset);
  return at + offset;
}

function digitsMs(at: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const part of formatOf(timeZone).formatToParts(at)) parts[part.type] = Number(part.value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

/** The local day, `YYYY-MM-DD`. */
export function localDay(at: number, timeZone: string): string {
  return new Date(localMs(at, timeZone)).toISOString().slice(0, 10);
}

function isoWeekday(local: number): number {
  return ((Math.floor(local / dayMs) + 3) % 7) + 1;
}

/** Whether `at` lies in quiet hours [from, to) local, which may cross midnight. Equal bounds mean none. */
export function isQuiet(
  at: number,
  timeZone: string,
  quiet: { readonly from: number; readonly to: number },
): boolean {
  if (quiet.from === quiet.to) return false;
  const hour = (localMs(at, timeZone) % dayMs) / hourMs;
  return quiet.from < quiet.to
    ? hour >= quiet.from && hour < quiet.to
    : hour >= quiet.from || hour < quiet.to;
}

/** The end of the quiet hours that `at` lies in; `at` itself when it lies in none. */
export function afterQuiet(
  at: number,
  timeZone: string,
  quiet: { readonly from: number; readonly to: number },
): number {
  if (!isQuiet(at, timeZone, quiet)) return at;
  const local = localMs(at, timeZone);
  const hour = (local % dayMs) / hourMs;
  const hoursLeft = (quiet.to - hour + 24) % 24;
  return at + Math.ceil(hoursLeft * hourMs);
}

/** Two for each day of a year. */
const stepsMax = 732;

function isWorkingDay(local: number, { days, holidays, isAway }: WorkingHours): boolean {
  if (!days.includes(isoWeekday(local))) return false;
  if (holidays === undefined && isAway === undefined) return true;
  const day = new Date(local).toISOString().slice(0, 10);
  return holidays?.has(day) !== true && isAway?.(day) !== true;
}

/** The end of the holidays that `at` lies in; `at` itself when it lies in none. */
export function afterHolidays(at: number, timeZone: string, holidays: ReadonlySet<string>): number {
  let moment = at;
  for (let step = 0; step < stepsMax && holidays.has(localDay(moment, timeZone)); step += 1)
    moment += dayMs - (localMs(moment, timeZone) % dayMs);
  return moment;
}

/** The first instant at or after `at` inside working hours. */
export function nextWorking(at: number, timeZone: string, hours: WorkingHours): number {
  let moment = at;
  // A set of days is never empty (checked by the configuration), and holidays are few: this ends long before.
  for (let step = 0; step < stepsMax; step += 1) {
    const local = localMs(moment, timeZone);
    const hour = (local % dayMs) / hourMs;
    if (isWorkingDay(local, hours)) {
      if (hour >= hours.from && hour < hours.to) return moment;
      if (hour < hours.from) {
        moment += Math.ceil((hours.from - hour) * hourMs);
        continue;
      }
    }
    moment += Math.ceil((24 - hour) * hourMs);
  }
  return moment;
}

/** `at` plus a time by the clock, of which days of a leave do not count. */
function addPresent(at: number, ms: number, timeZone: string, { isAway }: WorkingHours): number {
  if (isAway === undefined) return at + ms;
  let moment = at;
  let left = ms;
  for (let step = 0; step < stepsMax; step += 1) {
    const toMidnight = dayMs - (localMs(moment, timeZone) % dayMs);
    if (isAway(localDay(moment, timeZone))) moment += toMidnight;
    else if (left < toMidnight) return moment + left;
    else {
      moment += toMidnight;
      left -= toMidnight;
    }
  }
  return moment + left;
}

/** `at` plus a duration; working days count days of `hours`, and the result lies in working hours. */
export function addDuration(at: number, duration: string, timeZone: string, hours: WorkingHours): number {
  const { amount, unit } = parseDuration(duration);
  if (unit !== 'wd') return addPresent(at, durationMs(duration), timeZone, hours);
  let moment = nextWorking(at, timeZone, hours);
  for (let day = 0; day < amount; day += 1) moment = nextWorking(moment + dayMs, timeZone, hours);
  return moment;
}
