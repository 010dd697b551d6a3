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
import type { RevisionRow, Watermark } from '../core/measures/measure-rows.ts';
import { type TaxonomyChange, taxonomyChanges } from '../core/taxonomy/remap.ts';
import type { Principal } from '../ports/principal.ts';
import { closedSetting } from './close-months.ts';
import {
  type MeasureParts,
  type MeasureQuestion,
  type MeasureSettings,
  measureScope,
} from './measure-scope.ts';
import { loopPrincipal } from './parts.ts';
import { readMeasureRows, together } from './read-measure-rows.ts';

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
  const scope = await measureScope(parts, principal, question, settings);
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
  const grouped = by === undefined ? undefined : await readMeasureRows(read, principal, { ...filter, by });
  const rows =
    grouped !== undefined && by === 'team'
      ? together(grouped.rows, {
          repeats: await read.measureRepeats(principal, filter),
          changes: await read.measureChanges(principal, filter),
        })
      : await readMeasureRows(read, principal, filter);
  const strata = sumByRating(rows.difficulty(''));
  const whole = {
    kind: 'shown' as const,
    figures: timeless(groupFigures(rows.of(''), { people, minutesPerDecision }), scope.isPeriodShown()),
    difficulty: strata.length === 0 ? null : difficultyFigure(strata, strata),
  };
  const closed = kind === undefined ? await read.setting(loopPrincipal, closedSetting) : undefined;
  const isRevisedShown = typeof closed === 'string' && scope.isPeriodShown();
  const revised = isRevisedShown ? await read.measureRevisions(principal, filter, closed) : [];
  const versions = await read.measureVersions(principal, question.behaviour);
  const taxonomy = taxonomyChanges(question.behaviour, versions, parts.taxonomy.remaps);
  const measured = { ...answer, watermark, whole, taxonomy, revised };
  if (grouped === undefined) return { ...measured, groups: [] };
  const ids = (by === 'team' ? scope.teams : grouped.ids).toSorted();
  const ratios = ratiosToRest(grouped.cells.filter(({ group }) => ids.includes(group)));
  const shown = ids.map((id): MeasuredGroup => {
    const own = sumByRating(grouped.difficulty(id));
    const of = by === 'team' ? scope.peopleIn([id]) : people;
    return {
      id,
      kind: 'shown',
      figures: timeless(
        groupFigures(grouped.of(id), { people: of, minutesPerDecision }),
        by === 'team' ? scope.isPeriodShown(id) : scope.isPeriodShown(),
      ),
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

/** Of a group of five to nine no part by time is shown: not even the last months beside those before. */
function timeless(figures: GroupFigures, isPeriodShown: boolean): GroupFigures {
  if (isPeriodShown) return figures;
  return { ...figures, change: { kind: 'not-enough-data', units: 0, affected: 0 } };
}
