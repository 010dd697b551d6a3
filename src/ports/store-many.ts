import type { Principal } from './principal.ts';
import type { LedgerRow } from './store-ledger.ts';
import type { ClaimedMessage } from './store-messages.ts';

/** Reads of many at once, for whoever would otherwise ask for each. */
export interface ManyRead {
  /** Those that exist and may be seen, in id order. */
  messagesByIds(principal: Principal, ids: readonly string[]): Promise<readonly ClaimedMessage[]>;
  /** By the hashes of their recipients' tokens, as far as they exist. */
  messagesByTokens(
    principal: Principal,
    tokenHashes: readonly string[],
  ): Promise<ReadonlyMap<string, ClaimedMessage>>;
  /** The ledgers of these loops without what is personal, in order of loop and entry. */
  ledgersOf(principal: Principal, loops: readonly string[]): Promise<readonly LedgerRow[]>;
}
