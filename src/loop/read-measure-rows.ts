import type { DifficultyRow } from '../core/measures/describe/difficulty-figure.ts';
import type { GroupRows } from '../core/measures/describe/group-figures.ts';
import {
  type CellRow,
  type ChangeRow,
  type CountRow,
  type MeasureFilter,
  type RelapseRow,
  type RepeatRow,
  type StratumRow,
  type TimeRow,
  timeNames,
} from '../core/measures/measure-rows.ts';
import type { UnitSums } from '../core/measures/rates/unit-sums.ts';
import type { Principal } from '../ports/principal.ts';
import type { StoreRead } from '../ports/store.ts';
import { campaignsOf } from './campaign.ts';

type Rows = {
  readonly cells: readonly CellRow[];
  readonly counts: readonly CountRow[];
  readonly times: readonly TimeRow[];
  readonly relapses: readonly RelapseRow[];
  readonly repeats: readonly RepeatRow[];
  readonly changes: readonly ChangeRow[];
  readonly strata: ReadonlyMap<string, readonly DifficultyRow[]>;
};

/** What the store counted, and what of it belongs to a group. */
export type MeasureRows = {
  readonly rows: Rows;
  readonly cells: readonly CellRow[];
  readonly times: readonly TimeRow[];
  readonly repeats: readonly RepeatRow[];
  readonly ids: readonly string[];
  readonly of: (id: string) => GroupRows;
  readonly difficulty: (id: string) => readonly DifficultyRow[];
};

/** One after the other: the embedded store has one connection, and a server should keep some for others. */
export async function readMeasureRows(
  read: StoreRead,
  principal: Principal,
  filter: MeasureFilter,
): Promise<MeasureRows> {
  const cells = await read.measureCells(principal, filter);
  const counts = await read.measureCounts(principal, filter);
  const times = await read.measureTimes(principal, filter, timeNames);
  const relapses = await read.measureRelapses(principal, filter);
  const repeats = await read.measureRepeats(principal, filter);
  const changes = await read.measureChanges(principal, filter);
  const strata = await difficulties(read, await read.measureStrata(principal, filter));
  return rowsBy({ cells, counts, times, relapses, repeats, changes, strata });
}

/**
 * The rows of teams together, as those of everybody who is in them: a month of a team and a case belong to one team each, so
 * what was counted of the teams need not be counted once more. A unit may have cases in several: what was counted of units
 * is given.
 */
export function together(
  { cells, counts, times, relapses, strata }: Rows,
  { changes, repeats }: Pick<Rows, 'changes' | 'repeats'>,
): MeasureRows {
  return rowsBy({
    cells: cells.length === 0 ? [] : [cells.reduce(addCells)].map(unnamed),
    counts: counts.length === 0 ? [] : [counts.reduce(addCounts)].map(unnamed),
    times: times.map(unnamed),
    relapses: relapses.map(unnamed),
    repeats,
    changes,
    strata: new Map([['', [...strata.values()].flat()]]),
  });
}

function unnamed<Row extends { readonly group: string }>(row: Row): Row {
  return { ...row, group: '' };
}

function addCells(one: CellRow, other: CellRow): CellRow {
  const sum = (name: keyof UnitSums) => one.sums[name] + other.sums[name];
  return {
    group: '',
    uncounted: one.uncounted + other.uncounted,
    sums: {
      units: sum('units'),
      events: sum('events'),
      exposure: sum('exposure'),
      eventSquares: sum('eventSquares'),
      products: sum('products'),
      exposureSquares: sum('exposureSquares'),
      eventSquaresPerExposure: sum('eventSquaresPerExposure'),
    },
  };
}

function addCounts(one: CountRow, other: CountRow): CountRow {
  const sum = (name: Exclude<keyof CountRow, 'group' | 'settled'>) => one[name] + other[name];
  const settled = (name: keyof CountRow['settled']) => one.settled[name] + other.settled[name];
  return {
    group: '',
    failures: sum('failures'),
    withoutUnit: sum('withoutUnit'),
    assigned: sum('assigned'),
    sent: sum('sent'),
    delivered: sum('delivered'),
    answered: sum('answered'),
    verified: sum('verified'),
    held: sum('held'),
    reached: sum('reached'),
    reroutes: sum('reroutes'),
    snoozes: sum('snoozes'),
    settled: {
      loops: settled('loops'),
      verified: settled('verified'),
      messages: settled('messages'),
      decisions: settled('decisions'),
    },
  };
}

function rowsBy(rows: Rows): MeasureRows {
  const { cells, counts, times, relapses, repeats, changes, strata } = rows;
  const byGroup = <Row extends { readonly group: string }>(rows: readonly Row[]) =>
    Map.groupBy(rows, ({ group }) => group);
  const grouped = { times: byGroup(times), relapses: byGroup(relapses), repeats: byGroup(repeats) };
  return {
    rows,
    cells,
    times,
    repeats,
    difficulty: (id) => strata.get(id) ?? [],
    ids: [...new Set([...cells, ...counts].map(({ group }) => group))],
    of: (id) => ({
      cell: cells.find(({ group }) => group === id),
      counts: counts.find(({ group }) => group === id),
      times: grouped.times.get(id) ?? [],
      relapses: grouped.relapses.get(id) ?? [],
      repeats: grouped.repeats.get(id) ?? [],
      change: changes.find(({ group }) => group === id),
    }),
  };
}

/** How hard the simulations were, as it is known by now: what is told of one later counts for all of it. */
async function difficulties(
  read: StoreRead,
  rows: readonly StratumRow[],
): Promise<ReadonlyMap<string, readonly DifficultyRow[]>> {
  const keys = new Map(
    rows.map(({ source, campaign }) => [`${source} ${campaign}`, { source, id: campaign }]),
  );
  const ratings = await campaignsOf(read, [...keys.values()]);
  const made = rows.map(({ group, source, campaign, failures, opportunities }) => {
    const rating = ratings.get(`${source} ${campaign}`)?.difficulty.rating ?? 'not-rated';
    return { group, row: { rating, failures, opportunities } };
  });
  return new Map(
    [...Map.groupBy(made, ({ group }) => group)].map(([group, items]) => [
      group,
      items.map(({ row }) => row),
    ]),
  );
}
