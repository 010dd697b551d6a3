import type { z } from 'zod';
import type { RenderedMessage } from '../core/message.ts';

/**
 * A channel hands one message to one recipient. It reports what it knows and nothing more: `accepted` is not
 * `delivered`, and a timeout after the hand-over is `uncertain`.
 */
export interface Channel {
  readonly id: string;
  readonly title: string;
  /** Whether a message leaves this machine: then `publicUrl` is required. */
  readonly leavesMachine: boolean;
  readonly reconcile: Reconcile;
  /** Which address of a recipient this channel writes to; undefined when the recipient has none. */
  address(recipient: Recipient): string | undefined;
  send(delivery: Delivery): Promise<SendResult>;
  /** For `lookup` channels: asks the far side whether the message with this marker arrived. */
  lookup?(delivery: Delivery): Promise<'arrived' | 'absent' | 'unknown'>;
  /** Checks the set-up without sending to anyone else than the operator; a sentence for each problem found. */
  checkSetup(): Promise<readonly string[]>;
  close?(): Promise<void>;
}

/**
 * How an uncertain delivery is settled: `lookup` asks the far side by a hidden marker; `idempotent` repeats with
 * the same id; `none` is never repeated blindly.
 */
export type Reconcile = 'lookup' | 'idempotent' | 'none';

export type Recipient = {
  readonly id: string;
  readonly kind: 'person' | 'team' | 'duty';
  readonly name: string;
  readonly email?: string;
  readonly accounts: readonly { readonly system: string; readonly name: string }[];
  readonly timeZone?: string;
  readonly language?: string;
};

export type Delivery = {
  /** Stable over retries: the message's id, from which the channel makes its own idempotency key. */
  readonly messageId: string;
  readonly recipient: Recipient;
  readonly message: RenderedMessage;
  readonly attempt: number;
  readonly at: number;
  readonly signal?: AbortSignal;
};

export type SendResult =
  | { readonly kind: 'accepted'; readonly reference?: string }
  | { readonly kind: 'retry'; readonly afterSeconds?: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'uncertain'; readonly reason: string };

/**
 * One line of the registry. `settings` checks what stands under the channel's id in the configuration, so that a
 * start lists every problem at once; `create` takes what `settings` accepted and throws on anything else.
 */
export type ChannelAdapter = {
  readonly id: string;
  readonly title: string;
  readonly leavesMachine: boolean;
  readonly settings: z.ZodType;
  create(settings: unknown): Channel;
};
