import { type AroundRow, aroundFigure, daysBefore } from '../../core/control/around.ts';
import { type ControlChange, changeOf } from '../../core/control/before-after.ts';
import { dayMs } from '../../core/duration.ts';
import type { ControlRow } from '../../ports/store.ts';
import { daysOf } from '../measure-controls.ts';
import { isScopeShown, type MeasureSettings, measureScope } from '../measure-scope.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { programOf } from './scope.ts';

const loopsMax = 20_000;
const controlsMax = 1_000;

/**
 * What changed from the day on which a control is in force, beside what would have come by itself; undefined for one that
 * was never applied. Shown by the rule of the measures and counted from the same rows: two figures of one thing, laid
 * side by side, say no more than one of them.
 */
export async function readBeforeAfter(
  parts: LoopParts,
  control: ControlRow,
  settings: MeasureSettings,
): Promise<ControlChange | undefined> {
  const { appliedAt, behaviour, scope } = control;
  if (appliedAt === undefined) return undefined;
  // What may be shown depends on everybody, and not on who asks.
  const shown = await measureScope(parts, loopPrincipal, { behaviour, by: 'control' }, settings);
  if (!isScopeShown(shown, control)) return { kind: 'not-enough-data', reason: 'few-people' };
  const asOf = parts.clock.now();
  const whole = daysOf({ ...control, appliedAt }, asOf);
  // Today is not over: a day that was not had is no chance.
  const days = { ...whole, since: Math.min(whole.since, asOf / dayMs - Math.floor(appliedAt / dayMs)) };
  const touched = await scopesUnderControl(parts, { ...control, appliedAt }, asOf);
  if (scope.kind === 'owner') return programChange(parts, { ...control, appliedAt }, days, touched);
  const rows = await parts.store.read.measureAround(loopPrincipal, {
    behaviour,
    controls: [control.id],
    asOf,
    moves: shown.filter.moves ?? [],
  });
  const of = new Map(rows.map((row) => [row.team, row]));
  const rowOf = (team: string) => of.get(team) ?? { control: control.id, team, before: none, since: none };
  const isTeam = scope.kind === 'team';
  // Over everyone there is nobody else to learn from.
  const others = isTeam ? [...shown.shownTeams].map(rowOf) : [];
  return teamChange(isTeam ? [rowOf(scope.id)] : rows, others, days, touched);
}

/** Of what scopes a control of the same behaviour was in force in the days that are compared, the own one among them. */
async function scopesUnderControl(
  parts: LoopParts,
  { behaviour, scope, appliedAt, closedAt }: ControlRow & { readonly appliedAt: number },
  asOf: number,
): Promise<ReadonlySet<string>> {
  const all = await parts.store.read.controls(loopPrincipal, { behaviour, limit: controlsMax });
  const [from, to] = [appliedAt - daysBefore * dayMs, closedAt ?? asOf];
  const isTouched = (one: ControlRow) =>
    one.scope.kind === scope.kind &&
    one.appliedAt !== undefined &&
    one.appliedAt < to &&
    (one.closedAt ?? asOf) > from;
  return new Set([scope.id, ...all.filter(isTouched).map((one) => one.scope.id)]);
}

const none = { failures: 0, relapses: 0, opportunities: 0 };

type Days = ReturnType<typeof daysOf>;

function teamChange(
  own: readonly AroundRow[],
  others: readonly AroundRow[],
  days: Days,
  touched: ReadonlySet<string>,
): ControlChange {
  const { before, since, per } = aroundFigure(own, others, days);
  const isByDay = per === 'day';
  const free = others.filter(({ team }) => !touched.has(team));
  const sum = (of: (row: AroundRow) => number) => free.reduce((total, row) => total + of(row), 0);
  return changeOf({
    own: {
      before: before.failures,
      after: since.failures,
      chancesBefore: isByDay ? days.before : before.opportunities,
      chancesAfter: isByDay ? days.since : since.opportunities,
    },
    units: others.map((row) => ({
      failures: row.before.failures,
      chances: isByDay ? days.before : row.before.opportunities,
    })),
    others: {
      before: sum((row) => row.before.failures),
      after: sum((row) => row.since.failures),
      chancesBefore: sum((row) => (isByDay ? days.before : row.before.opportunities)),
      chancesAfter: sum((row) => (isByDay ? days.since : row.since.opportunities)),
    },
    per,
    days: days.since,
  });
}

/** Chances of a program are not counted apart. */
async function programChange(
  parts: LoopParts,
  { behaviour, scope, appliedAt }: ControlRow & { readonly appliedAt: number },
  days: Days,
  touched: ReadonlySet<string>,
): Promise<ControlChange> {
  const day = Math.floor(appliedAt / dayMs);
  const [from, at, to] = [day - daysBefore, day, day + Math.ceil(days.since)].map((one) => one * dayMs);
  const rows = await parts.store.read.loopsBetween(loopPrincipal, behaviour, from ?? 0, to ?? 0, loopsMax);
  const failures = new Map<string, { before: number; after: number }>();
  for (const row of rows) {
    const id = programOf(parts, row.facts);
    if (id === undefined) continue;
    const { before, after } = failures.get(id) ?? { before: 0, after: 0 };
    const isSince = row.firstOccurredAt >= (at ?? 0);
    failures.set(id, isSince ? { before, after: after + 1 } : { before: before + 1, after });
  }
  const free = [...failures].flatMap(([id, one]) => (touched.has(id) ? [] : [one]));
  const { before, after } = failures.get(scope.id) ?? { before: 0, after: 0 };
  return changeOf({
    own: { before, after, chancesBefore: days.before, chancesAfter: days.since },
    units: [...failures.values()].map((one) => ({ failures: one.before, chances: days.before })),
    others: {
      before: free.reduce((sum, one) => sum + one.before, 0),
      after: free.reduce((sum, one) => sum + one.after, 0),
      chancesBefore: free.length * days.before,
      chancesAfter: free.length * days.since,
    },
    per: 'day',
    days: days.since,
  });
}
