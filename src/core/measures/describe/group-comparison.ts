import type { CellRow, RiskRow, TimeRow } from '../measure-rows.ts';
import { dispersion } from '../rates/dispersion.ts';
import type { Estimate } from '../rates/interval.ts';
import { rateRatio } from '../rates/rate-ratio.ts';
import { type Grouped, logRank } from '../survival/log-rank.ts';
import { exitsOf, followedOf } from './group-figures.ts';
import { opportunitiesMin } from './rate-figure.ts';
import { casesMin } from './share-figure.ts';

/** One group's rate over that of the others together. It says that they differ, and not why. */
export type RatioFigure =
  | (Estimate & { readonly kind: 'ratio'; readonly p: number })
  | {
      readonly kind: 'not-enough-data';
      readonly reason: 'few-opportunities' | 'no-failures' | 'units-differ';
    };

/** Exact, so only where failures vary as chance does; with as many opportunities on both sides as a rate needs. */
export function ratioToRest(group: CellRow | undefined, others: readonly CellRow[]): RatioFigure {
  const one = group?.sums;
  const sum = (of: (row: CellRow) => number) => others.reduce((total, row) => total + of(row), 0);
  const rest = { events: sum(({ sums }) => sums.events), exposure: sum(({ sums }) => sums.exposure) };
  if (one === undefined || Math.min(one.exposure, rest.exposure) < opportunitiesMin)
    return { kind: 'not-enough-data', reason: 'few-opportunities' };
  if (one.events + rest.events === 0) return { kind: 'not-enough-data', reason: 'no-failures' };
  if (dispersion(one).isOver || others.some(({ sums }) => dispersion(sums).isOver))
    return { kind: 'not-enough-data', reason: 'units-differ' };
  return { kind: 'ratio', ...rateRatio({ events: one.events, exposure: one.exposure }, rest) };
}

/** Do curves of groups differ more than by chance? Good for one look. */
export type CurvesFigure =
  | {
      readonly kind: 'log-rank';
      readonly groups: readonly {
        readonly id: string;
        readonly n: number;
        readonly observed: number;
        readonly expected: number;
      }[];
      readonly chi2: number;
      readonly df: number;
      readonly p: number;
    }
  | { readonly kind: 'not-enough-data' };

export function compareFixes(rows: readonly TimeRow[], ids: readonly string[]): CurvesFigure {
  return compare(
    ids.map((group) => {
      const own = followedOf(
        rows.filter((row) => row.group === group),
        'fix',
      );
      return own.map(({ time, isEvent }): Grouped => ({ group, time, isEvent }));
    }),
  );
}

/** By cause: who left is followed no longer. */
export function compareRecurrences(rows: readonly RiskRow[], ids: readonly string[]): CurvesFigure {
  return compare(
    ids.map((group) => {
      const own = exitsOf(
        rows.filter((row) => row.group === group),
        'recurrence',
      );
      return own.map(({ time, cause }): Grouped => ({ group, time, isEvent: cause === 'again' }));
    }),
  );
}

function compare(groups: readonly (readonly Grouped[])[]): CurvesFigure {
  const used = groups.filter((rows) => rows.length >= casesMin);
  if (used.length < 2) return { kind: 'not-enough-data' };
  const ids = used.map(([first]) => first?.group ?? '');
  const { observed, expected, chi2, df, p } = logRank(used.flat(), ids);
  return {
    kind: 'log-rank',
    groups: ids.map((id, at) => ({
      id,
      n: used[at]?.length ?? 0,
      observed: observed[at] ?? 0,
      expected: expected[at] ?? 0,
    })),
    chi2,
    df,
    p,
  };
}
