/**
 * Reads the points in time that scanners and webhooks write. Nothing is read in the machine's own time zone: the same
 * report gives the same time everywhere.
 */

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?(?:\s+\S{1,12})?$/iu;
/** `git log`: `Mon Jul 5 12:54:43 2021 +0530` */
const gitStyle =
  /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})(?: ([+-]\d{4}|UTC|GMT))?$/iu;
/** RFC 5322: `Mon, 05 Jul 2021 12:54:43 +0530` */
const mailStyle =
  /^(?:[a-z]{3}, )?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4}|UTC|GMT)$/iu;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Before version control of today there was nothing to report: year 1 and 1970 are empty fields. */
const earliestMs = Date.UTC(1990, 0, 1);
/** Below this a number counts seconds, above it milliseconds: 1973 in milliseconds, year 5138 in seconds. */
const secondsMax = 1e11;

/**
 * Epoch milliseconds of a date as text or number, or undefined when it says none: empty, year 1, ambiguous
 * (`10-19-2003`), not a date. Numbers are seconds or milliseconds; a text without zone is UTC.
 */
export function instantOf(value: unknown): number | undefined {
  const found =
    typeof value === 'number' ? ofNumber(value) : typeof value === 'string' ? ofText(value) : undefined;
  return found !== undefined && found >= earliestMs && found <= 8.64e15 ? found : undefined;
}

function ofNumber(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  return Math.trunc(value < secondsMax ? value * 1000 : value);
}

function ofText(value: string): number | undefined {
  const text = value.length > 60 ? '' : value.trim();
  const match = iso.exec(text);
  if (match !== null) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
    const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
    return utc(
      Number(year),
      Number(month),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      ms,
      zone,
    );
  }
  if (/^\d{9,13}(?:\.\d+)?$/u.test(text)) return ofNumber(Number(text));
  const git = gitStyle.exec(text);
  if (git !== null) {
    const [, month = '', day, hour, minute, second, year, zone] = git;
    return utc(
      Number(year),
      monthOf(month),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      0,
      zone,
    );
  }
  const mail = mailStyle.exec(text);
  if (mail === null) return undefined;
  const [, day, month = '', year, hour, minute, second, zone] = mail;
  return utc(
    Number(year),
    monthOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    0,
    zone,
  );
}

function monthOf(name: string): number {
  return months.indexOf(name.toLowerCase()) + 1;
}

function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
  zone: string | undefined,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60)
    return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  if (new Date(local).getUTCMonth() !== month - 1 && hour !== 24 && second !== 60) return undefined;
  return local - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/u.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}
