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
