import type { TrueOwner } from './truth.ts';

export type OwnerFigures = {
  readonly precisionAt1: number;
  readonly coverage: number;
  readonly brier: number;
};

/** Somebody whom a run named, with its confidence from 0 to 1. */
export type NamedOwner = {
  readonly kind: 'person' | 'team' | 'unknown';
  readonly id?: string;
  readonly confidence: number;
};

export type OwnerVerdict = 'right' | 'wrong' | 'unknown';

/**
 * An owner is right when it is the very person or team of the truth; asking the person's own team instead is an honest
 * "unknown", and any other name is wrong. Brier: the mean squared distance of the confidence of each named owner from 1
 * or 0.
 */
export function openOwnerCount(teamOf: (person: string) => string | undefined): {
  readonly judge: (named: NamedOwner, truth: TrueOwner) => OwnerVerdict;
  readonly count: () => number;
  readonly figures: () => OwnerFigures;
} {
  const counts = { right: 0, wrong: 0, unknown: 0 };
  let squares = 0;
  const all = () => counts.right + counts.wrong + counts.unknown;
  return {
    judge: (named, truth) => {
      const isRight = named.kind === truth.kind && named.id === truth.id;
      const isOwnTeam = named.kind === 'team' && truth.kind === 'person' && teamOf(truth.id) === named.id;
      const verdict = isRight ? 'right' : named.kind === 'unknown' || isOwnTeam ? 'unknown' : 'wrong';
      counts[verdict] += 1;
      if (verdict !== 'unknown') squares += (named.confidence - (isRight ? 1 : 0)) ** 2;
      return verdict;
    },
    count: all,
    figures: () => {
      const named = counts.right + counts.wrong;
      return {
        precisionAt1: ratio(counts.right, named),
        coverage: ratio(named, all()),
        brier: ratio(squares, named),
      };
    },
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
