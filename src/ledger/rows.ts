import { canonicalJson, isJsonValue } from '../lib/canonical-json.ts';
import type { SigningKey } from '../lib/ed25519.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { appendEntries, genesis, type LedgerDraft, type LedgerEntry, type LedgerHead } from './chain.ts';
import type { PlacedValue } from './check-entries.ts';
import type { LedgerBody } from './commitment.ts';
import { type Checkpoint, onlyMembers, type Sealed, seal } from './seal.ts';

/** An entry as a store keeps it: the body as the canonical JSON that was hashed. */
export type EntryRow = Omit<LedgerEntry, 'body'> & { readonly body: string };
/** A private value as a store keeps it, `value` as JSON. */
export type PrivateValueRow = {
  readonly loop: string;
  readonly seq: number;
  readonly path: string;
  readonly salt: string;
  readonly value: string;
};
export type HeadRow = { readonly loop: string; readonly seq: number; readonly head: string };
export type SealRow = Checkpoint & { readonly leaves: readonly HeadRow[] };

/** Continues the chain of a loop whose row says `seq` and `head`; both are 0 and anything before the first entry. */
export function appendRows(
  loop: { readonly id: string; readonly seq: number; readonly head: string },
  drafts: readonly LedgerDraft[],
  nextSalt: () => string,
): {
  readonly entries: readonly EntryRow[];
  readonly personal: readonly PrivateValueRow[];
  readonly seq: number;
  readonly head: string;
} {
  const head = { loop: loop.id, seq: loop.seq, hash: loop.seq === 0 ? genesis : loop.head };
  const appended = appendEntries(head, drafts, nextSalt);
  return {
    entries: appended.entries.map((entry) => ({ ...entry, body: canonicalJson(entry.body) })),
    personal: appended.private.map((kept) => ({ ...kept, value: canonicalJson(kept.value) })),
    seq: appended.head.seq,
    head: appended.head.hash,
  };
}

/** Seals heads as rows; see `seal`. */
export function sealRows(
  heads: readonly HeadRow[],
  previous: Checkpoint | undefined,
  at: number,
  key: SigningKey,
): SealRow {
  const { checkpoint, heads: leaves } = seal({ at, heads: heads.map(headOf), previous, key });
  return { ...checkpoint, leaves: leaves.map(({ loop, seq, hash }) => ({ loop, seq, head: hash })) };
}

export function sealedOf(row: SealRow): Sealed {
  return { checkpoint: onlyMembers(row), heads: row.leaves.map(headOf) };
}

/** Entries from rows. A body that is no JSON object any more becomes an empty one, and so shows as altered. */
export function entriesOfRows(rows: readonly EntryRow[]): readonly LedgerEntry[] {
  return rows.map(({ loop, seq, at, kind, body, previous, hash }) => {
    return { loop, seq, at, kind, body: bodyOf(body), previous, hash };
  });
}

/** Private values from rows. A value that is no JSON any more becomes null, which nothing commits to. */
export function privateOfRows(rows: readonly PrivateValueRow[]): readonly PlacedValue[] {
  return rows.map(({ seq, path, salt, value }) => {
    const parsed = jsonOrUndefined(value);
    return { seq, path, salt, value: isJsonValue(parsed) ? parsed : null };
  });
}

function headOf({ loop, seq, head }: HeadRow): LedgerHead {
  return { loop, seq, hash: head };
}

function bodyOf(text: string): LedgerBody {
  const parsed = jsonOrUndefined(text);
  return isBody(parsed) ? parsed : {};
}

function isBody(value: unknown): value is LedgerBody {
  return isJsonValue(value) && value !== null && typeof value === 'object' && !Array.isArray(value);
}
