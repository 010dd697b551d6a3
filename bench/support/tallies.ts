/** How often what was said was so, of how many times it was said. */
export type Tally = { readonly said: number; readonly held: number };

export type Tallies<Name extends string> = {
  readonly note: (name: Name, isHeld: boolean) => void;
  readonly of: (name: Name) => Tally;
  /** 1 where it was always so. */
  readonly share: (name: Name) => number;
};

export function openTallies<Name extends string>(): Tallies<Name> {
  const tallies = new Map<Name, Tally>();
  const of = (name: Name): Tally => tallies.get(name) ?? { said: 0, held: 0 };
  return {
    note: (name, isHeld) => {
      const { said, held } = of(name);
      tallies.set(name, { said: said + 1, held: held + (isHeld ? 1 : 0) });
    },
    of,
    share: (name) => of(name).held / of(name).said,
  };
}

/** Whether an interval holds the truth; one that is not known holds nothing, and an open bound everything. */
export function holds(
  interval: { readonly lower: number | null; readonly upper: number | null } | null | undefined,
  truth: number,
): boolean {
  return (
    interval != null &&
    (interval.lower ?? 0) <= truth &&
    truth <= (interval.upper ?? Number.POSITIVE_INFINITY)
  );
}
