import { expectedRate } from '../measures/describe/regression-to-mean.ts';
import type { Estimate } from '../measures/rates/interval.ts';
import { rateRatio } from '../measures/rates/rate-ratio.ts';

/** Failures and chances of a team in the time before a control and since. */
export type BeforeAfter = {
  readonly before: number;
  readonly after: number;
  readonly chancesBefore: number;
  readonly chancesAfter: number;
};

/** With fewer of either the figure says nothing. */
const daysMin = 7;
const failuresMin = 3;
/** Fewer units show no spread to learn from. */
const unitsMin = 5;

/**
 * What changed from the day on which a control came into force. The ratio alone is no effect: a control is proposed
 * because there was much of it, and after much there comes less by itself. So what would have come anyway stands beside it.
 */
export type ControlChange =
  /** `few-people`: the rule of the measures hides its scope. */
  | { readonly kind: 'not-enough-data'; readonly reason: 'few-days' | 'few-failures' | 'few-people' }
  | {
      readonly kind: 'ratio';
      readonly own: BeforeAfter;
      /** `opportunity` where chances are counted, else `day`. */
      readonly per: 'opportunity' | 'day';
      /** Rate since over rate before, with its exact 95 % interval. */
      readonly ratio: Estimate;
      /**
       * What the ratio would be with nothing done: the own rate drawn towards that of all (empirical Bayes), and the
       * change that the other scopes saw over the same time. Undefined: not known.
       */
      readonly expected?: number;
      /** Scopes from which that was learnt. */
      readonly units: number;
      /** `less`: the interval lies below 1 and below what was expected anyway. */
      readonly verdict: 'less' | 'more' | 'too-early';
    };

export type ChangeGiven = {
  readonly own: BeforeAfter;
  /** Every scope like this one, itself among them, also those without a failure; failures in the time before. */
  readonly units: readonly { readonly failures: number; readonly chances: number }[];
  /** The other scopes that no control is over, together. */
  readonly others?: BeforeAfter;
  readonly per: 'opportunity' | 'day';
  readonly days: number;
};

export function changeOf(given: ChangeGiven): ControlChange {
  const { own, per, days, units, others } = given;
  if (days < daysMin || own.chancesBefore <= 0 || own.chancesAfter <= 0)
    return { kind: 'not-enough-data', reason: 'few-days' };
  if (own.before < failuresMin) return { kind: 'not-enough-data', reason: 'few-failures' };
  const { value, lower, upper } = rateRatio(
    { events: own.after, exposure: own.chancesAfter },
    { events: own.before, exposure: own.chancesBefore },
  );
  const expected = expectedRatio(own, units, others);
  const least = Math.min(1, expected ?? 0);
  const verdict = expected !== undefined && upper < least ? 'less' : lower > 1 ? 'more' : 'too-early';
  return {
    kind: 'ratio',
    own,
    per,
    ratio: { value, lower, upper },
    units: units.length,
    verdict,
    ...(expected === undefined ? {} : { expected }),
  };
}

function expectedRatio(
  own: BeforeAfter,
  units: ChangeGiven['units'],
  others: BeforeAfter | undefined,
): number | undefined {
  const expected = expectedCount(own, units);
  return expected === undefined ? undefined : (expected / own.before) * trendOf(others);
}

/** What became less everywhere is no effect of one control. What became more elsewhere is not held in its favour. */
function trendOf(others: BeforeAfter | undefined): number {
  if (others === undefined || others.before < failuresMin) return 1;
  if (others.chancesBefore <= 0 || others.chancesAfter <= 0) return 1;
  return Math.min(1, others.after / others.chancesAfter / (others.before / others.chancesBefore));
}

/**
 * How many failures would come in as many chances again with nothing done: the rate of the scope, drawn towards that of
 * all (Robbins). Undefined where there are too few others to learn from.
 */
export function expectedCount(
  own: Pick<BeforeAfter, 'before' | 'chancesBefore'>,
  units: ChangeGiven['units'],
): number | undefined {
  const used = units.filter(({ chances }) => chances > 0);
  const chances = used.reduce((sum, unit) => sum + unit.chances, 0);
  const failures = used.reduce((sum, unit) => sum + unit.failures, 0);
  if (used.length < unitsMin || failures === 0) return undefined;
  // In units of the own time before, so that the mean is what such a scope would have had in it.
  const mean = (failures / chances) * own.chancesBefore;
  const scaled = used.map((unit) => ({ x: unit.failures, t: unit.chances / own.chancesBefore }));
  const spread = scaled.reduce((sum, { x, t }) => sum + (x - mean * t) ** 2 - mean * t, 0);
  const squares = scaled.reduce((sum, { t }) => sum + t ** 2, 0);
  const variance = spread / squares;
  // No more spread than chance alone makes: then all scopes are alike, and the next rate is the mean.
  return variance <= 0 ? mean : expectedRate({ mean, shape: mean ** 2 / variance }, own.before, 1);
}
