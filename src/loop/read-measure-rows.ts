import type { DifficultyRow } from '../core/measures/describe/difficulty-figure.ts';
import type { GroupRows } from '../core/measures/describe/group-figures.ts';
import {
  type CellRow,
  type MeasureFilter,
  type RepeatRow,
  type StratumRow,
  type TimeRow,
  timeNames,
} from '../core/measures/measure-rows.ts';
import type { Principal } from '../ports/principal.ts';
import type { StoreRead } from '../ports/store.ts';
import { campaignsOf } from './campaign.ts';

/** What the store counted, and what of it belongs to a group. */
export type MeasureRows = {
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
  const byGroup = <Row extends { readonly group: string }>(rows: readonly Row[]) =>
    Map.groupBy(rows, ({ group }) => group);
  const grouped = { times: byGroup(times), relapses: byGroup(relapses), repeats: byGroup(repeats) };
  return {
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
