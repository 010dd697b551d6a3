import type { Estimate } from '../rates/interval.ts';
import { wilson } from '../rates/proportion.ts';
import { aalenJohansen, type Exit } from '../survival/aalen-johansen.ts';
import { stepAt } from '../survival/kaplan-meier.ts';
import { casesMin } from './share-figure.ts';

type Counts = {
  readonly n: number;
  /** Units that had it by the horizon, that left first, and that were followed so far without either. */
  readonly events: number;
  readonly left: number;
  readonly followed: number;
};

export type RiskFigure =
  | (Counts & Estimate & { readonly kind: 'risk'; readonly se: number })
  | (Counts & { readonly kind: 'not-enough-data'; readonly reason: 'few-units' | 'not-followed-so-long' });

/**
 * The risk of a cause by a horizon, as of a recurrence within 90 days, where leaving competes. Rows that end later are
 * counted as still followed at the horizon.
 */
export function riskFigure(rows: readonly Exit[], cause: string, horizon: number): RiskFigure {
  const cut = rows.map((row) => (row.time > horizon ? { time: horizon, cause: null } : row));
  const causes = [...new Set([cause, ...cut.flatMap((row) => (row.cause === null ? [] : [row.cause]))])];
  const counts = {
    n: cut.length,
    events: cut.filter((row) => row.cause === cause).length,
    left: cut.filter((row) => row.cause !== null && row.cause !== cause).length,
    followed: cut.filter((row) => row.cause === null && row.time >= horizon).length,
  };
  if (counts.n < casesMin) return { kind: 'not-enough-data', reason: 'few-units', ...counts };
  // Nobody lost from sight too early: whoever was not followed to the end had something happen.
  const isComplete = counts.events + counts.left + counts.followed === counts.n;
  if (!isComplete && counts.followed < casesMin) {
    return { kind: 'not-enough-data', reason: 'not-followed-so-long', ...counts };
  }
  const found = stepAt(aalenJohansen(cut, causes), horizon)?.incidences[0];
  const { risk, se, lower, upper } = found ?? { risk: 0, se: 0, lower: null, upper: null };
  // A risk of 0 or 1 has no bounds of its own: those whose end is known give them.
  const known = wilson({ x: counts.events, n: Math.max(1, counts.events + counts.left + counts.followed) });
  return {
    kind: 'risk',
    ...counts,
    value: risk,
    se,
    lower: lower ?? known.lower,
    upper: upper ?? known.upper,
  };
}
