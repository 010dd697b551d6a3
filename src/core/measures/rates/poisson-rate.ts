import { gammaQuantile } from '../numeric/incomplete-gamma.ts';
import type { Estimate } from './interval.ts';

/** `events` over `exposure`: opportunities, days, or whatever the rate is per. */
export type Exposed = { readonly events: number; readonly exposure: number };

/** A rate with the exact interval of a Poisson count: covers at least `level` (Garwood, Biometrika 1936). */
export function poissonRate({ events, exposure }: Exposed, level = 0.95): Estimate {
  const far = (1 - level) / 2;
  return {
    value: events / exposure,
    lower: events === 0 ? 0 : gammaQuantile(far, events) / exposure,
    upper: gammaQuantile(far, events + 1, 'upper') / exposure,
  };
}

/** Observed over expected events, as with lures of unlike difficulty: 1 is as expected. */
export function standardisedRatio(observed: number, expected: number, level = 0.95): Estimate {
  return poissonRate({ events: observed, exposure: expected }, level);
}
