import { criticalZ } from '../numeric/normal.ts';

/** How long a unit was followed, and whether the event ended it. A unit is at risk up to and including `time`. */
export type Followed = { readonly time: number; readonly isEvent: boolean };

/** The curve from `time` on. Standard error and bounds are null where they are not defined (survival 0). */
export type SurvivalStep = {
  readonly time: number;
  /** Units at risk just before. */
  readonly atRisk: number;
  readonly events: number;
  readonly survival: number;
  readonly se: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly cumulativeHazard: number;
  readonly cumulativeHazardSe: number;
};

/**
 * The share still without the event, by Kaplan and Meier (JASA 1958), with Greenwood's standard error and bounds on the
 * log(−log) scale (Kalbfleisch & Prentice), and the cumulative hazard by Nelson and Aalen. A step for each time with an
 * event; events come before censorings of the same time.
 */
export function kaplanMeier(rows: readonly Followed[], level = 0.95): readonly SurvivalStep[] {
  const z = criticalZ(level);
  const steps: SurvivalStep[] = [];
  let [survival, greenwood, hazard, hazardVariance] = [1, 0, 0, 0];
  for (const { time, atRisk, events } of eventTimes(rows)) {
    survival *= (atRisk - events) / atRisk;
    greenwood += events / (atRisk * (atRisk - events));
    hazard += events / atRisk;
    hazardVariance += events / atRisk ** 2;
    const se = survival === 0 ? null : survival * Math.sqrt(greenwood);
    const bounds = se === null ? { lower: null, upper: null } : logLogBounds(survival, se, z);
    const cumulative = { cumulativeHazard: hazard, cumulativeHazardSe: Math.sqrt(hazardVariance) };
    steps.push({ time, atRisk, events, survival, se, ...bounds, ...cumulative });
  }
  return steps;
}

/** Bounds of a share that keep within 0 and 1; the share itself lies strictly between. */
export function logLogBounds(share: number, se: number, z: number) {
  const spread = (z * se) / (share * Math.log(share));
  return { lower: share ** Math.exp(-spread), upper: share ** Math.exp(spread) };
}

type EventTime = { readonly time: number; readonly atRisk: number; readonly events: number };

/** Numbers sort many times faster than rows do: all times, and those of events, each by themselves. */
function eventTimes(rows: readonly Followed[]): readonly EventTime[] {
  const all = Float64Array.from(rows, ({ time }) => time).sort();
  const ended = Float64Array.from(
    rows.filter(({ isEvent }) => isEvent),
    ({ time }) => time,
  ).sort();
  const times: EventTime[] = [];
  let gone = 0;
  for (let from = 0; from < ended.length; ) {
    const time = ended[from] ?? 0;
    let to = from;
    while (ended[to] === time) to += 1;
    while ((all[gone] ?? time) < time) gone += 1;
    times.push({ time, atRisk: all.length - gone, events: to - from });
    from = to;
  }
  return times;
}

/** The step in force at `time`; before the first event there is none, and the survival is 1. */
export function stepAt<Step extends { readonly time: number }>(
  steps: readonly Step[],
  time: number,
): Step | undefined {
  let [lower, upper] = [0, steps.length];
  while (lower < upper) {
    const middle = (lower + upper) >>> 1;
    if ((steps[middle]?.time ?? 0) <= time) lower = middle + 1;
    else upper = middle;
  }
  return steps[lower - 1];
}

/** Sums of products leave a survival of one half a few digits beside it. */
const halfMax = 0.5 + 1e-12;

/** The first time at which half have had the event, with bounds; null where the data do not reach it. */
export function medianTime(steps: readonly SurvivalStep[]) {
  const first = (of: (step: SurvivalStep) => number | null) =>
    steps.find((step) => (of(step) ?? 1) <= halfMax)?.time ?? null;
  return {
    median: first((step) => step.survival),
    lower: first((step) => step.lower),
    upper: first((step) => step.upper),
  };
}

/** The mean time without the event up to `horizon`: the area under the curve, with its standard error. */
export function restrictedMean(steps: readonly SurvivalStep[], horizon: number) {
  const within = steps.filter(({ time }) => time < horizon);
  let [area, variance] = [0, 0];
  for (let at = within.length - 1; at >= 0; at -= 1) {
    const step = within[at];
    if (step === undefined) continue;
    area += step.survival * ((within[at + 1]?.time ?? horizon) - step.time);
    const left = step.atRisk - step.events;
    if (left > 0) variance += (area ** 2 * step.events) / (step.atRisk * left);
  }
  return { mean: area + (within[0]?.time ?? horizon), se: Math.sqrt(variance) };
}

/** Below this many units at risk a curve says more about single people than about the group. */
export const atRiskMin = 5;

/** The part of a curve that may be shown. */
export function shownSteps<Step extends { readonly atRisk: number }>(
  steps: readonly Step[],
): readonly Step[] {
  const end = steps.findIndex(({ atRisk }) => atRisk < atRiskMin);
  return end === -1 ? steps : steps.slice(0, end);
}
