import type { Json } from '../core/event.ts';
import type { Moment } from '../core/message.ts';

export type WantRow = {
  readonly loop: string;
  readonly occasion: string;
  readonly moment: Moment;
  readonly behaviour: string;
  readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  readonly lane: number;
  readonly dueAt: number;
  /** The loop's team: who may see what is said of it. */
  readonly team?: string;
  /** First words to a person about what is no danger. */
  readonly isCoaching?: true;
  /** Because somebody is away. */
  readonly heldUntil?: number;
  /** Person id of whoever is away and would have heard it. */
  readonly standInFor?: string;
};

export const messageStates = [
  'queued',
  'sending',
  'accepted',
  'uncertain',
  'refused',
  /** Taken by its channel at first, and returned for good. */
  'bounced',
  'dead',
  'withdrawn',
] as const;

export type MessageState = (typeof messageStates)[number];

export type MessageRow = {
  readonly id: string;
  readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  readonly moment: Moment;
  readonly occasion: string;
  readonly behaviour: string;
  readonly lane: number;
  readonly isShadow: boolean;
  /** It was decided to send it again: it is said whatever the loop made of its failure. */
  readonly isReplay?: boolean;
  readonly channel: string;
  readonly state: MessageState;
  readonly dueAt: number;
  readonly attempt: number;
  readonly createdAt: number;
  readonly sentAt?: number;
  /** The message as rendered for its first attempt, repeated on every other. */
  readonly snapshot?: Json;
  readonly reference?: string;
  readonly lastError?: string;
  readonly team?: string;
  readonly lease?: string;
  readonly tokenExpiresAt?: number;
  /** Words that an experiment gave it; the usual ones unless given. */
  readonly variant?: string;
  /** The experiment, and the pseudonym of whom it assigned. */
  readonly experiment?: string;
  readonly unit?: string;
};

/** One message with the occasions of the loops it speaks for. */
export type ClaimedMessage = {
  readonly message: MessageRow;
  readonly wants: readonly WantRow[];
};

/** How many are taken at once: of what is live, and beside it of released history. */
export type LaneLimits = { readonly live: number; readonly released: number };

export type AttentionAsk = {
  readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  /** The recipient's local day. */
  readonly day: string;
  readonly isReleased: boolean;
  readonly messagesMax: number;
  readonly releasedMax: number;
};

export type MessageUpdate = {
  readonly id: string;
  readonly state: MessageState;
  /** Only the holder of the lease may record an outcome. */
  readonly lease?: string;
  readonly dueAt?: number;
  readonly attempt?: number;
  readonly sentAt?: number;
  readonly snapshot?: Json;
  readonly reference?: string;
  readonly lastError?: string;
  readonly tokenHash?: string;
  readonly tokenExpiresAt?: number;
  readonly isReplay?: true;
};

export type ReplyRow = {
  readonly id: string;
  readonly loop: string;
  readonly message?: string;
  readonly at: number;
  readonly answer: string;
  readonly body: Json;
};

/** An answer that was not taken: from somebody who was not asked. */
export type RefusedReplyRow = {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly body: Json;
};

export type MessageFilter = {
  readonly state?: MessageState;
  readonly channel?: string;
  /** Id of a person or team, or `duty`. */
  readonly to?: string;
  readonly limit: number;
  /** Opaque, from the previous page. */
  readonly after?: string;
};

/** Messages made from `since` on and before `until`; all of them unless given. */
export type ChannelCountFilter = { readonly since?: number; readonly until?: number };

/** Queued messages whose time has come. Epoch milliseconds. */
export type DueMessages = { readonly n: number; readonly oldestDueAt?: number };

/** What became of messages of one channel. */
export type ChannelCount = {
  readonly channel: string;
  /** A state; `throttled` is queued after an attempt. `bounced` also counts those that went on to another channel. */
  readonly outcome: MessageState | 'throttled';
  readonly n: number;
};
