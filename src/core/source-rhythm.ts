/** UTC days, `YYYY-MM-DD`, on which a source spoke, seen from the last of them. */
export type SourceRhythm = {
  readonly lastDay: string;
  /** The first of the window that is looked at: at most `rhythmDays` before the last. */
  readonly firstDay: string;
  readonly heardDays: number;
};

/** Four weeks: a source that speaks each Monday is heard four times. */
export const rhythmDays = 28;

/** A weekend with a holiday is no silence, however often a source speaks. */
const quietDaysMin = 4;
/** A source that speaks every n days is late after one missed time, and silent after the second. */
const missedMax = 2;
const dayMs = 86_400_000;

export type Rhythm = {
  /** Days from one word to the next, as they were. */
  readonly everyDays: number;
  /** Days without a word that are usual. */
  readonly quietDaysMax: number;
  readonly isSilent: boolean;
};

/** What is expected of a source that spoke like this, and whether it is overdue. */
export function rhythmOf({ lastDay, firstDay, heardDays }: SourceRhythm, now: number): Rhythm {
  const span = (Date.parse(lastDay) - Date.parse(firstDay)) / dayMs;
  const everyDays = heardDays < 2 ? 1 : Math.max(1, Math.round(span / (heardDays - 1)));
  const quietDaysMax = Math.max(quietDaysMin, everyDays * missedMax);
  // Today is not over: a source may still speak.
  const quietDays = Math.floor((now - Date.parse(lastDay)) / dayMs) - 1;
  return { everyDays, quietDaysMax, isSilent: quietDays >= quietDaysMax };
}
