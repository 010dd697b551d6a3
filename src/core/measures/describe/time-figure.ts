import {
  type Followed,
  kaplanMeier,
  medianTime,
  type SurvivalStep,
  shownSteps,
} from '../survival/kaplan-meier.ts';
import { type MeanStep, meanCumulative, type Repeated } from '../survival/mean-cumulative.ts';
import { casesMin } from './share-figure.ts';

type Counts = { readonly n: number; readonly events: number };

export type TimeFigure =
  | (Counts & {
      readonly kind: 'time';
      /** When half had it; null where fewer have, so far. A null bound is open. */
      readonly median: number | null;
      readonly lower: number | null;
      readonly upper: number | null;
      /** The curve as far as five were still followed. */
      readonly steps: readonly SurvivalStep[];
    })
  | (Counts & { readonly kind: 'not-enough-data' });

/** Time to an owner, a reply, a claim, a verified fix, in the unit of the rows. An unknown proof is no event. */
export function timeFigure(rows: readonly Followed[]): TimeFigure {
  const counts = { n: rows.length, events: rows.filter(({ isEvent }) => isEvent).length };
  if (counts.n < casesMin) return { kind: 'not-enough-data', ...counts };
  const steps = shownSteps(kaplanMeier(rows));
  return { kind: 'time', ...counts, ...medianTime(steps), steps };
}

export type RepeatedFigure =
  | (Counts & { readonly kind: 'repeated'; readonly steps: readonly MeanStep[] })
  | (Counts & { readonly kind: 'not-enough-data' });

/** Events per unit over time, all of them counted, as far as five units were followed. */
export function repeatedFigure(units: readonly Repeated[]): RepeatedFigure {
  const counts = { n: units.length, events: units.reduce((sum, { events }) => sum + events.length, 0) };
  if (counts.n < casesMin) return { kind: 'not-enough-data', ...counts };
  return { kind: 'repeated', ...counts, steps: shownSteps(meanCumulative(units)) };
}
