// RFC 9110, section 10.2.3, allows a date; of its three forms only this one may be sent.
const imfFixdate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

/** A far side that names a longer wait is asked again after this all the same. */
export const retryAfterSecondsMax = 86_400;

/**
 * Reads a Retry-After header: seconds or an HTTP date.
 *
 * @param at epoch milliseconds, the time that a date counts from
 * @returns seconds from 0 to `retryAfterSecondsMax`; undefined where the header says nothing readable
 */
export function retryAfterSeconds(header: string | undefined, at: number): number | undefined {
  const text = header?.trim() ?? '';
  const seconds = /^\d{1,10}$/u.test(text)
    ? Number(text)
    : imfFixdate.test(text)
      ? Math.ceil((Date.parse(text) - at) / 1000)
      : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), retryAfterSecondsMax);
}
