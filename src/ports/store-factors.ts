import type { Principal } from './principal.ts';

/** The second factor of a local account. */
export type FactorRow = {
  readonly accountId: string;
  /** Sealed with the data key. */
  readonly secret: string;
  /** The last step of time whose code was taken: neither it nor one before it counts again. */
  readonly lastStep: number;
  readonly madeAt: number;
  /** Recovery codes that were not used yet. */
  readonly codesLeft: number;
};

/** Part of `StoreRead`. */
export interface FactorRead {
  factor(principal: Principal, accountId: string): Promise<FactorRow | undefined>;
  /** Ids of the accounts that have one. */
  factorHolders(principal: Principal): Promise<readonly string[]>;
}

/** Part of `StoreWrite`. */
export interface FactorWrite {
  /** In the place of an earlier one and its codes. */
  saveFactor(row: Omit<FactorRow, 'codesLeft'>, codeHashes: readonly string[]): Promise<void>;
  /** False when this step, or a later one, was taken before: of two at once, one is second. */
  takeStep(accountId: string, step: number): Promise<boolean>;
  /** False for a code that is none of the account's, or was used. */
  takeRecoveryCode(accountId: string, hash: string, at: number): Promise<boolean>;
  /** False when there is none. */
  removeFactor(accountId: string): Promise<boolean>;
}
