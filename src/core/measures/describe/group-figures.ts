import {
  type CellRow,
  type ChangeRow,
  type CountRow,
  horizonHours,
  type RelapseRow,
  type RepeatRow,
  type TimeName,
  type TimeRow,
} from '../measure-rows.ts';
import type { UnitSums } from '../rates/unit-sums.ts';
import type { Exit } from '../survival/aalen-johansen.ts';
import type { Followed } from '../survival/kaplan-meier.ts';
import { type ChangeFigure, changeFigure } from './change-figure.ts';
import { type CurvePoint, riskCurve } from './curve.ts';
import { type RateFigure, rateFigure } from './rate-figure.ts';
import { type RiskFigure, riskFigure } from './risk-figure.ts';
import { type PerFixFigure, perFixFigure, type ShareFigure, shareFigure } from './share-figure.ts';
import { repeatedFigure, timeFigure } from './time-figure.ts';

/** What the store counted of one group. */
export type GroupRows = {
  readonly cell?: CellRow | undefined;
  readonly counts?: CountRow | undefined;
  readonly times: readonly TimeRow[];
  readonly relapses: readonly RelapseRow[];
  readonly repeats: readonly RepeatRow[];
  readonly change?: ChangeRow | undefined;
};

export const funnelSteps = ['assigned', 'sent', 'delivered', 'answered', 'verified', 'held'] as const;

type Curve = { readonly curve: readonly CurvePoint[] };
export type CurvedRisk = RiskFigure & Curve;
export type CurvedTime = { readonly n: number; readonly events: number } & (
  | ({
      readonly kind: 'time';
      readonly median: number | null;
      readonly lower: number | null;
      readonly upper: number | null;
    } & Curve)
  | { readonly kind: 'not-enough-data' }
);
export type CurvedRepeats = { readonly n: number; readonly events: number } & (
  | ({ readonly kind: 'repeated' } & Curve)
  | { readonly kind: 'not-enough-data' }
);

/** All figures of one group. Times are hours. */
export type GroupFigures = {
  readonly loops: number;
  /** Loops of which nobody knows whose habit it is: they are in no recurrence. */
  readonly withoutUnit: number;
  readonly rate: RateFigure & { readonly uncounted: number };
  readonly recurrence: CurvedRisk;
  readonly relapse: CurvedRisk;
  readonly repeated: CurvedRepeats;
  readonly times: { readonly [Name in TimeName]: CurvedTime };
  readonly funnel: readonly { readonly step: (typeof funnelSteps)[number]; readonly share: ShareFigure }[];
  readonly ownerReach: ShareFigure;
  /** How often loops went to somebody else, of so many. */
  readonly reroutes: { readonly n: number; readonly of: number };
  /** How often words were put off, of so many loops. */
  readonly snoozes: { readonly n: number; readonly of: number };
  readonly messagesPerFix: PerFixFigure;
  readonly minutesPerFix: PerFixFigure & { readonly decisions: number; readonly minutesPerDecision: number };
  readonly change: ChangeFigure;
};

const none: CountRow = {
  group: '',
  failures: 0,
  withoutUnit: 0,
  assigned: 0,
  sent: 0,
  delivered: 0,
  answered: 0,
  verified: 0,
  held: 0,
  reached: 0,
  reroutes: 0,
  snoozes: 0,
  settled: { loops: 0, verified: 0, messages: 0, decisions: 0 },
};
export const noSums: UnitSums = {
  units: 0,
  events: 0,
  exposure: 0,
  eventSquares: 0,
  products: 0,
  exposureSquares: 0,
  eventSquaresPerExposure: 0,
};

export function groupFigures(
  rows: GroupRows,
  given: { readonly people: number; readonly minutesPerDecision: number },
): GroupFigures {
  const counts = rows.counts ?? none;
  const { settled, assigned } = counts;
  const { minutesPerDecision, people } = given;
  return {
    loops: counts.failures,
    withoutUnit: counts.withoutUnit,
    rate: { ...rateFigure(rows.cell?.sums ?? noSums), uncounted: rows.cell?.uncounted ?? 0 },
    recurrence: risk(recurrencesOf(rows.repeats)),
    relapse: risk(relapsesOf(rows.relapses)),
    repeated: repeats(rows.repeats),
    times: {
      owner: time(rows.times, 'owner'),
      reply: time(rows.times, 'reply'),
      claim: time(rows.times, 'claim'),
      fix: time(rows.times, 'fix'),
    },
    funnel: funnelSteps.map((step) => ({ step, share: shareFigure({ x: counts[step], n: assigned }) })),
    ownerReach: shareFigure({ x: counts.reached, n: assigned }),
    reroutes: { n: counts.reroutes, of: assigned },
    snoozes: { n: counts.snoozes, of: assigned },
    messagesPerFix: perFixFigure(settled.messages, settled.verified),
    minutesPerFix: {
      ...perFixFigure(settled.decisions * minutesPerDecision, settled.verified),
      decisions: settled.decisions,
      minutesPerDecision,
    },
    change: changeFigure(
      rows.change ?? { group: '', units: 0, affected: 0, before: 0, beforeSquares: 0, after: 0 },
      people,
    ),
  };
}

/** The rows that stand behind counts. */
export function spread<Row extends { readonly n: number }, Made>(
  rows: readonly Row[],
  make: (row: Row) => Made,
): readonly Made[] {
  const made: Made[] = [];
  for (const row of rows) {
    const one = make(row);
    for (let count = 0; count < row.n; count += 1) made.push(one);
  }
  return made;
}

export function followedOf(rows: readonly TimeRow[], name: TimeName): readonly Followed[] {
  return spread(
    rows.filter((row) => row.name === name),
    ({ hours, isEvent }): Followed => ({ time: hours, isEvent }),
  );
}

/** The first new case of each unit, or how it went out of sight. */
export function recurrencesOf(rows: readonly RepeatRow[]): readonly Exit[] {
  return spread(rows, ({ until, exit, events: [first] }): Exit => {
    if (first !== undefined) return { time: first, cause: 'again' };
    return { time: until, cause: exit };
  });
}

function relapsesOf(rows: readonly RelapseRow[]): readonly Exit[] {
  return spread(rows, ({ hours, cause }): Exit => ({ time: hours, cause }));
}

function risk(exits: readonly Exit[]): CurvedRisk {
  return {
    ...riskFigure(exits, 'again', horizonHours),
    curve: riskCurve(exits, 'again', horizonHours),
  };
}

function time(rows: readonly TimeRow[], name: TimeName): CurvedTime {
  const figure = timeFigure(followedOf(rows, name));
  if (figure.kind === 'not-enough-data') return figure;
  const { steps, ...rest } = figure;
  const curve = steps.map(({ time: at, atRisk, events, survival, lower, upper }): CurvePoint => {
    return { time: at, atRisk, events, value: survival, lower, upper };
  });
  return { ...rest, curve };
}

function repeats(rows: readonly RepeatRow[]): CurvedRepeats {
  const figure = repeatedFigure(spread(rows, ({ until, events }) => ({ until, events })));
  if (figure.kind === 'not-enough-data') return figure;
  const { steps, ...rest } = figure;
  const curve = steps.map(({ time: at, atRisk, events, mean, lower, upper }): CurvePoint => {
    return { time: at, atRisk, events, value: mean, lower, upper };
  });
  return { ...rest, curve };
}
