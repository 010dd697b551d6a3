import { createHash, type Hash } from 'node:crypto';

/** Counts and hashes lines as they pass. */
export type LineDigest = { add(line: string): void; end(): { readonly n: number; readonly sha256: string } };

export function lineDigest(): LineDigest {
  const hash: Hash = createHash('sha256');
  let n = 0;
  return {
    add: (line) => {
      n += 1;
      hash.update(line).update('\n');
    },
    end: () => ({ n, sha256: hash.digest('hex') }),
  };
}
