import type { Organisation } from './organisation.ts';

/** A squad whose set-up makes leaks common, and what the control that is put in force there really does. */
export type Setup = {
  readonly team: string;
  /** How many times as often its people commit a secret. */
  readonly leaks: number;
  /** What is left of that once a control is in force. */
  readonly left: number;
};

/** Fewer squads are too few others to learn from what would have come anyway. */
const squadsMin = 5;

/**
 * Two squads keep their settings where the code is. The rule of the one looks at every commit; that of the other stands
 * in the repository, and nobody switched it on.
 */
export function plantedSetups({ squads }: Organisation): readonly Setup[] {
  const [, watched, asleep] = squads;
  if (watched === undefined || asleep === undefined || squads.length < squadsMin) return [];
  return [
    { team: watched.id, leaks: 6, left: 0.1 },
    { team: asleep.id, leaks: 6, left: 1 },
  ];
}

export type Setups = {
  readonly all: readonly Setup[];
  readonly of: (team: string) => Setup | undefined;
  /** By how much the set-up of a team makes its people commit secrets more often at a time. */
  readonly leaks: (team: string, at: number) => number;
  readonly putInForce: (team: string, from: number) => void;
  /** Notes what was to be expected of one person on one day. */
  readonly note: (team: string, at: number, leaks: number, pushes: number) => void;
  /** Leaks a push since a control is in force, against those before, by the chances and not by what came of them. */
  readonly trueRatio: (team: string) => number | undefined;
};

type Sums = { leaks: number; pushes: number };

export function openSetups(all: readonly Setup[]): Setups {
  const setups = new Map(all.map((setup) => [setup.team, setup]));
  const inForce = new Map<string, number>();
  const sums = new Map<string, { readonly before: Sums; readonly after: Sums }>();
  const isInForce = (team: string, at: number) => at >= (inForce.get(team) ?? Number.POSITIVE_INFINITY);
  return {
    all,
    of: (team) => setups.get(team),
    leaks: (team, at) => {
      const setup = setups.get(team);
      return setup === undefined ? 1 : setup.leaks * (isInForce(team, at) ? setup.left : 1);
    },
    putInForce: (team, from) => {
      inForce.set(team, from);
    },
    note: (team, at, leaks, pushes) => {
      if (!setups.has(team)) return;
      const own = sums.get(team) ?? { before: { leaks: 0, pushes: 0 }, after: { leaks: 0, pushes: 0 } };
      sums.set(team, own);
      const side = isInForce(team, at) ? own.after : own.before;
      side.leaks += leaks;
      side.pushes += pushes;
    },
    trueRatio: (team) => {
      const own = sums.get(team);
      if (own === undefined || own.before.leaks === 0 || own.after.pushes === 0) return undefined;
      return own.after.leaks / own.after.pushes / (own.before.leaks / own.before.pushes);
    },
  };
}
