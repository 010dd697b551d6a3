import { criticalZ } from '../numeric/normal.ts';
import { logLogBounds } from './kaplan-meier.ts';

/** How long a unit was followed and what ended it; null where it is still there. */
export type Exit = { readonly time: number; readonly cause: string | null };

export type Incidence = {
  readonly risk: number;
  readonly se: number;
  /** Null while the risk is 0 or 1. */
  readonly lower: number | null;
  readonly upper: number | null;
};

export type IncidenceStep = {
  readonly time: number;
  readonly atRisk: number;
  /** The share without any exit. */
  readonly survival: number;
  /** In the order of the causes. */
  readonly incidences: readonly Incidence[];
};

type Sums = { risk: number; a: number; b: number; c: number; d: number; e: number };

/**
 * The risk of each cause while the others compete: a person who left cannot relapse and is no success (Aalen & Johansen
 * 1978). Standard errors by the delta method (Marubini & Valsecchi 1995), bounds on the log(−log) scale (Choudhury
 * 2002). A step for each time at which somebody left by one of the causes; all causes of the rows must be named.
 */
export function aalenJohansen(
  rows: readonly Exit[],
  causes: readonly string[],
  level = 0.95,
): readonly IncidenceStep[] {
  const z = criticalZ(level);
  const all = Float64Array.from(rows, ({ time }) => time).sort();
  const byCause = causes.map((cause) =>
    Float64Array.from(
      rows.filter((row) => row.cause === cause),
      ({ time }) => time,
    ).sort(),
  );
  const places = causes.map(() => 0);
  const sums: readonly Sums[] = causes.map(() => ({ risk: 0, a: 0, b: 0, c: 0, d: 0, e: 0 }));
  const steps: IncidenceStep[] = [];
  let [survival, gone] = [1, 0];
  for (;;) {
    const time = Math.min(...byCause.map((times, at) => times[places[at] ?? 0] ?? Number.POSITIVE_INFINITY));
    if (time === Number.POSITIVE_INFINITY) return steps;
    while ((all[gone] ?? time) < time) gone += 1;
    const atRisk = all.length - gone;
    const counts = byCause.map((times, at) => {
      const from = places[at] ?? 0;
      let to = from;
      while (times[to] === time) to += 1;
      places[at] = to;
      return to - from;
    });
    const events = counts.reduce((sum, count) => sum + count, 0);
    const incidences = counts.map((own, at) => advance(sums[at], { survival, atRisk, events, own }, z));
    survival *= (atRisk - events) / atRisk;
    steps.push({ time, atRisk, survival, incidences });
  }
}

type AtTime = {
  readonly survival: number;
  readonly atRisk: number;
  readonly events: number;
  readonly own: number;
};

/**
 * With F the risk at t and F_j at an earlier time, the variance is Σ(F − F_j)²·g_j + Σ h_j − 2·Σ(F − F_j)·k_j: kept as
 * sums that do not depend on t, so that a curve costs one pass.
 */
function advance(sums: Sums | undefined, { survival, atRisk, events, own }: AtTime, z: number): Incidence {
  if (sums === undefined) return { risk: 0, se: 0, lower: null, upper: null };
  sums.risk += (survival * own) / atRisk;
  const { risk } = sums;
  // When the last ones leave there is no later risk that this term could weigh.
  const g = atRisk > events ? events / (atRisk * (atRisk - events)) : 0;
  const k = (survival * own) / atRisk ** 2;
  sums.a += g;
  sums.b += risk * g;
  sums.c += risk * risk * g;
  sums.d += k;
  sums.e += (survival ** 2 * own * (atRisk - own)) / atRisk ** 3 + 2 * risk * k;
  const variance = risk * risk * sums.a - 2 * risk * sums.b + sums.c + sums.e - 2 * risk * sums.d;
  const se = Math.sqrt(Math.max(0, variance));
  // Sums of shares can end a last digit above 1.
  if (risk <= 0 || risk >= 1 - 1e-12) return { risk: Math.min(1, risk), se, lower: null, upper: null };
  const { lower, upper } = logLogBounds(risk, se, z);
  return { risk, se, lower, upper };
}
