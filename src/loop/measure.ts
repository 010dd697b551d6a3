import {
  type DifficultyFigure,
  difficultyFigure,
  sumByRating,
} from '../core/measures/describe/difficulty-figure.ts';
import {
  type CurvesFigure,
  compareFixes,
  compareRecurrences,
  type RatioFigure,
  ratiosToRest,
} from '../core/measures/describe/group-comparison.ts';
import { type GroupFigures, groupFigures } from '../core/measures/describe/group-figures.ts';
import { shownTeams } from '../core/measures/describe/shown-teams.ts';
import type { MeasureFilter, RevisionRow, Watermark } from '../core/measures/measure-rows.ts';
import { isMove, type TaxonomyChange, taxonomyChanges } from '../core/taxonomy/remap.ts';
import type { Principal } from '../ports/principal.ts';
import { closedSetting } from './close-months.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { readMeasureRows } from './read-measure-rows.ts';
import { teamSizes } from './team-sizes.ts';

type MeasureParts = Pick<LoopParts, 'store' | 'clock' | 'people' | 'taxonomy'>;

export type MeasureQuestion = {
  readonly behaviour: string;
  readonly team?: string;
  readonly kind?: Exclude<MeasureFilter['kind'], undefined>;
  readonly months?: { readonly from: string; readonly to: string };
  readonly by?: 'team' | 'kind';
};

export type MeasureSettings = {
  readonly sensitiveTeams: readonly string[];
  readonly minutesPerDecision: number;
};

export type MeasuredGroup = { readonly id: string } & (
  | { readonly kind: 'hidden' }
  | {
      readonly kind: 'shown';
      readonly figures: GroupFigures;
      readonly difficulty: DifficultyFigure | null;
      readonly ratioToRest: RatioFigure;
    }
);

export type MeasureAnswer = {
  readonly asOf: number;
  readonly watermark: Watermark;
  /** Whose figures they are; `people` is how many belong to it today. */
  readonly group: { readonly teams: 'all' | readonly string[]; readonly people: number };
  readonly whole:
    | { readonly kind: 'hidden' }
    | {
        readonly kind: 'shown';
        readonly figures: GroupFigures;
        readonly difficulty: DifficultyFigure | null;
      };
  readonly groups: readonly MeasuredGroup[];
  readonly comparison?: { readonly fixes: CurvesFigure; readonly recurrences: CurvesFigure };
  /** What happened to the behaviour itself: lines end at a break. */
  readonly taxonomy: readonly TaxonomyChange[];
  /** Months that were closed and stand otherwise by now. */
  readonly revised: readonly RevisionRow[];
};

/**
 * The figures of a behaviour, as far as this principal may see them and nobody may be made out in them. Whoever sees
 * some teams only gets the sum of those that are shown to them: what is hidden is in the whole of everybody alone.
 */
export async function measure(
  parts: MeasureParts,
  principal: Principal,
  question: MeasureQuestion,
  settings: MeasureSettings,
): Promise<MeasureAnswer> {
  const { read } = parts.store;
  const { kind, by } = question;
  const scope = await scopeOf(parts, principal, question, settings);
  const { filter, people } = scope;
  const watermark = await read.measureWatermark(principal, filter);
  const answer = { asOf: filter.asOf, group: { teams: scope.asked, people } };
  if (!scope.isShown) {
    const nothing = { ...watermark, loops: 0, changedAt: null };
    return {
      ...answer,
      watermark: nothing,
      whole: { kind: 'hidden' },
      groups: [],
      taxonomy: [],
      revised: [],
    };
  }
  const { minutesPerDecision } = settings;
  const rows = await readMeasureRows(read, principal, filter);
  const strata = sumByRating(rows.difficulty(''));
  const whole = {
    kind: 'shown' as const,
    figures: groupFigures(rows.of(''), { people, minutesPerDecision }),
    difficulty: strata.length === 0 ? null : difficultyFigure(strata, strata),
  };
  const closed = kind === undefined ? await read.setting(loopPrincipal, closedSetting) : undefined;
  const revised = typeof closed === 'string' ? await read.measureRevisions(principal, filter, closed) : [];
  const versions = await read.measureVersions(principal, question.behaviour);
  const taxonomy = taxonomyChanges(question.behaviour, versions, parts.taxonomy.remaps);
  const measured = { ...answer, watermark, whole, taxonomy, revised };
  if (by === undefined) return { ...measured, groups: [] };
  const teams = by === 'team' ? { teams: scope.teams } : {};
  const grouped = await readMeasureRows(read, principal, { ...filter, by, ...teams });
  const ids = (by === 'team' ? scope.teams : grouped.ids).toSorted();
  const ratios = ratiosToRest(grouped.cells.filter(({ group }) => ids.includes(group)));
  const shown = ids.map((id): MeasuredGroup => {
    const own = sumByRating(grouped.difficulty(id));
    const of = by === 'team' ? scope.peopleIn([id]) : people;
    return {
      id,
      kind: 'shown',
      figures: groupFigures(grouped.of(id), { people: of, minutesPerDecision }),
      difficulty: own.length === 0 ? null : difficultyFigure(own, strata),
      ratioToRest: ratios.get(id) ?? { kind: 'not-enough-data', reason: 'few-opportunities' },
    };
  });
  const hidden = by === 'team' ? scope.hidden.map((id) => ({ id, kind: 'hidden' as const })) : [];
  const comparison = {
    fixes: compareFixes(grouped.times, ids),
    recurrences: compareRecurrences(grouped.repeats, ids),
  };
  return { ...measured, groups: [...shown, ...hidden], comparison };
}

/** Whose figures this principal may be given, and of whom they are. */
async function scopeOf(
  parts: MeasureParts,
  principal: Principal,
  question: MeasureQuestion,
  settings: MeasureSettings,
) {
  const { behaviour, team, kind, months, by } = question;
  const moves = parts.taxonomy.remaps.filter(isMove);
  // What may be shown depends on everybody, and not on who asks.
  const affected = await parts.store.read.measureAffected(loopPrincipal, behaviour, moves);
  const sizes = teamSizes(parts, affected, settings);
  const isNarrowed = kind !== undefined || months !== undefined || by === 'kind';
  const shown = shownTeams(sizes, isNarrowed);
  const isAsked = (id: string) =>
    (principal.teams === 'all' || principal.teams.includes(id)) && (team === undefined || id === team);
  const teams = [...shown.teams].filter(isAsked);
  const isWhole = principal.teams === 'all' && team === undefined;
  const asked: 'all' | readonly string[] = team !== undefined ? [team] : principal.teams;
  const peopleIn = (ids: readonly string[]) =>
    sizes.reduce((sum, size) => (ids.includes(size.team) ? sum + size.people : sum), 0);
  const filter: MeasureFilter = {
    behaviour,
    asOf: parts.clock.now(),
    teams: isWhole ? 'all' : teams,
    moves,
    ...(kind === undefined ? {} : { kind }),
    ...(months === undefined ? {} : { months }),
  };
  return {
    filter,
    teams,
    asked,
    peopleIn,
    people: peopleIn(isWhole ? sizes.map((size) => size.team) : teams),
    isShown: isWhole ? shown.isWholeShown : teams.length > 0,
    hidden: sizes
      .map((size) => size.team)
      .filter((id) => id !== '' && !shown.teams.has(id) && isAsked(id))
      .toSorted(),
  };
}
