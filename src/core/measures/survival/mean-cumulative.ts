import { criticalZ } from '../numeric/normal.ts';

/** A unit's events, each at a time from 0 on and not after `until`, to which it was followed. */
export type Repeated = { readonly until: number; readonly events: readonly number[] };

export type MeanStep = {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  /** Events per unit up to and including `time`. */
  readonly mean: number;
  readonly se: number;
  readonly lower: number;
  readonly upper: number;
};

type Change = { readonly time: number; readonly unit: number; readonly isEnd: boolean };

/**
 * The mean cumulative function: how many events a unit has had by then, on average (Nelson 1988), with the variance that
 * holds when a unit's events depend on each other (Lawless & Nadeau, Technometrics 1995). Bounds on the logarithm.
 */
export function meanCumulative(units: readonly Repeated[], level = 0.95): readonly MeanStep[] {
  const z = criticalZ(level);
  const changes: Change[] = units.flatMap(({ until, events }, unit) => [
    ...events.map((time) => ({ time, unit, isEnd: false })),
    { time: until, unit, isEnd: true },
  ]);
  // A unit is at risk up to and including its last day.
  changes.sort((a, b) => a.time - b.time || Number(a.isEnd) - Number(b.isEnd));

  // Each unit's part in the error is what it had (Σ 1/n at its events) less what it was due (Σ d/n² while followed).
  const had = units.map(() => 0);
  let [atRisk, mean, due] = [units.length, 0, 0];
  let [sum, squares, settled] = [0, 0, 0];
  const steps: MeanStep[] = [];
  for (let from = 0; from < changes.length; ) {
    const time = changes[from]?.time ?? 0;
    const here: Change[] = [];
    for (; from < changes.length && changes[from]?.time === time; from += 1) {
      const change = changes[from];
      if (change !== undefined) here.push(change);
    }
    const events = here.filter(({ isEnd }) => !isEnd);
    if (events.length > 0) {
      const owed = events.length / atRisk ** 2;
      squares += owed * (owed * atRisk - 2 * sum);
      sum -= owed * atRisk;
      due += owed;
      for (const { unit } of events) {
        const part = (had[unit] ?? 0) - due;
        squares += (2 * part + 1 / atRisk) / atRisk;
        sum += 1 / atRisk;
        had[unit] = (had[unit] ?? 0) + 1 / atRisk;
      }
      mean += events.length / atRisk;
      const se = Math.sqrt(Math.max(0, settled + squares));
      const spread = Math.exp((z * se) / mean);
      const bounds = { lower: mean / spread, upper: mean * spread };
      steps.push({ time, atRisk, events: events.length, mean, se, ...bounds });
    }
    for (const { unit } of here.filter(({ isEnd }) => isEnd)) {
      const part = (had[unit] ?? 0) - due;
      settled += part ** 2;
      squares -= part ** 2;
      sum -= part;
      atRisk -= 1;
    }
  }
  return steps;
}
