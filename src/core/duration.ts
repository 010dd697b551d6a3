export type Duration = { readonly amount: number; readonly unit: 'm' | 'h' | 'd' | 'wd' };

const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Reads `10m`, `48h`, `30d`, `2wd` (working days). The schema has checked the form; anything else is a fault. */
export function parseDuration(text: string): Duration {
  const found = /^(\d{1,4})(m|h|d|wd)$/u.exec(text);
  const unit = found?.[2];
  if (found?.[1] === undefined || (unit !== 'm' && unit !== 'h' && unit !== 'd' && unit !== 'wd')) {
    throw new RangeError(`not a duration: ${text.slice(0, 20)}`);
  }
  return { amount: Number(found[1]), unit };
}

/** Milliseconds of a duration without a calendar: a working day counts as a day. */
export function durationMs(text: string): number {
  const { amount, unit } = parseDuration(text);
  return amount * (unit === 'm' ? minuteMs : unit === 'h' ? hourMs : dayMs);
}
