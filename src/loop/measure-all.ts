import { followedOf, noSums, recurrencesOf } from '../core/measures/describe/group-figures.ts';
import { rateFigure } from '../core/measures/describe/rate-figure.ts';
import { riskFigure } from '../core/measures/describe/risk-figure.ts';
import { perFixFigure, shareFigure } from '../core/measures/describe/share-figure.ts';
import { shownTeams } from '../core/measures/describe/shown-teams.ts';
import { timeFigure } from '../core/measures/describe/time-figure.ts';
import {
  type CellRow,
  type CountRow,
  horizonHours,
  type MeasureFilter,
  type RepeatRow,
  type TimeRow,
  type Watermark,
} from '../core/measures/measure-rows.ts';
import { isMove } from '../core/taxonomy/remap.ts';
import type { Principal } from '../ports/principal.ts';
import type { MeasureSettings } from './measure-scope.ts';
import type { LoopParts } from './parts.ts';
import { teamSizes } from './team-sizes.ts';

type First = ReturnType<typeof firstFigures>;

export type Overview = {
  readonly asOf: number;
  readonly watermark: Watermark;
  readonly group: { readonly teams: 'all' | readonly string[]; readonly people: number };
  /** Undefined where they are hidden. */
  readonly items?: readonly ({ readonly behaviour: string } & First)[];
};

/** The first figures of every behaviour, in a few statements however many there are. */
export async function measureAll(
  parts: Pick<LoopParts, 'store' | 'clock' | 'people' | 'taxonomy'>,
  principal: Principal,
  settings: MeasureSettings,
): Promise<Overview> {
  const { read } = parts.store;
  const isWhole = principal.teams === 'all';
  const sizes = teamSizes(parts, [], settings);
  // Ten people or more: the same teams for every behaviour, whatever was counted.
  const shown = shownTeams(sizes, true);
  const teams = [...shown.teams].filter((id) => isWhole || principal.teams.includes(id));
  const people = sizes.reduce(
    (sum, size) => (isWhole || teams.includes(size.team) ? sum + size.people : sum),
    0,
  );
  const filter: MeasureFilter = {
    by: 'behaviour',
    asOf: parts.clock.now(),
    teams: isWhole ? 'all' : teams,
    moves: parts.taxonomy.remaps.filter(isMove),
  };
  const watermark = await read.measureWatermark(principal, filter);
  const answer = { asOf: filter.asOf, group: { teams: principal.teams, people } };
  if (isWhole ? !shown.isWholeShown : teams.length === 0)
    return { ...answer, watermark: { ...watermark, loops: 0, changedAt: null } };
  const cells = await read.measureCells(principal, filter);
  const counts = await read.measureCounts(principal, filter);
  const times = await read.measureTimes(principal, filter, ['fix']);
  const repeats = await read.measureRepeats(principal, filter);
  const rows = [...new Set([...cells, ...counts].map(({ group }) => group))].toSorted().map((behaviour) => {
    const of = <Row extends { readonly group: string }>(all: readonly Row[]) =>
      all.filter(({ group }) => group === behaviour);
    const own = { cell: of(cells)[0], counts: of(counts)[0], times: of(times), repeats: of(repeats) };
    return { behaviour, ...firstFigures(own, settings.minutesPerDecision) };
  });
  return { ...answer, watermark, items: rows };
}

type FirstRows = {
  readonly cell: CellRow | undefined;
  readonly counts: CountRow | undefined;
  readonly times: readonly TimeRow[];
  readonly repeats: readonly RepeatRow[];
};

function firstFigures({ cell, counts, times, repeats }: FirstRows, minutesPerDecision: number) {
  const { steps: _steps, ...fix } = { steps: undefined, ...timeFigure(followedOf(times, 'fix')) };
  const settled = counts?.settled ?? { messages: 0, verified: 0, decisions: 0 };
  return {
    loops: counts?.failures ?? 0,
    rate: { ...rateFigure(cell?.sums ?? noSums), uncounted: cell?.uncounted ?? 0 },
    recurrence: riskFigure(recurrencesOf(repeats), 'again', horizonHours),
    fix,
    verified: shareFigure({ x: counts?.verified ?? 0, n: counts?.assigned ?? 0 }),
    messagesPerFix: perFixFigure(settled.messages, settled.verified),
    minutesPerFix: perFixFigure(settled.decisions * minutesPerDecision, settled.verified),
  };
}
