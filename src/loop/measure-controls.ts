import {
  type AppliedControl,
  type AroundFigure,
  type AroundRow,
  aroundFigure,
  daysBefore,
} from '../core/control/around.ts';
import { dayMs } from '../core/duration.ts';
import type { Principal } from '../ports/principal.ts';
import { isScopeShown, type MeasureParts, type MeasureSettings, measureScope } from './measure-scope.ts';
import { loopPrincipal } from './parts.ts';

export type ControlQuestion = {
  readonly behaviour: string;
  readonly team?: string;
  /** This one only. */
  readonly control?: string;
};

export type MeasuredControl = { readonly control: AppliedControl } & (
  | { readonly kind: 'hidden'; readonly reason: 'one-owner' | 'few-people' }
  | { readonly kind: 'shown'; readonly figure: AroundFigure }
);

/**
 * What was counted of a behaviour before each control and since, the latest control first. A control over one workload
 * or agent is no group: its own page has its figures. What would have happened anyway is learnt from the teams that
 * anybody may be shown, so that nothing of the others is in it and it does not depend on who asks.
 */
export async function measureControls(
  parts: MeasureParts,
  principal: Principal,
  question: ControlQuestion,
  settings: MeasureSettings,
): Promise<readonly MeasuredControl[]> {
  const { read } = parts.store;
  const { behaviour, team, control: wanted } = question;
  const asOf = parts.clock.now();
  const all = await read.measureControls(principal, behaviour, asOf);
  const controls = all.filter(
    ({ id, scope }) =>
      (wanted === undefined || id === wanted) &&
      (team === undefined || scope.kind !== 'team' || scope.id === team),
  );
  if (controls.length === 0) return [];
  const scope = await measureScope(parts, principal, { ...question, by: 'control' }, settings);
  const ids = controls.map(({ id }) => id);
  const rows = Map.groupBy(
    await read.measureAround(loopPrincipal, {
      behaviour,
      controls: ids,
      asOf,
      moves: scope.filter.moves ?? [],
    }),
    ({ control }) => control,
  );
  return controls.map((control): MeasuredControl => {
    const of = new Map((rows.get(control.id) ?? []).map((row) => [row.team, row]));
    const rowsOf = (teams: Iterable<string>) => [...teams].map((id) => of.get(id) ?? nothing(control.id, id));
    const { kind, id } = control.scope;
    if (kind === 'owner') return { kind: 'hidden', reason: 'one-owner', control };
    if (!isScopeShown(scope, control)) return { kind: 'hidden', reason: 'few-people', control };
    const own = kind === 'team' ? rowsOf([id]) : scope.isWhole ? [...of.values()] : rowsOf(scope.teams);
    const everybody = kind === 'team' ? rowsOf(scope.shownTeams) : [];
    return { kind: 'shown', control, figure: aroundFigure(own, everybody, daysOf(control, asOf)) };
  });
}

function nothing(control: string, team: string): AroundRow {
  const none = { failures: 0, relapses: 0, opportunities: 0 };
  return { control, team, before: none, since: none };
}

/** Whole UTC days: the day on which it was applied is its first, and that on which it ended is none of it. */
export function daysOf(
  { appliedAt, closedAt }: Pick<AppliedControl, 'appliedAt' | 'closedAt'>,
  asOf: number,
) {
  const day = (at: number) => Math.floor(at / dayMs);
  const until = closedAt !== undefined && closedAt <= asOf ? day(closedAt) : day(asOf) + 1;
  return { before: daysBefore, since: Math.max(0, until - day(appliedAt)) };
}
