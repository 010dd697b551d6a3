import type { z } from 'zod';
import type { Json } from '../core/event.ts';
import type { NoticeType } from '../core/loop/notices.ts';
import type { Answer, RenderedMessage } from '../core/message.ts';

/**
 * A channel hands one message to one recipient. It reports what it knows and nothing more: `accepted` is not
 * `delivered`, and a timeout after the hand-over is `uncertain`.
 */
export interface Channel {
  readonly id: string;
  readonly title: string;
  /** Whether a message leaves this machine: then `publicUrl` is required. */
  readonly leavesMachine: boolean;
  /** What it writes is read by others than the recipient: their own link, which lets its holder answer, stays out. */
  readonly isReadByOthers?: true;
  readonly reconcile: Reconcile;
  /** For channels whose far side takes so many messages within a time: the place of a recipient, and how many. */
  readonly pace?: {
    readonly max: number;
    readonly withinMs: number;
    placeOf(recipient: Recipient): string | undefined;
  };
  /** Waits between attempts, in seconds, where a protocol names them. */
  readonly backOffSeconds?: readonly number[];
  /**
   * For channels of which one receiver takes everything: what it is known by, another as soon as its settings change. Who
   * says that it wants no more is called no more.
   */
  readonly receivers?: { readonly messages: string; readonly changes?: string };
  /** Whether what it accepted stands where its recipient reads. Others say that they took a message, and no more. */
  readonly delivers?: true;
  /** Which address of a recipient this channel writes to; undefined when the recipient has none. */
  address(recipient: Recipient): string | undefined;
  send(delivery: Delivery): Promise<SendResult>;
  /** For `lookup` channels: asks the far side whether the message with this marker arrived. */
  lookup?(delivery: Delivery): Promise<'arrived' | 'absent' | 'unknown'>;
  /** For channels to which something comes back. */
  readonly receives?: Receives;
  /** For channels whose messages can be answered by a button in them. */
  readonly presses?: Presses;
  /** For channels to which programs listen: what became of a case. What is not accepted is told again. */
  announce?(notice: Notice): Promise<SendResult>;
  /** Checks the set-up without sending to anyone else than the operator; a sentence for each problem found. */
  checkSetup(): Promise<readonly string[]>;
  close?(): Promise<void>;
}

export type Notice = {
  /** The same however often it is told. */
  readonly id: string;
  readonly type: NoticeType;
  /** When it came about, epoch milliseconds. */
  readonly at: number;
  readonly sentAt: number;
  /** Ids and facts of the case; nobody by name. */
  readonly body: Json;
};

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
  /**
   * Proves that a report is about this message: made with a key of the installation, and told to nobody but the far side.
   * A channel sends it along where reports bring it back.
   */
  readonly returnKey?: string;
  readonly signal?: AbortSignal;
};

export type SendResult =
  /** `note`: what of it is missing; for operators. */
  | { readonly kind: 'accepted'; readonly reference?: string; readonly note?: string }
  | { readonly kind: 'retry'; readonly afterSeconds?: number; readonly reason: string }
  /** `isGone`: the receiver of everything wants nothing any more. */
  | { readonly kind: 'refused'; readonly reason: string; readonly isGone?: true }
  | { readonly kind: 'uncertain'; readonly reason: string };

export type Receives = {
  readonly mediaType: string;
  readonly bytesMax: number;
  /** Never throws: what cannot be read is `unreadable`. */
  read(bytes: Uint8Array): Promise<Inbound>;
};

/**
 * What came back may be used for. Its words are not here on purpose: it is answered with the link and never read as
 * consent. All of it is weak: anyone can write such a mail.
 */
export type Inbound =
  | {
      readonly kind: 'mail';
      /** Sender; undefined where there is not exactly one sound address. */
      readonly from?: string;
      /** Of the conversation that it belongs to; undefined when it is about no case. */
      readonly caseCode?: string;
      /** Of our message that is answered or returned. */
      readonly messageId?: string;
      /** Written by a machine: it must get no answer, or two machines write to each other. */
      readonly isAutomatic: boolean;
      /** A report that our message was not delivered and will not be. A delay is automatic, but no bounce. */
      readonly isBounce: boolean;
      /** What such a report brought back of the key that went with the message. */
      readonly returnKey?: string;
      /** Whom it did not reach. */
      readonly bounces: readonly Bounce[];
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type Bounce = {
  readonly address: string;
  /** Enhanced status code such as `5.1.1` (RFC 3463). */
  readonly status?: string;
};

export type Presses = {
  readonly bytesMax: number;
  /** Who sends it is judged over the bytes as they came, before anything of them is read. Never throws. */
  read(delivery: PressDelivery): PressVerdict;
  /** Which address the far side vouches for; `none` for guests of other houses, machines and whoever has left. */
  addressOf(
    press: Press,
  ): Promise<{ readonly kind: 'known'; readonly email: string } | { readonly kind: 'none' | 'unavailable' }>;
  /** Shows words to whoever pressed, and to nobody else. Never throws: nothing hangs on it. */
  show(press: Press, text: string): Promise<void>;
  /**
   * Holds a connection of its own, over which presses come, and opens it again until stopped. `take` says whether a
   * press was decided and stored; only then is it confirmed to the far side.
   */
  hold?(take: (press: Press) => Promise<boolean>, log: HoldLog): Held;
};

export type Held = {
  /** Ends the connection; presses under way are completed. */
  stop(): Promise<void>;
};

/** What happens to the connection, for whoever runs Foldback. */
export type HoldLog = (news: 'opened' | 'lost' | 'refused' | 'unreadable', reason: string) => void;

export type PressDelivery = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

export type PressVerdict =
  | { readonly kind: 'press'; readonly press: Press }
  /** Sound, and nothing to be done: a button that only opens the page, another kind of delivery. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: 'bad-signature' | 'replayed' };

/** A button that somebody pressed. Who it was, the far side says; whether they may answer, the loop does. */
export type Press = {
  readonly account: { readonly system: string; readonly name: string };
  readonly messageId: string;
  /** Of the message in which the button stood, as `SendResult` has it. */
  readonly reference: string;
  /** `snooze`: to be reminded on the next working day. */
  readonly answer: Answer | 'snooze';
  /** The same for the same press, however often it is delivered. */
  readonly nonce: string;
  /** Where `show` goes; means something to the channel only. */
  readonly returnTo?: string;
};

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
  /** What a reader sees of a message, near enough to judge its words by. Made by the channel's own rendering. */
  preview(delivery: Delivery): readonly ShownPart[];
};

/** A part of a message as a reader sees it. Texts are plain: whoever shows them escapes them. */
export type ShownPart =
  | { readonly kind: 'title' | 'text' | 'step' | 'small' | 'source'; readonly text: string }
  | { readonly kind: 'buttons'; readonly labels: readonly string[] }
  /** A document of the channel's own, in which everything is escaped. */
  | { readonly kind: 'page'; readonly html: string };
