import { type RateFigure, rateFigure } from '../measures/describe/rate-figure.ts';
import { sumUnits } from '../measures/rates/unit-sums.ts';
import { expectedCount } from './before-after.ts';
import type { ControlKind, ControlScope } from './control.ts';

/** A control that is or was in force, as measures see it. */
export type AppliedControl = {
  readonly id: string;
  readonly kind: ControlKind;
  readonly template: string;
  readonly scope: ControlScope;
  readonly appliedAt: number;
  readonly closedAt?: number;
};

/** As many days before are looked at. */
export const daysBefore = 90;

type Counted = { readonly failures: number; readonly relapses: number; readonly opportunities: number };
/** What was counted of a team before the day of a control, and from that day on. An empty team stands for none. */
export type AroundRow = {
  readonly control: string;
  readonly team: string;
  readonly before: Counted;
  readonly since: Counted;
};

export type AroundSide = Counted & { readonly days: number; readonly rate: RateFigure };

/** What was counted before a control and since. Never an effect: a control is proposed because there was much of it. */
export type AroundFigure = {
  readonly before: AroundSide;
  readonly since: AroundSide;
  /** What `expectedSince` goes by: `opportunity` where chances are counted on both sides, else `day`. */
  readonly per: 'opportunity' | 'day';
  /** So many would have happened since anyway; undefined where there are too few others to learn that from. */
  readonly expectedSince?: number;
};

/**
 * @param own the teams of its scope
 * @param everybody all teams that may be shown, also those without a case; none where there is nobody to compare with
 */
export function aroundFigure(
  own: readonly AroundRow[],
  everybody: readonly AroundRow[],
  days: { readonly before: number; readonly since: number },
): AroundFigure {
  const before = sideOf(
    own.map((row) => row.before),
    days.before,
  );
  const since = sideOf(
    own.map((row) => row.since),
    days.since,
  );
  const per = before.opportunities > 0 && since.opportunities > 0 ? 'opportunity' : 'day';
  const exposure = (side: AroundSide) => (per === 'day' ? side.days : side.opportunities);
  const units = everybody.map((row) => ({
    failures: row.before.failures,
    chances: per === 'day' ? days.before : row.before.opportunities,
  }));
  const expected = expectedCount({ before: before.failures, chancesBefore: exposure(before) }, units);
  return {
    before,
    since,
    per,
    ...(expected === undefined ? {} : { expectedSince: (expected * exposure(since)) / exposure(before) }),
  };
}

function sideOf(rows: readonly Counted[], days: number): AroundSide {
  const sum = (of: (row: Counted) => number) => rows.reduce((total, row) => total + of(row), 0);
  const units = rows.map(({ failures, opportunities }) => ({ events: failures, exposure: opportunities }));
  return {
    days,
    failures: sum(({ failures }) => failures),
    relapses: sum(({ relapses }) => relapses),
    opportunities: sum(({ opportunities }) => opportunities),
    rate: rateFigure(sumUnits(units)),
  };
}
