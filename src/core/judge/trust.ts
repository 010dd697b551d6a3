/**
 * Whether it was the identity itself, before anybody is spoken to. `trusted` counts; `untrusted` was a program, a
 * forwarded copy or a sandbox and never counts; `unknown` is asked about.
 */
export type Trust = 'trusted' | 'unknown' | 'untrusted';

export type TrustJudgement = {
  readonly outcome: Trust;
  /** Ids of the rules that spoke, in the order of their list. */
  readonly reasons: readonly string[];
};

/** One rule of the gate: what it looks for, and what a match means. */
export type TrustRule = {
  readonly id: string;
  readonly outcome: Exclude<Trust, 'trusted'>;
  /** Behaviours it is about; all of them where left out. */
  readonly behaviours?: readonly string[];
  /** One sentence for operators. */
  readonly because: string;
};

const ranks = { trusted: 2, unknown: 1, untrusted: 0 } as const;

/** The rules that match decide: one that says untrusted outweighs those that only doubt. */
export function judgeTrust(matched: readonly TrustRule[]): TrustJudgement {
  const outcomes = matched.map(({ outcome }) => outcome);
  const outcome = outcomes.includes('untrusted')
    ? 'untrusted'
    : outcomes.includes('unknown')
      ? 'unknown'
      : 'trusted';
  return { outcome, reasons: matched.filter((rule) => rule.outcome === outcome).map(({ id }) => id) };
}

/** Of several sightings of one case the most trusted one speaks for it. */
export function moreTrusted(a: Trust, b: Trust): Trust {
  return ranks[a] >= ranks[b] ? a : b;
}

export function trustRank(trust: Trust): number {
  return ranks[trust];
}
