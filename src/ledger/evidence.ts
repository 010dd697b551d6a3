import { z } from 'zod';
import { canonicalJson, isJsonValue } from '../lib/canonical-json.ts';
import type { SigningKey } from '../lib/ed25519.ts';
import { genesis, type LedgerEntry, type LedgerHead } from './chain.ts';
import { checkpointSchema } from './checkpoint-file.ts';
import type { LedgerBody } from './commitment.ts';
import {
  type Checkpoint,
  checkpointHash,
  compareText,
  headTree,
  onlyMembers,
  type PublicKey,
} from './seal.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u, 'not 64 hex digits');
const keyId = z.string().regex(/^[0-9a-f]{16}$/u, 'not 16 hex digits');

/**
 * One loop's story as a file that anyone can check without Foldback's database. Nothing in it is left out of the
 * check: entries by their hashes, private values by their commitments, checkpoints by signature and inclusion proof,
 * and how far the story goes by the signed statement. Private values may be removed from the file: erasure leaves
 * the chain whole.
 */
export const evidenceSchema = z.strictObject({
  format: z.literal('foldback-evidence/1'),
  loop: z.string().min(1).max(200),
  organisation: z.string().max(200),
  /** Epoch milliseconds. */
  exportedAt: z.int(),
  entries: z.array(
    z.strictObject({
      loop: z.string().max(200),
      seq: z.int().min(1),
      at: z.int(),
      kind: z.string().max(100),
      body: z.custom<LedgerBody>(isBody, 'not an object of JSON values'),
      previous: hex64,
      hash: hex64,
    }),
  ),
  private: z.array(
    z.strictObject({
      seq: z.int().min(1),
      path: z.string().max(1000),
      salt: z.string().max(100),
      value: z.custom<LedgerBody[string]>((value) => isJsonValue(value), 'not JSON'),
    }),
  ),
  checkpoints: z.array(
    z.strictObject({
      checkpoint: checkpointSchema,
      /** The loop's head when it was sealed. */
      head: z.strictObject({ seq: z.int().min(1), hash: hex64 }),
      /** Where the head stands in the tree, and the way up to its root. */
      index: z.int().min(0),
      path: z.array(hex64).max(64),
    }),
  ),
  keys: z.array(z.strictObject({ keyId, publicKey: z.string().max(100) })),
  /** What the exporter vouches for: how far the story goes. Ed25519 signature over `statementText`. */
  statement: z.strictObject({
    entries: z.int().min(0),
    /** Hash of the last entry. */
    head: hex64,
    /** Hashes of the checkpoints, in order. */
    checkpoints: z.array(hex64),
    keyId,
    signature: z.string().max(100),
  }),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export type EvidenceRequest = {
  readonly loop: string;
  readonly organisation: string;
  readonly exportedAt: number;
  readonly entries: readonly LedgerEntry[];
  readonly private: readonly {
    readonly seq: number;
    readonly path: string;
    readonly salt: string;
    readonly value: LedgerBody[string];
  }[];
  /** The checkpoints in which this loop's head stands, each with all its heads in the order of the tree. */
  readonly sealed: readonly { readonly checkpoint: Checkpoint; readonly heads: readonly LedgerHead[] }[];
  /** Public halves of all keys that signed. */
  readonly keys: readonly PublicKey[];
  readonly signer: SigningKey;
};

/**
 * Builds the file. What is wrong in the store stays wrong in it, for `verifyEvidence` to name; only a checkpoint
 * without this loop cannot be put in and is left out.
 */
export function exportEvidence(request: EvidenceRequest): Evidence {
  const checkpoints = request.sealed
    .flatMap(({ checkpoint, heads }) => {
      const index = heads.findIndex((head) => head.loop === request.loop);
      const head = heads[index];
      if (head === undefined) return [];
      const path = [...headTree(heads).proof(index)];
      return [{ checkpoint: onlyMembers(checkpoint), head: { seq: head.seq, hash: head.hash }, index, path }];
    })
    .toSorted((left, right) => left.checkpoint.n - right.checkpoint.n);
  const own = { keyId: request.signer.keyId, publicKey: request.signer.publicKey };
  const used = new Set([own.keyId, ...checkpoints.map(({ checkpoint }) => checkpoint.keyId)]);
  const byId = new Map([...request.keys, own].map((key) => [key.keyId, key.publicKey]));
  const open = {
    format: 'foldback-evidence/1' as const,
    loop: request.loop,
    organisation: request.organisation,
    exportedAt: request.exportedAt,
    entries: request.entries.map(({ loop, seq, at, kind, body, previous, hash }) => {
      return { loop, seq, at, kind, body, previous, hash };
    }),
    private: request.private
      .map(({ seq, path, salt, value }) => ({ seq, path, salt, value }))
      .toSorted((left, right) => left.seq - right.seq || compareText(left.path, right.path)),
    checkpoints,
    keys: [...byId]
      .filter(([keyId]) => used.has(keyId))
      .map(([keyId, publicKey]) => ({ keyId, publicKey }))
      .toSorted((left, right) => compareText(left.keyId, right.keyId)),
  };
  const statement = {
    entries: request.entries.length,
    head: request.entries.at(-1)?.hash ?? genesis,
    checkpoints: checkpoints.map(({ checkpoint }) => checkpointHash(checkpoint)),
    keyId: own.keyId,
  };
  return {
    ...open,
    statement: { ...statement, signature: request.signer.sign(statementText(open, statement)) },
  };
}

/**
 * What the exporter signs: which loop, when, how many entries and the last one's hash, which checkpoints. Private
 * values are outside, so that they may be removed later.
 */
export function statementText(
  evidence: Pick<Evidence, 'format' | 'loop' | 'organisation' | 'exportedAt'>,
  statement: Omit<Evidence['statement'], 'signature'>,
): string {
  const { format, loop, organisation, exportedAt } = evidence;
  const { entries, head, checkpoints, keyId } = statement;
  return canonicalJson({ format, loop, organisation, exportedAt, entries, head, checkpoints, keyId });
}

function isBody(value: unknown): boolean {
  return isJsonValue(value) && value !== null && typeof value === 'object' && !Array.isArray(value);
}
