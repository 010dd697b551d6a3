/** Who asks, and what they may see. A required argument of every read. */
export type Principal = {
  readonly id: string;
  readonly kind: 'operator' | 'token' | 'agent' | 'system';
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  /** Teams whose loops are visible; `all` also shows those without a team. */
  readonly teams: 'all' | readonly string[];
};
