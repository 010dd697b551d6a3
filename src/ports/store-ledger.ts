export type LedgerRow = {
  readonly loop: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly previous: string;
  readonly hash: string;
  /** Canonical JSON, exactly as hashed. */
  readonly body: string;
};

export type PrivateRow = {
  readonly loop: string;
  readonly seq: number;
  readonly path: string;
  readonly salt: string;
  readonly value: string;
};

export type CheckpointRow = {
  readonly n: number;
  readonly at: number;
  readonly size: number;
  readonly root: string;
  readonly previous: string;
  readonly keyId: string;
  readonly signature: string;
  /** The heads under the root, in leaf order. */
  readonly leaves: readonly { readonly loop: string; readonly seq: number; readonly head: string }[];
};
