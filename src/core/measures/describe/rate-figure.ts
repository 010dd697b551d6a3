import { clusteredRate } from '../rates/clustered-rate.ts';
import { dispersion } from '../rates/dispersion.ts';
import type { Estimate } from '../rates/interval.ts';
import { poissonRate } from '../rates/poisson-rate.ts';
import type { UnitSums } from '../rates/unit-sums.ts';

/** With fewer opportunities even no failure at all leaves a rate of up to more than a third open. */
export const opportunitiesMin = 10;

type Counts = { readonly failures: number; readonly opportunities: number; readonly units: number };

/** Failures per opportunity, never without its n and interval, or why there is none. */
export type RateFigure =
  | (Counts &
      Estimate & {
        readonly kind: 'rate';
        /** Exact for independent failures, or taken between units because they differ more than by chance. */
        readonly interval: 'poisson' | 'between-units';
      })
  | (Counts & {
      readonly kind: 'not-enough-data';
      /** `uncounted`: opportunities are not logged, so there is a count and no rate. */
      readonly reason: 'uncounted' | 'few-opportunities' | 'units-differ';
    });

/** `sums`: events are failures and exposure is opportunities, a unit is a person, team or workload. */
export function rateFigure(sums: UnitSums, level = 0.95): RateFigure {
  const counts = { failures: sums.events, opportunities: sums.exposure, units: sums.units };
  if (sums.exposure === 0) return { kind: 'not-enough-data', reason: 'uncounted', ...counts };
  if (sums.exposure < opportunitiesMin)
    return { kind: 'not-enough-data', reason: 'few-opportunities', ...counts };
  if (!dispersion(sums).isOver) {
    const rate = poissonRate({ events: sums.events, exposure: sums.exposure }, level);
    return { kind: 'rate', interval: 'poisson', ...counts, ...rate };
  }
  const rate = clusteredRate(sums, level);
  // Fewer units than degrees of freedom can bear: their differences are the whole story.
  if (rate === null || sums.units < unitsMin)
    return { kind: 'not-enough-data', reason: 'units-differ', ...counts };
  return { kind: 'rate', interval: 'between-units', ...counts, ...rate };
}

/** As for clusters of an experiment. */
const unitsMin = 6;
