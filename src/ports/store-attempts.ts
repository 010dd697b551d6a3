/** Attempts to sign in, by what stands for an account or an address: a keyed hash, nothing that somebody typed. */
export type AttemptRow = { readonly key: string; readonly failures: number; readonly at: number };

/** Part of `StoreWrite`: counted over all processes. */
export interface AttemptWrite {
  /** What is known of these, in one order; others who ask wait until this transaction ends. */
  holdAttempts(keys: readonly string[]): Promise<readonly AttemptRow[]>;
  saveAttempts(rows: readonly AttemptRow[]): Promise<void>;
  /** Forgets one key, and takes the last attempt off the others. */
  forgiveAttempts(forgotten: string, one: readonly string[]): Promise<void>;
  /** Forgets what is older, and the oldest beyond `keptMax` of those with fewer failures than `few`; how many. */
  pruneAttempts(before: number, few: number, keptMax: number): Promise<number>;
}
