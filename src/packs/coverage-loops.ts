import type { CoveredItem, FrameworkCoverage } from './coverage.ts';

/** How cases of one behaviour stand, by the rung of their proof. Those that were dismissed or merged are not in it. */
export type BehaviourFigures = {
  readonly behaviour: string;
  readonly loops: number;
  readonly verified: number;
  readonly held: number;
};

/** A change that makes a mistake harder, in force for a behaviour. */
export type ControlInForce = { readonly id: string; readonly behaviour: string };

export type ItemFigures = CoveredItem & {
  readonly loops: number;
  readonly verified: number;
  readonly held: number;
  /** Ids of controls in force. */
  readonly controls: readonly string[];
};

export type CoverageFigures = Omit<FrameworkCoverage, 'items'> & {
  readonly items: readonly ItemFigures[];
  /** Items that a behaviour points to, of which no case was captured in the time. */
  readonly silent: readonly string[];
};

/** Coverage by behaviours, with the cases of a time and the controls. A case has one behaviour, so sums count it once. */
export function withFigures(
  coverage: readonly FrameworkCoverage[],
  figures: readonly BehaviourFigures[],
  controls: readonly ControlInForce[],
): readonly CoverageFigures[] {
  const byBehaviour = new Map(figures.map((one) => [one.behaviour, one]));
  return coverage.map((framework) => {
    const items = framework.items.map((item) => {
      const sum = (name: 'loops' | 'verified' | 'held') =>
        item.behaviours.reduce((total, id) => total + (byBehaviour.get(id)?.[name] ?? 0), 0);
      const inForce = controls.filter(({ behaviour }) => item.behaviours.includes(behaviour));
      return {
        ...item,
        loops: sum('loops'),
        verified: sum('verified'),
        held: sum('held'),
        controls: inForce.map(({ id }) => id).sort(),
      };
    });
    const silent = items.filter(({ behaviours, loops }) => behaviours.length > 0 && loops === 0);
    return { ...framework, items, silent: silent.map(({ id }) => id) };
  });
}
