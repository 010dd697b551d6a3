import { canonicalJson } from '../lib/canonical-json.ts';
import { isSignedBy, type SigningKey } from '../lib/ed25519.ts';
import { sha256Hex } from '../lib/hmac.ts';
import { genesis, type LedgerHead } from './chain.ts';
import { type MerkleTree, merkleTree } from './merkle.ts';

/**
 * A signed statement that at one time the chains that changed since the last one ended in these heads. The signature
 * (Ed25519) is over the canonical JSON of all other members; `previous` is the hash of the checkpoint before, whole,
 * so that none can be left out.
 */
export type Checkpoint = {
  /** 1, 2, 3 … without gaps. */
  readonly n: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Merkle root over the leaves, see `leafText`. */
  readonly root: string;
  /** How many heads. */
  readonly size: number;
  readonly previous: string;
  readonly keyId: string;
  /** 64 bytes in base64url. */
  readonly signature: string;
};

export type Sealed = {
  readonly checkpoint: Checkpoint;
  /** In the order of the tree: by loop id, by code units. Stored with the checkpoint, to prove inclusion later. */
  readonly heads: readonly LedgerHead[];
};

export type PublicKey = { readonly keyId: string; readonly publicKey: string };

/** Seals the heads that changed since `previous`, each loop once. */
export function seal(request: {
  readonly at: number;
  readonly heads: readonly LedgerHead[];
  readonly previous: Checkpoint | undefined;
  readonly key: SigningKey;
}): Sealed {
  const heads = request.heads.toSorted((left, right) => compareText(left.loop, right.loop));
  const open = {
    n: (request.previous?.n ?? 0) + 1,
    at: request.at,
    root: headTree(heads).root,
    size: heads.length,
    previous: request.previous === undefined ? genesis : checkpointHash(request.previous),
    keyId: request.key.keyId,
  };
  return { checkpoint: { ...open, signature: request.key.sign(canonicalJson(open)) }, heads };
}

/** A head as the tree's leaf: the canonical JSON of {loop, seq, hash}. */
export function leafText(head: LedgerHead): string {
  return canonicalJson({ loop: head.loop, seq: head.seq, hash: head.hash });
}

export function headTree(heads: readonly LedgerHead[]): MerkleTree {
  return merkleTree(heads.map(leafText));
}

export function checkpointHash(checkpoint: Checkpoint): string {
  return sha256Hex(canonicalJson(onlyMembers(checkpoint)));
}

/** Whether one of the keys, the one that the checkpoint names, signed it; `unknown-key` when it is not among them. */
export function judgeSignature(
  checkpoint: Checkpoint,
  keys: readonly PublicKey[],
): 'good' | 'bad-signature' | 'unknown-key' {
  const key = keys.find((candidate) => candidate.keyId === checkpoint.keyId);
  if (key === undefined) return 'unknown-key';
  const { signature, ...open } = onlyMembers(checkpoint);
  return isSignedBy(key.publicKey, canonicalJson(open), signature) ? 'good' : 'bad-signature';
}

/** Only the members of the type: a row from a store may carry more. */
export function onlyMembers(checkpoint: Checkpoint): Checkpoint {
  const { n, at, root, size, previous, keyId, signature } = checkpoint;
  return { n, at, root, size, previous, keyId, signature };
}

/** By UTF-16 code units, the same on every machine, whatever its language. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
