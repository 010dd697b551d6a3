import type { Exposed } from './poisson-rate.ts';

/** What a rate with its interval needs of its units: sums that a database can make, so that no unit has to be read. */
export type UnitSums = {
  readonly units: number;
  readonly events: number;
  readonly exposure: number;
  /** Σ events² */
  readonly eventSquares: number;
  /** Σ events · exposure */
  readonly products: number;
  /** Σ exposure² */
  readonly exposureSquares: number;
  /** Σ events² / exposure */
  readonly eventSquaresPerExposure: number;
};

/** Units without exposure are left out: they had no chance. */
export function sumUnits(units: readonly Exposed[]): UnitSums {
  const used = units.filter(({ exposure }) => exposure > 0);
  const sum = (of: (unit: Exposed) => number) => used.reduce((total, unit) => total + of(unit), 0);
  return {
    units: used.length,
    events: sum(({ events }) => events),
    exposure: sum(({ exposure }) => exposure),
    eventSquares: sum(({ events }) => events ** 2),
    products: sum(({ events, exposure }) => events * exposure),
    exposureSquares: sum(({ exposure }) => exposure ** 2),
    eventSquaresPerExposure: sum(({ events, exposure }) => events ** 2 / exposure),
  };
}
