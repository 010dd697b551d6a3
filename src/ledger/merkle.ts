import { hash } from 'node:crypto';

/**
 * Merkle tree hashes and inclusion proofs as RFC 9162 (formerly RFC 6962), section 2.1, with SHA-256. Leaves and
 * nodes are hashed with different prefixes, so that no node passes for a leaf. Hashes are 64 hex digits.
 */
export type MerkleTree = {
  readonly root: string;
  readonly size: number;
  /** The sibling hashes from the leaf upwards. */
  readonly proof: (index: number) => readonly string[];
};

export function leafHash(text: string): string {
  return hash('sha256', Buffer.concat([Buffer.of(0), Buffer.from(text, 'utf8')]), 'hex');
}

function nodeHash(left: string, right: string): string {
  return hash(
    'sha256',
    Buffer.concat([Buffer.of(1), Buffer.from(left, 'hex'), Buffer.from(right, 'hex')]),
    'hex',
  );
}

/** The tree over leaf texts in their order. The empty tree's root is the hash of nothing. */
export function merkleTree(leaves: readonly string[]): MerkleTree {
  // Pairing from the left and passing a single last node up gives the same tree as splitting at the largest power
  // of two below the size.
  const levels: string[][] = [leaves.map(leafHash)];
  for (let level = levels[0] ?? []; level.length > 1; level = levels.at(-1) ?? []) {
    const above: string[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left = '', right] = [level[index], level[index + 1]];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    levels.push(above);
  }
  return {
    root: levels.at(-1)?.[0] ?? hash('sha256', '', 'hex'),
    size: leaves.length,
    proof: (index) => {
      const path: string[] = [];
      levels.forEach((level, height) => {
        const sibling = level[Math.floor(index / 2 ** height) ^ 1];
        if (sibling !== undefined && level.length > 1) path.push(sibling);
      });
      return path;
    },
  };
}

/** Whether the leaf stands at `index` of a tree of `size` leaves with this root (RFC 9162, section 2.1.3.2). */
export function isIncluded(
  leaf: string,
  place: { readonly index: number; readonly size: number; readonly path: readonly string[] },
  root: string,
): boolean {
  let index = place.index;
  let last = place.size - 1;
  if (!Number.isSafeInteger(index) || index < 0 || index > last) return false;
  let reached = leafHash(leaf);
  for (const sibling of place.path) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      reached = nodeHash(sibling, reached);
      while (index % 2 === 0 && index !== 0) {
        index = Math.floor(index / 2);
        last = Math.floor(last / 2);
      }
    } else reached = nodeHash(reached, sibling);
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && reached === root;
}
