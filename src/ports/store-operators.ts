import type { Principal } from './principal.ts';
import type { MessageRow, MessageState, WantRow } from './store-messages.ts';

/** Failed messages that an operator may send again at once. An uncertain one may have arrived: it is asked for alone. */
export type ReplayFilter = {
  readonly state: Extract<MessageState, 'dead' | 'refused' | 'bounced'>;
  readonly channel?: string;
  /** Made at this instant or later. */
  readonly since?: number;
  readonly limit: number;
};

/** A message that was said, once more under an id of its own. */
export type RepeatedMessage = {
  readonly message: MessageRow;
  readonly wants: readonly WantRow[];
};

/** Part of `StoreRead`. */
export interface OperatorRead {
  /** Ids of failed messages, the earliest first. */
  failedMessages(principal: Principal, filter: ReplayFilter): Promise<readonly string[]>;
  /** How often a message was repeated, and how many of these are still on their way. */
  repeatsOf(
    principal: Principal,
    message: MessageRow,
    occasionPrefix: string,
  ): Promise<{ readonly n: number; readonly waiting: number }>;
}

/** Part of `StoreWrite`. */
export interface OperatorWrite {
  /** Takes back what waits; false when it is on its way, or said. */
  withdrawMessage(id: string, reason: string): Promise<boolean>;
  /** Notes of an uncertain message that it arrived; false when it is not uncertain. */
  confirmMessage(id: string): Promise<boolean>;
  /** Queues messages again that were given up or refused; returns the ids of those that were. */
  requeueFailed(ids: readonly string[], at: number): Promise<ReadonlySet<string>>;
  /** Inserts the message with words of its own; false when its key is taken. */
  repeatMessage(repeated: RepeatedMessage): Promise<boolean>;
}
