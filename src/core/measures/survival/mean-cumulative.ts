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

/**
 * The mean cumulative function: how many events a unit has had by then, on average (Nelson 1988), with the variance that
 * holds when a unit's events depend on each other (Lawless & Nadeau, Technometrics 1995). Bounds on the logarithm.
 */
export function meanCumulative(units: readonly Repeated[], level = 0.95): readonly MeanStep[] {
  const z = criticalZ(level);
  const ends = byTime(units.map(({ until }) => until));
  const eventTimes = units.flatMap(({ events }) => events);
  const owners = units.flatMap(({ events }, unit) => events.map(() => unit));
  const order = byTime(eventTimes);

  // Each unit's part in the error is what it had (Σ 1/n at its events) less what it was due (Σ d/n² while followed).
  const had = units.map(() => 0);
  let [atRisk, mean, due] = [units.length, 0, 0];
  let [sum, squares, settled] = [0, 0, 0];
  const steps: MeanStep[] = [];
  let ended = 0;
  for (let from = 0; from < order.length; ) {
    const time = eventTimes[order[from] ?? 0] ?? 0;
    // A unit is at risk up to and including its last day.
    for (; ended < ends.length; ended += 1) {
      const unit = ends[ended] ?? 0;
      if ((units[unit]?.until ?? time) >= time) break;
      const part = (had[unit] ?? 0) - due;
      settled += part ** 2;
      squares -= part ** 2;
      sum -= part;
      atRisk -= 1;
    }
    let to = from;
    while (to < order.length && eventTimes[order[to] ?? 0] === time) to += 1;
    const events = to - from;
    const owed = events / atRisk ** 2;
    squares += owed * (owed * atRisk - 2 * sum);
    sum -= owed * atRisk;
    due += owed;
    for (; from < to; from += 1) {
      const unit = owners[order[from] ?? 0] ?? 0;
      const part = (had[unit] ?? 0) - due;
      squares += (2 * part + 1 / atRisk) / atRisk;
      sum += 1 / atRisk;
      had[unit] = (had[unit] ?? 0) + 1 / atRisk;
    }
    mean += events / atRisk;
    const se = Math.sqrt(Math.max(0, settled + squares));
    const spread = Math.exp((z * se) / mean);
    steps.push({ time, atRisk, events, mean, se, lower: mean / spread, upper: mean * spread });
  }
  return steps;
}

/** Places in the order of their times. */
function byTime(times: readonly number[]): Uint32Array {
  return Uint32Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
}
