import { type BeforeAfter, type ControlEffect, effectOf } from '../../core/control/effect.ts';
import { dayMs } from '../../core/duration.ts';
import type { ControlRow, CounterRow, LoopRow } from '../../ports/store.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { programOf } from './scope.ts';

/** As long before as is looked at. */
const beforeMsMax = 90 * dayMs;
const loopsMax = 20_000;

/**
 * What changed from the day on which a control is in force, beside what would have come by itself; undefined for one that
 * was never applied.
 */
export async function readEffect(parts: LoopParts, control: ControlRow): Promise<ControlEffect | undefined> {
  const { appliedAt, closedAt, behaviour } = control;
  if (appliedAt === undefined) return undefined;
  const to = Math.min(parts.clock.now(), closedAt ?? Number.POSITIVE_INFINITY);
  const from = appliedAt - beforeMsMax;
  const rows =
    control.scope.kind === 'owner'
      ? await parts.store.read.loopsBetween(loopPrincipal, behaviour, from, to, loopsMax)
      : [];
  const days = await parts.store.read.failureDays(loopPrincipal, behaviour, from, to);
  const counters = (await parts.store.read.counters(loopPrincipal, behaviour)).filter(
    ({ name }) => name === 'opportunity',
  );
  const units = control.scope.kind === 'owner' ? programs(parts, rows) : teams(parts, days, control);
  const chances = chancesIn(counters, control, from, appliedAt, to);
  const isCounted = chances.before > 0 && chances.after > 0;
  const span = { before: (appliedAt - from) / dayMs, after: Math.max(0, to - appliedAt) / dayMs };
  const exposure = isCounted ? chances : span;
  const own = units.find(({ id }) => id === control.scope.id) ?? { id: '', failures: [] };
  const within = (after: boolean, at: readonly number[]) =>
    at.filter((one) => one >= appliedAt === after).length;
  const figure: BeforeAfter = {
    before: within(false, own.failures),
    after: within(true, own.failures),
    chancesBefore: exposure.before,
    chancesAfter: exposure.after,
  };
  const people = peopleIn(parts, control);
  return effectOf({
    own: figure,
    // Chances of the other scopes are not counted apart, so they are taken to have as many.
    units: units.map(({ failures }) => ({ failures: within(false, failures), chances: exposure.before })),
    per: isCounted ? 'opportunity' : 'day',
    days: span.after,
    ...(people === undefined ? {} : { people }),
  });
}

type Unit = { readonly id: string; readonly failures: readonly number[] };

/** Every team that is known, also those without a failure; for everyone there is one unit only. */
function teams(
  parts: LoopParts,
  days: readonly { readonly team?: string; readonly day: string; readonly n: number }[],
  control: ControlRow,
): readonly Unit[] {
  const failures = new Map<string, number[]>();
  const isAll = control.scope.kind === 'everyone';
  if (!isAll) for (const { id } of parts.people.teams()) failures.set(id, []);
  for (const { team, day, n } of days) {
    const id = isAll ? '' : team;
    if (id === undefined) continue;
    // Noon: a day counts to the side on which most of it lies.
    const at = Date.parse(day) + dayMs / 2;
    failures.set(id, [...(failures.get(id) ?? []), ...Array.from({ length: n }, () => at)]);
  }
  return [...failures].map(([id, own]) => ({ id, failures: own }));
}

function programs(parts: LoopParts, rows: readonly LoopRow[]): readonly Unit[] {
  const failures = new Map<string, number[]>();
  for (const row of rows) {
    const id = programOf(parts, row.facts);
    if (id !== undefined) failures.set(id, [...(failures.get(id) ?? []), row.firstOccurredAt]);
  }
  return [...failures].map(([id, own]) => ({ id, failures: own }));
}

/** Opportunities of the scope before and since; those of a program are not counted apart. */
function chancesIn(
  counters: readonly CounterRow[],
  { scope }: ControlRow,
  from: number,
  appliedAt: number,
  to: number,
): { readonly before: number; readonly after: number } {
  if (scope.kind === 'owner') return { before: 0, after: 0 };
  const sum = (start: number, end: number) =>
    counters
      .filter((row) => scope.kind === 'everyone' || row.scope === scope.id)
      .filter(({ day }) => Date.parse(day) >= start && Date.parse(day) < end)
      .reduce((total, { n }) => total + n, 0);
  return { before: sum(from, appliedAt), after: sum(appliedAt, to) };
}

/** How many people a figure would be about; undefined where it is about a program. */
function peopleIn(parts: LoopParts, { scope }: ControlRow): number | undefined {
  if (scope.kind === 'owner') return undefined;
  const all = parts.people.all().filter(({ isActive }) => isActive);
  return scope.kind === 'everyone' ? all.length : all.filter(({ team }) => team === scope.id).length;
}
