import type { Principal } from './principal.ts';
import type { CheckpointRow, LedgerRow } from './store-ledger.ts';

/** One access decision, in a chain of its own. Epoch milliseconds. */
export type AuditRow = {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  /** Id of the principal that did it; `nobody` for a caller who was not known. */
  readonly by: string;
  /** Canonical JSON, exactly as hashed; it commits to the address. */
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
  /** Where it came from, with what its commitment was made with; both may be forgotten. */
  readonly address?: string;
  readonly salt?: string;
};

/** Where the chain ends, and the chain in the ledger that notes its heads so that they are sealed. */
export type AuditChain = {
  readonly seq: number;
  readonly head: string;
  readonly notedSeq: number;
  readonly notedHead: string;
  readonly notedAt: number;
};

export type AuditFilter = {
  readonly kind?: string;
  readonly by?: string;
  /** Earlier than this number. */
  readonly before?: number;
  readonly limit: number;
};

/** Part of `StoreRead`. */
export interface AuditRead {
  /** The latest first, for those who see all teams. */
  auditEntries(principal: Principal, filter: AuditFilter): Promise<readonly AuditRow[]>;
  /** Those after a number, the earliest first. */
  auditAfter(principal: Principal, seq: number, limit: number): Promise<readonly AuditRow[]>;
  auditChain(principal: Principal): Promise<AuditChain | undefined>;
  /** What the ledger noted of the chain, the latest first: bodies of its entries. */
  auditHeads(principal: Principal, ledgerChain: string, limit: number): Promise<readonly string[]>;
  /** Entries of one chain of the ledger before a number, the latest first, for those who see all teams. */
  chainEntries(
    principal: Principal,
    ledgerChain: string,
    before: number,
    limit: number,
  ): Promise<readonly LedgerRow[]>;
  /** The newest checkpoint that sealed a head of that chain. */
  newestCheckpointOf(principal: Principal, ledgerChain: string): Promise<CheckpointRow | undefined>;
}

/** Part of `StoreWrite`. */
export interface AuditWrite {
  /** The end of the chain, locked until the transaction ends. */
  lockAuditChain(ledgerChain: string): Promise<AuditChain>;
  appendAudit(rows: readonly AuditRow[], chain: AuditChain): Promise<void>;
}
