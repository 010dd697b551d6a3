import { criticalZ } from '../numeric/normal.ts';
import type { Estimate } from '../rates/interval.ts';

/**
 * What happens by itself. People enter because an event happened, so they look worse before and better after although
 * nobody did anything: before/after is never an effect.
 */

/** Rates that differ from unit to unit as a gamma distribution: its mean per window, and its shape. */
export type RateSpread = { readonly mean: number; readonly shape: number };

export type ExpectedChange = {
  /** The share of units with an event in the window. */
  readonly any: number;
  /** Events per unit in that window, and in the next, among those that had one. */
  readonly before: number;
  readonly after: number;
};

/** Events before and after, among units that had one before, when nothing is done. */
export function expectedChange({ mean, shape }: RateSpread): ExpectedChange {
  const log = Math.log1p(mean / shape);
  const any = -Math.expm1(-shape * log);
  return { any, before: mean / any, after: (-mean * Math.expm1(-(shape + 1) * log)) / any };
}

/** The rate of a unit that had `events` over `exposure` windows, drawn towards the mean (Robbins; Efron & Morris). */
export function expectedRate({ mean, shape }: RateSpread, events: number, exposure: number): number {
  return (shape + events) / (shape / mean + exposure);
}

/** What notices did elsewhere: little. A risk ratio of .95, give or take a fifth. */
export const scepticalPrior = { ratio: 0.95, sdLog: 0.2 };

/** A risk ratio drawn towards the prior: normal on the logarithm. */
export function shrunkRatio(ratio: number, seLog: number, prior = scepticalPrior, level = 0.95): Estimate {
  const variance = 1 / (1 / prior.sdLog ** 2 + 1 / seLog ** 2);
  const log = variance * (Math.log(prior.ratio) / prior.sdLog ** 2 + Math.log(ratio) / seLog ** 2);
  const half = criticalZ(level) * Math.sqrt(variance);
  return { value: Math.exp(log), lower: Math.exp(log - half), upper: Math.exp(log + half) };
}
