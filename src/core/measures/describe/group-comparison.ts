import type { CellRow, RepeatRow, TimeRow } from '../measure-rows.ts';
import { dispersion } from '../rates/dispersion.ts';
import type { Estimate } from '../rates/interval.ts';
import { rateRatio } from '../rates/rate-ratio.ts';
import { type Grouped, logRank } from '../survival/log-rank.ts';
import { followedOf, recurrencesOf } from './group-figures.ts';
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
export function ratiosToRest(cells: readonly CellRow[]): ReadonlyMap<string, RatioFigure> {
  const all = { events: 0, exposure: 0 };
  for (const { sums } of cells) {
    all.events += sums.events;
    all.exposure += sums.exposure;
  }
  const uneven = cells.some(({ sums }) => dispersion(sums).isOver);
  return new Map(
    cells.map(({ group, sums: { events, exposure } }): readonly [string, RatioFigure] => {
      const rest = { events: all.events - events, exposure: all.exposure - exposure };
      if (Math.min(exposure, rest.exposure) < opportunitiesMin)
        return [group, { kind: 'not-enough-data', reason: 'few-opportunities' }];
      if (all.events === 0) return [group, { kind: 'not-enough-data', reason: 'no-failures' }];
      if (uneven) return [group, { kind: 'not-enough-data', reason: 'units-differ' }];
      return [group, { kind: 'ratio', ...rateRatio({ events, exposure }, rest) }];
    }),
  );
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
  const of = Map.groupBy(rows, ({ group }) => group);
  return compare(
    ids.map((group) =>
      followedOf(of.get(group) ?? [], 'fix').map(({ time, isEvent }): Grouped => ({ group, time, isEvent })),
    ),
  );
}

/** By cause: who left is followed no longer. */
export function compareRecurrences(rows: readonly RepeatRow[], ids: readonly string[]): CurvesFigure {
  const of = Map.groupBy(rows, ({ group }) => group);
  return compare(
    ids.map((group) =>
      recurrencesOf(of.get(group) ?? []).map(({ time, cause }): Grouped => {
        return { group, time, isEvent: cause === 'again' };
      }),
    ),
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
