import type { SourceJson } from '../api/shapes.ts';

/** Weekends and a holiday are no silence. */
const quietDaysMax = 4;

/** Whether a source that spoke before has stopped, or cannot be read. */
export function isSilent({ lastDay, pull }: SourceJson, now: number): boolean {
  if ((pull?.failing.length ?? 0) > 0) return true;
  return lastDay !== undefined && now - Date.parse(lastDay) > (quietDaysMax + 1) * 86_400_000;
}
