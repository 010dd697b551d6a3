import { chi2Tails } from '../numeric/distributions.ts';
import type { Followed } from './kaplan-meier.ts';

export type Grouped = Followed & { readonly group: string; readonly stratum?: string };

export type LogRank = {
  /** In the order of the groups. */
  readonly observed: readonly number[];
  readonly expected: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly chi2: number;
  readonly df: number;
  readonly p: number;
};

/**
 * Do the groups' curves differ? The log-rank test with the hypergeometric variance (Mantel 1966; Peto & Peto 1972),
 * summed over strata. Valid for one look at a horizon set beforehand, not for peeking. Where nothing can be compared,
 * chi2 is 0 and p is 1.
 */
export function logRank(rows: readonly Grouped[], groups: readonly string[]): LogRank {
  const size = groups.length;
  const observed = groups.map(() => 0);
  const expected = groups.map(() => 0);
  const covariance = groups.map(() => groups.map(() => 0));
  const strata = Map.groupBy(rows, ({ stratum }) => stratum ?? '');
  for (const stratum of strata.values()) {
    const byGroup = Map.groupBy(stratum, ({ group }) => group);
    const arms = groups.map((group) => timesOf(byGroup.get(group) ?? []));
    const places = groups.map(() => ({ gone: 0, ended: 0 }));
    for (;;) {
      const time = Math.min(...arms.map(({ ended }, arm) => ended[places[arm]?.ended ?? 0] ?? never));
      if (time === never) break;
      const events = arms.map(({ ended }, arm) =>
        advance(places[arm], 'ended', (place) => ended[place] === time),
      );
      const atRisk = arms.map(({ all }, arm) => {
        advance(places[arm], 'gone', (place) => (all[place] ?? time) < time);
        return all.length - (places[arm]?.gone ?? 0);
      });
      addTime(events, atRisk);
    }
  }

  function addTime(events: readonly number[], atRisk: readonly number[]): void {
    const d = events.reduce((sum, count) => sum + count, 0);
    const n = atRisk.reduce((sum, count) => sum + count, 0);
    if (d === 0) return;
    const factor = n > 1 ? (d * (n - d)) / (n - 1) : 0;
    for (let i = 0; i < size; i += 1) {
      const share = (atRisk[i] ?? 0) / n;
      add(observed, i, events[i] ?? 0);
      add(expected, i, d * share);
      for (let j = 0; j < size; j += 1) {
        const other = (atRisk[j] ?? 0) / n;
        add(covariance[i] ?? [], j, factor * share * ((i === j ? 1 : 0) - other));
      }
    }
  }

  const used = groups.map((_, index) => index).filter((index) => (covariance[index]?.[index] ?? 0) > 0);
  const df = used.length - 1;
  if (df < 1) return { observed, expected, covariance, chi2: 0, df: Math.max(0, size - 1), p: 1 };
  // One group follows from the others: without it the matrix can be solved.
  const kept = used.slice(0, df);
  const gap = kept.map((index) => (observed[index] ?? 0) - (expected[index] ?? 0));
  const matrix = kept.map((i) => kept.map((j) => covariance[i]?.[j] ?? 0));
  const solved = solveLinear(matrix, gap);
  const chi2 = gap.reduce((sum, value, index) => sum + value * (solved[index] ?? 0), 0);
  return { observed, expected, covariance, chi2, df, p: chi2Tails(chi2, df).upper };
}

const never = Number.POSITIVE_INFINITY;
type Places = { gone: number; ended: number };

/** Moves a place on while the condition holds, and says by how much. */
function advance(places: Places | undefined, of: keyof Places, goesOn: (place: number) => boolean): number {
  if (places === undefined) return 0;
  const from = places[of];
  while (goesOn(places[of])) places[of] += 1;
  return places[of] - from;
}

function timesOf(rows: readonly Followed[]) {
  const sorted = (of: readonly Followed[]) => Float64Array.from(of, ({ time }) => time).sort();
  return { all: sorted(rows), ended: sorted(rows.filter(({ isEvent }) => isEvent)) };
}

function add(sums: number[], index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** Solves A·x = b for a positive definite A by elimination. */
function solveLinear(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (const [at, pivotRow] of rows.entries()) {
    for (const [other, row] of rows.entries()) {
      if (other === at) continue;
      const factor = (row[at] ?? 0) / (pivotRow[at] ?? 1);
      for (let column = at; column < row.length; column += 1)
        add(row, column, -factor * (pivotRow[column] ?? 0));
    }
  }
  return rows.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1));
}
