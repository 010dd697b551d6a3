import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256Hex } from '../lib/hmac.ts';
import { commit, type LedgerBody, type PrivateValue } from './commitment.ts';

/**
 * One entry of a loop's story. `hash` is SHA-256, in hex, over the canonical JSON (RFC 8785) of the other members;
 * `previous` is the hash of the entry before, or 64 zeros. One chain a loop: an entry moved to another loop, or to
 * another place, no longer fits.
 */
export type LedgerEntry = {
  readonly loop: string;
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  /** Epoch milliseconds when it was recorded. */
  readonly at: number;
  /** Dotted, such as `loop.opened` or `reply.received`. */
  readonly kind: string;
  readonly body: LedgerBody;
  readonly previous: string;
  readonly hash: string;
};

/** Where a loop's chain ends: the last entry's number and hash, 0 and zeros before the first. */
export type LedgerHead = { readonly loop: string; readonly seq: number; readonly hash: string };

export type LedgerDraft = {
  readonly at: number;
  readonly kind: string;
  readonly body: LedgerBody;
  /** JSON Pointers of personal members of the body, `*` for any member or index. */
  readonly personal?: readonly string[];
};

export type LedgerPrivate = PrivateValue & { readonly loop: string; readonly seq: number };

export type Appended = {
  readonly entries: readonly LedgerEntry[];
  readonly private: readonly LedgerPrivate[];
  readonly head: LedgerHead;
};

export const genesis = '0'.repeat(64);

export function emptyHead(loop: string): LedgerHead {
  return { loop, seq: 0, hash: genesis };
}

/**
 * Continues a loop's chain. The caller holds the loop's row lock, stores entries and private values, and moves the
 * head, in one transaction.
 *
 * @param nextSalt gives 32 fresh random hex digits a call
 */
export function appendEntries(
  head: LedgerHead,
  drafts: readonly LedgerDraft[],
  nextSalt: () => string,
): Appended {
  const entries: LedgerEntry[] = [];
  const kept: LedgerPrivate[] = [];
  let last = head;
  for (const draft of drafts) {
    const committed = commit(draft.body, draft.personal ?? [], nextSalt);
    const open = {
      loop: head.loop,
      seq: last.seq + 1,
      at: draft.at,
      kind: draft.kind,
      body: committed.body,
      previous: last.hash,
    };
    const entry = { ...open, hash: entryHash(open) };
    entries.push(entry);
    for (const value of committed.private) kept.push({ ...value, loop: head.loop, seq: entry.seq });
    last = { loop: head.loop, seq: entry.seq, hash: entry.hash };
  }
  return { entries, private: kept, head: last };
}

/** The hash that an entry must have. Other members than those of the type do not count. */
export function entryHash(entry: Omit<LedgerEntry, 'hash'>): string {
  const { loop, seq, at, kind, body, previous } = entry;
  return sha256Hex(canonicalJson({ loop, seq, at, kind, body, previous }));
}
