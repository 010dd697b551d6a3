/** A message that did not arrive in one channel and waits for another: the same message, under the same key. */
export type MessageMove = {
  readonly id: string;
  /** Only the holder of the lease may move it, while it is being sent. */
  readonly lease?: string;
  readonly from: string;
  readonly to: string;
  /** `bounced`: it was accepted first. */
  readonly outcome: 'bounced' | 'refused';
  readonly at: number;
  readonly reason: string;
};

/** A channel in which a message about a case was lost on its recipient, or is uncertain. */
export type TroubledChannel = {
  readonly loop: string;
  readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  readonly channel: string;
};

/** Part of `StoreWrite`. */
export interface LadderWrite {
  /** Returns the ids of those that were moved. */
  moveMessages(moves: readonly MessageMove[]): Promise<ReadonlySet<string>>;
  troubledChannels(loops: readonly string[]): Promise<readonly TroubledChannel[]>;
}
