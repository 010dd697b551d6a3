import { z } from 'zod';
import { lineDigest } from '../../../../lib/line-digest.ts';
import type { LedgerHead } from '../../../../ports/store-backup.ts';

const headSchema = z.object({ id: z.string(), seq: z.int(), head: z.string() });

/** Reads the heads of chains from rows of loops, as JSON, in the order of their ids. */
export function ledgerDigest(): { add(row: string): void; end(): LedgerHead } {
  const digest = lineDigest();
  let entries = 0;
  return {
    add: (row) => {
      const { id, seq, head } = headSchema.parse(JSON.parse(row));
      entries += seq;
      digest.add(`${id} ${seq} ${head}`);
    },
    end: () => {
      const { n, sha256 } = digest.end();
      return { loops: n, entries, sha256 };
    },
  };
}
