import { entryHash, genesis } from './chain.ts';
import type { Finding } from './finding.ts';
import type { EntryRow } from './rows.ts';
import { entriesOfRows } from './rows.ts';

/**
 * Checks a chain from its end to its beginning, a page at a time, against its head and the heads that were noted of it.
 *
 * @param noted heads by their number, as the sealed ledger has them
 * @param findingsMax of which more are only counted
 */
export function checkBackwards(
  head: { readonly seq: number; readonly hash: string },
  noted: ReadonlyMap<number, string>,
  findingsMax = Number.POSITIVE_INFINITY,
) {
  const findings: Finding[] = [];
  let count = 0;
  let expected = head;
  let checked = 0;
  const found = (kind: Finding['kind'], seq: number, detail: string): void => {
    count += 1;
    if (findings.length < findingsMax) findings.push({ kind, where: `entry ${seq}`, detail });
  };
  return {
    page: (rows: readonly EntryRow[]): void => {
      for (const entry of entriesOfRows(rows)) {
        if (entry.seq !== expected.seq)
          found('missing', expected.seq, `Entry ${entry.seq} stands where it should.`);
        else if (entry.hash !== expected.hash)
          found('broken-link', entry.seq, 'What follows it was made after another entry.');
        if (entryHash(entry) !== entry.hash) found('altered', entry.seq, 'It is not what was recorded.');
        const vouched = noted.get(entry.seq);
        if (vouched !== undefined && vouched !== entry.hash)
          found('checkpoint-mismatch', entry.seq, 'The ledger noted another entry here.');
        expected = { seq: entry.seq - 1, hash: entry.previous };
        checked += 1;
      }
    },
    end: (): { readonly entries: number; readonly findings: readonly Finding[]; readonly found: number } => {
      if (expected.seq !== 0) found('missing', expected.seq, 'The chain does not reach its first entry.');
      else if (expected.hash !== genesis && checked > 0)
        found('broken-link', 1, 'It is not the first entry of a chain.');
      for (const seq of noted.keys())
        if (seq > head.seq) found('truncated', seq, 'The ledger noted it, and it is gone.');
      return { entries: checked, findings, found: count };
    },
  };
}
