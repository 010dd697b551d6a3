import type { Estimate } from '../rates/interval.ts';
import { poissonRate } from '../rates/poisson-rate.ts';
import { newcombe, type Share, wilson } from '../rates/proportion.ts';

/** Under so few a share is a list of single cases. */
export const casesMin = 5;

export type ShareFigure =
  | (Share & Estimate & { readonly kind: 'share' })
  | (Share & { readonly kind: 'not-enough-data' });

/** A share with its n and Wilson's interval: answers, owner reach, each step of the funnel. */
export function shareFigure({ x, n }: Share): ShareFigure {
  if (n < casesMin) return { kind: 'not-enough-data', x, n };
  return { kind: 'share', x, n, value: x / n, ...wilson({ x, n }) };
}

export type GapFigure =
  | (Estimate & { readonly kind: 'gap'; readonly one: Share; readonly other: Share })
  | { readonly kind: 'not-enough-data'; readonly one: Share; readonly other: Share };

/** One share less another. Between arms whose windows are closed it is an effect; between openers and others never. */
export function gapFigure(one: Share, other: Share): GapFigure {
  if (Math.min(one.n, other.n) < casesMin) return { kind: 'not-enough-data', one, other };
  return { kind: 'gap', one, other, ...newcombe(one, other) };
}

export type PerFixFigure =
  | (Estimate & { readonly kind: 'per-fix'; readonly spent: number; readonly fixes: number })
  | { readonly kind: 'not-enough-data'; readonly spent: number; readonly fixes: number };

/** Messages, or minutes of operators, per verified fix. The fixes are the count that varies. */
export function perFixFigure(spent: number, fixes: number): PerFixFigure {
  if (fixes === 0) return { kind: 'not-enough-data', spent, fixes };
  const { lower, upper } = poissonRate({ events: fixes, exposure: 1 });
  return { kind: 'per-fix', spent, fixes, value: spent / fixes, lower: spent / upper, upper: spent / lower };
}
