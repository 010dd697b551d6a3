import { aalenJohansen, type Exit } from '../survival/aalen-johansen.ts';
import { shownSteps } from '../survival/kaplan-meier.ts';

/** One point of a curve: the value from `time` on, with its band. Null where a band is not defined. */
export type CurvePoint = {
  /** Hours. */
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
};

/** By the hour for three days, then one point a day: nobody sees more, and no single hour stands out. */
const fineHours = 72;
const coarseHours = 24;

/** The last point of each stretch, with the events of all of it. */
export function thinned(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const kept: CurvePoint[] = [];
  let stretch = -1;
  for (const point of points) {
    const of = point.time <= fineHours ? point.time : fineHours + Math.ceil(point.time / coarseHours);
    const before = kept.at(-1);
    if (of === stretch && before !== undefined)
      kept[kept.length - 1] = { ...point, atRisk: before.atRisk, events: before.events + point.events };
    else kept.push(point);
    stretch = of;
  }
  return kept;
}

/** The risk of `cause` over time while others compete, as far as five were still followed. */
export function riskCurve(rows: readonly Exit[], cause: string, horizon: number): readonly CurvePoint[] {
  const cut = rows.map((row) => (row.time > horizon ? { time: horizon, cause: null } : row));
  const causes = [...new Set([cause, ...cut.flatMap((row) => (row.cause === null ? [] : [row.cause]))])];
  const counts = Map.groupBy(
    cut.filter((row) => row.cause === cause),
    ({ time }) => time,
  );
  return shownSteps(aalenJohansen(cut, causes)).flatMap(({ time, atRisk, incidences: [own] }) => {
    const events = counts.get(time)?.length ?? 0;
    if (own === undefined || events === 0) return [];
    return [{ time, atRisk, events, value: own.risk, lower: own.lower, upper: own.upper }];
  });
}
