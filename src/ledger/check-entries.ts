import { canonicalJson } from '../lib/canonical-json.ts';
import { entryHash, genesis, type LedgerEntry, type LedgerHead } from './chain.ts';
import { commitmentOf, isCommitment, valueAt } from './commitment.ts';
import type { Finding } from './finding.ts';

/**
 * Recomputes a loop's chain from its entries as they stand, in the order given, and compares it with every head that
 * something else vouches for: a checkpoint, the exporter's statement, the loop's row.
 */
export function checkEntries(
  loop: string,
  entries: readonly LedgerEntry[],
  heads: readonly (Omit<LedgerHead, 'loop'> & { readonly vouchedBy: string })[],
): readonly Finding[] {
  const altered = new Set(entries.filter((entry) => !isWhole(entry)).map((entry) => entry.seq));
  return [
    ...checkEach(loop, entries),
    ...checkOrder(entries),
    ...checkGaps(entries, Math.max(0, ...heads.map((head) => head.seq))),
    ...checkLinks(entries, altered),
    ...checkHeads(entries, altered, heads),
  ];
}

function isWhole(entry: LedgerEntry): boolean {
  try {
    return entryHash(entry) === entry.hash;
  } catch (error) {
    // What canonical JSON cannot say was never hashed.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function checkEach(loop: string, entries: readonly LedgerEntry[]): Finding[] {
  return entries.flatMap((entry) => {
    const where = `entry ${entry.seq}`;
    const found: Finding[] = [];
    if (entry.loop !== loop) {
      found.push({ kind: 'foreign', where, detail: `It belongs to loop ${entry.loop}.` });
    }
    if (!isWhole(entry))
      found.push({ kind: 'altered', where, detail: 'Its content does not give its hash.' });
    return found;
  });
}

function checkOrder(entries: readonly LedgerEntry[]): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<number>();
  let highest = 0;
  for (const { seq } of entries) {
    const where = `entry ${seq}`;
    if (seen.has(seq))
      found.push({ kind: 'duplicated', where, detail: 'This number stands more than once.' });
    else if (seq < highest)
      found.push({ kind: 'reordered', where, detail: `It stands after entry ${highest}.` });
    seen.add(seq);
    highest = Math.max(highest, seq);
  }
  return found;
}

/** Numbers from 1 to the highest that stands or is vouched for, and that are not there, as ranges. */
function checkGaps(entries: readonly LedgerEntry[], vouchedMax: number): Finding[] {
  const found: Finding[] = [];
  let next = 1;
  const gap = (until: number, kind: 'missing' | 'truncated'): void => {
    if (next > until) return;
    const where = next === until ? `entry ${next}` : `entries ${next} to ${until}`;
    const detail = kind === 'missing' ? 'Not there, though later ones are.' : 'Not there, though signed for.';
    found.push({ kind, where, detail });
  };
  for (const seq of entries.map((entry) => entry.seq).toSorted((left, right) => left - right)) {
    gap(seq - 1, 'missing');
    next = Math.max(next, seq + 1);
  }
  gap(vouchedMax, 'truncated');
  return found;
}

function checkLinks(entries: readonly LedgerEntry[], altered: ReadonlySet<number>): Finding[] {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return entries.flatMap((entry) => {
    const before = bySeq.get(entry.seq - 1);
    // A gap or an altered neighbour is named already.
    if ((before === undefined && entry.seq > 1) || altered.has(entry.seq) || altered.has(entry.seq - 1))
      return [];
    return entry.previous === (before?.hash ?? genesis)
      ? []
      : [
          {
            kind: 'broken-link',
            where: `entry ${entry.seq}`,
            detail: 'It does not continue the entry before.',
          },
        ];
  });
}

function checkHeads(
  entries: readonly LedgerEntry[],
  altered: ReadonlySet<number>,
  heads: readonly { readonly seq: number; readonly hash: string; readonly vouchedBy: string }[],
): Finding[] {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return heads.flatMap((head) => {
    const entry = bySeq.get(head.seq);
    if (entry === undefined || altered.has(head.seq) || entry.hash === head.hash) return [];
    const detail = `${head.vouchedBy} says that entry ${head.seq} was another one.`;
    return [{ kind: 'checkpoint-mismatch', where: `entry ${head.seq}`, detail }];
  });
}

/** A private value with its place, sorted by entry and path: whatever else is no file of ours. */
export type PlacedValue = {
  readonly seq: number;
  readonly path: string;
  readonly salt: string;
  readonly value: LedgerEntry['body'][string];
};

/**
 * Compares each private value that is still held with what its entry committed to. Values of entries up to
 * `vouchedMax` that are not there are passed over: the entry itself is named.
 */
export function checkPrivate(
  entries: readonly LedgerEntry[],
  values: readonly PlacedValue[],
  vouchedMax = 0,
): readonly Finding[] {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  const seen = new Set<string>();
  let last = '';
  let lastSeq = 0;
  return values.flatMap((value) => {
    const where = `entry ${value.seq} ${value.path}`;
    const found: Finding[] = [];
    if (seen.has(where))
      found.push({ kind: 'duplicated', where, detail: 'The value stands more than once.' });
    else if (value.seq < lastSeq || (value.seq === lastSeq && value.path < last)) {
      found.push({ kind: 'reordered', where, detail: 'Private values stand by entry and path.' });
    }
    seen.add(where);
    [lastSeq, last] = [value.seq, value.path];
    const entry = bySeq.get(value.seq);
    if (entry === undefined && value.seq <= vouchedMax) return found;
    const commitment = entry === undefined ? undefined : valueAt(entry.body, value.path);
    if (!isCommitment(commitment)) {
      found.push({ kind: 'wrong-commitment', where, detail: 'The entry commits to nothing here.' });
    } else if (canonicalJson(commitmentOf(value.salt, value.value)) !== canonicalJson(commitment)) {
      found.push({ kind: 'wrong-commitment', where, detail: 'The value is not the one that was recorded.' });
    }
    return found;
  });
}
