import { chi2Tails } from '../numeric/distributions.ts';
import { logGamma } from '../numeric/log-gamma.ts';
import { solvePositive } from '../numeric/solve.ts';
import type { Estimate } from './interval.ts';

/** Counts by row. */
export type Table = readonly (readonly number[])[];

/** Are rows and columns unrelated? Pearson's chi-square and the likelihood ratio G, with their p. */
export function independence(table: Table) {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = (table[0] ?? []).map((_, at) => table.reduce((sum, row) => sum + (row[at] ?? 0), 0));
  const total = rows.reduce((sum, count) => sum + count, 0);
  let [chi2, g] = [0, 0];
  for (const [at, row] of table.entries()) {
    for (const [column, observed] of row.entries()) {
      const expected = ((rows[at] ?? 0) * (columns[column] ?? 0)) / total;
      if (expected === 0) continue;
      chi2 += (observed - expected) ** 2 / expected;
      if (observed > 0) g += 2 * observed * Math.log(observed / expected);
    }
  }
  const df = (rows.length - 1) * (columns.length - 1);
  return { chi2, p: chi2Tails(chi2, df).upper, g, gP: chi2Tails(g, df).upper, df };
}

export type FourCells = readonly [readonly [number, number], readonly [number, number]];

const tie = 1 + 1e-7;

/** Fisher's exact test of a 2 × 2 table, two-sided: the sum of the masses not above the observed one. */
export function fisherP(table: FourCells): number {
  const { x, from, masses } = conditional(table);
  const most = (masses[x - from] ?? 0) * tie;
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  return Math.min(1, masses.filter((mass) => mass <= most).reduce((sum, mass) => sum + mass, 0) / all);
}

/**
 * The odds ratio of a 2 × 2 table by conditional maximum likelihood, with its exact interval (Cornfield 1956; the
 * margins are held fixed).
 */
export function fisherOddsRatio(table: FourCells, level = 0.95): Estimate {
  const far = (1 - level) / 2;
  const { x, from, masses } = conditional(table);
  const to = from + masses.length - 1;
  const at = (odds: number) => {
    const logs = masses.map((mass, index) => Math.log(mass) + index * Math.log(odds));
    const most = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - most));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const sumOf = (isIn: (count: number) => boolean) =>
      weights.reduce((sum, weight, index) => (isIn(from + index) ? sum + weight : sum), 0) / all;
    const mean = weights.reduce((sum, weight, index) => sum + weight * (from + index), 0) / all;
    return { mean, atMost: () => sumOf((count) => count <= x), atLeast: () => sumOf((count) => count >= x) };
  };
  const isLeast = x === from;
  const isMost = x === to;
  return {
    value: isLeast ? 0 : isMost ? Number.POSITIVE_INFINITY : solvePositive((odds) => at(odds).mean < x),
    lower: isLeast ? 0 : solvePositive((odds) => at(odds).atLeast() < far),
    upper: isMost ? Number.POSITIVE_INFINITY : solvePositive((odds) => at(odds).atMost() > far),
  };
}

/** The hypergeometric masses of the first cell, given the margins, up to a common factor. */
function conditional([[a, b], [c, d]]: FourCells) {
  const from = Math.max(0, a - d);
  const to = Math.min(a + b, a + c);
  const logs = Array.from({ length: to - from + 1 }, (_, index) => {
    const cell = from + index;
    const cells = [cell, a + b - cell, a + c - cell, d - a + cell];
    return -cells.reduce((sum, count) => sum + logGamma(count + 1), 0);
  });
  const most = Math.max(...logs);
  return { x: a, from, masses: logs.map((log) => Math.exp(log - most)) };
}
