import type { UnitSums } from '../rates/unit-sums.ts';
import { type RateFigure, rateFigure } from './rate-figure.ts';
import { hiddenGroups, peopleMin, type Sum } from './small-groups.ts';

/** A group of people and what was counted of it. `affected` are the people with at least one failure. */
export type Group = {
  readonly id: string;
  readonly people: number;
  readonly affected: number;
  readonly sums: UnitSums;
};

export type RateRow = { readonly id: string; readonly figure: RateFigure | { readonly kind: 'hidden' } };

/** Rates of groups, in their order. Small groups are hidden, and so is what would give them away. */
export function rateTable(
  groups: readonly Group[],
  sums: readonly Sum[],
  least: number = peopleMin,
): readonly RateRow[] {
  const hidden = hiddenGroups(new Map(groups.map((group) => [group.id, group])), sums, least);
  return groups.map(({ id, sums: counted }) => ({
    id,
    figure: hidden.has(id) ? { kind: 'hidden' } : rateFigure(counted),
  }));
}
