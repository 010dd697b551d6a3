/** Whoever answers for a case in truth. */
export type TrueOwner = { readonly kind: 'person' | 'team'; readonly id: string };

/** One mistake as it really was, whatever was reported of it. Times are epoch milliseconds. */
export type TrueCase = {
  readonly id: string;
  readonly behaviour: string;
  readonly owner: TrueOwner;
  /** False for what a program did or a colleague tried out: nobody's mistake, and nobody is to hear of it. */
  readonly isMistake: boolean;
  /** Older than what is spoken of unasked. */
  readonly isHistory: boolean;
  readonly at: number;
  /** When it was really mended; undefined while it lives. */
  mendedAt?: number;
  /** How its owner was to be known, for the breakdown of what was not. */
  readonly trace: string;
  /** Of which program's key, role or account it is. */
  readonly identity?: string;
};

/** A reported record and the case that it is of. */
export type TrueFinding = { readonly id: string; readonly case: string; readonly at: number };

export type Truth = {
  readonly cases: Map<string, TrueCase>;
  readonly findings: Map<string, TrueFinding>;
};

export const newTruth = (): Truth => ({ cases: new Map(), findings: new Map() });
