import type { Actor, Json } from '../core/event.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import type { LoopState, Rung } from '../core/loop/states.ts';
import type { Moment } from '../core/message.ts';

/**
 * The store keeps what was accepted and gives it back. What `transaction` returned is durable; what it threw never
 * happened. Decisions use the caller's clock, never the database's.
 */
/** A loop as it rests: its facts and what is derived from them for finding it. */
export type LoopRow = {
  readonly id: string;
  readonly caseCode: string;
  readonly behaviour: string;
  readonly state: LoopState;
  /** Known only by what a source said beside the failure: shown nowhere until the failure itself arrives. */
  readonly isStub: boolean;
  readonly rung: Rung;
  readonly isLive: boolean;
  readonly owner: {
    readonly kind: 'person' | 'team' | 'unknown';
    readonly id?: string;
    readonly confidence: number;
  };
  readonly team?: string;
  readonly habit?: string;
  readonly repository?: string;
  readonly firstOccurredAt: number;
  readonly lastOccurredAt: number;
  readonly verifiedAt?: number;
  readonly relapseOf?: string;
  readonly dueAt?: number;
  readonly updatedAt: number;
  readonly mergedInto?: string;
  /** Number of ledger entries and the hash of the last. */
  readonly seq: number;
  readonly head: string;
  readonly facts: LoopFacts;
};

export type EventRow = {
  readonly id: string;
  readonly loop: string;
  readonly source: string;
  readonly kind: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** Ids of the keys under which its fingerprints join it to its loop, sorted, with commas. */
  readonly keyIds?: string;
  readonly body: Json;
};

/** Where a stored event belongs, and under which keys it joins others. */
export type StoredEvent = { readonly loop: string; readonly keyIds: string };

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

/**
 * What was observed under one key: a step of an undertaking, a sign of a fix, or what is usual for an identity. The key
 * is a keyed hash. Epoch milliseconds; the same mark again widens its times.
 */
export type MarkRow = {
  readonly key: string;
  readonly name: string;
  /** Who or what, by the kind of mark; may be empty. */
  readonly who: string;
  readonly firstAt: number;
  readonly lastAt: number;
};

/** A deed that stood on its path, kept under its undertaking. `body` is the event and what it means. */
export type DeedRow = {
  readonly key: string;
  readonly event: string;
  readonly at: number;
  readonly body: Json;
};

export type SpanRow = {
  readonly place: string;
  readonly loop: string;
  readonly source: string;
  readonly provider: string;
  readonly startColumn: number;
  readonly endColumn: number;
  /** Whether the source showed the secret itself. */
  readonly hasContent: boolean;
};

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
};

export const messageStates = [
  'queued',
  'sending',
  'accepted',
  'uncertain',
  'refused',
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
  /** A person decided to send it again: it is said whatever the loop made of its failure. */
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
};

/** One message with the occasions of the loops it speaks for. */
export type ClaimedMessage = {
  readonly message: MessageRow;
  readonly wants: readonly WantRow[];
};

/** Loops of one habit and behaviour within a time. */
export type HabitAsk = {
  /** The loop on whose behalf it is asked; never itself the answer. */
  readonly loop: string;
  readonly habit: string;
  readonly behaviour: string;
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  readonly to: number;
};

/** A verified loop that another one may relapse from. */
export type VerifiedRow = {
  readonly id: string;
  readonly verifiedAt: number;
  readonly relapseNumber: number;
};

/** A live loop that may be a relapse. */
export type LaterRow = {
  readonly id: string;
  readonly habit: string;
  readonly behaviour: string;
  readonly firstOccurredAt: number;
  readonly relapseOf?: string;
};

/** How many are taken at once: of what is live, and beside it of released history. */
export type LaneLimits = { readonly live: number; readonly released: number };

export type ReleaseFilter = {
  readonly behaviour?: string;
  readonly team?: string;
  readonly ids?: readonly string[];
};

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

export type Receipt = {
  /** Delivery id, or hash of a file chunk. */
  readonly id: string;
  readonly source: string;
  readonly at: number;
};

export type CounterRow = {
  readonly name: 'opportunity' | 'unmatched' | 'untrusted' | 'duplicate' | 'rejected' | 'event';
  readonly behaviour: string;
  readonly source: string;
  /** UTC day of occurrence, `YYYY-MM-DD`. */
  readonly day: string;
  readonly scope: string;
  readonly n: number;
};

export type ImportRow = {
  readonly id: string;
  readonly source: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Records that are durably taken: a repeated import goes on from here. */
  readonly position: number;
  readonly counts: Json;
};

export type TokenRow = {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly teams: 'all' | readonly string[];
  readonly kind?: 'token' | 'agent';
  /** Kinds of actor that it concerns; all of them unless given. */
  readonly subjectTypes?: readonly Actor['type'][];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
};

export type SessionRow = {
  readonly id: string;
  readonly hash: string;
  readonly tokenId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
};

export type SuppressionRow = {
  readonly id: string;
  readonly kind: 'path' | 'value' | 'repository';
  readonly pattern: string;
  readonly reason: string;
  readonly by: string;
  readonly until: number;
  readonly createdAt: number;
};

/** A simulation, by the source's own id of it. */
export type CampaignKey = { readonly source: string; readonly id: string };

/** The mail of a simulation, see `core/mail-cues/simulation.ts`. */
export type CampaignRow = CampaignKey & {
  readonly name?: string;
  readonly reconstruction: Json;
  readonly cues: Json;
  readonly difficulty: Json;
  readonly updatedAt: number;
};

export type LoopFilter = {
  readonly state?: LoopState;
  readonly behaviour?: string;
  readonly team?: string;
  readonly owner?: string;
  readonly ownerKind?: 'person' | 'team' | 'unknown';
  readonly repository?: string;
  readonly limit: number;
  /** Opaque, from the previous page. */
  readonly after?: string;
};

/** What there is, for a look at the whole. `events` is exact up to 100,000 and the database's estimate above. */
export type Totals = {
  readonly events: number;
  readonly messages: readonly { readonly state: MessageState; readonly n: number }[];
  /** Words that are due or will be, in no message yet. */
  readonly wants: number;
};

/** What became of messages of one channel. */
export type ChannelCount = {
  readonly channel: string;
  /** A state; `throttled` is queued after an attempt, `bounced` is refused after it was accepted. */
  readonly outcome: MessageState | 'throttled' | 'bounced';
  readonly n: number;
};

export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

export type LoopStory = {
  readonly loop: LoopRow;
  readonly events: readonly EventRow[];
  readonly messages: readonly MessageRow[];
  readonly replies: readonly ReplyRow[];
  readonly aliases: readonly string[];
  /** Words that wait, with the time that hours and the attention budget leave them. */
  readonly waiting: readonly Pick<WantRow, 'occasion' | 'dueAt'>[];
};

/** Every read takes the principal whose teams filter it (invariant 17). What they may not see does not exist. */

/** A person or group that an identity provider pushed. `body` is what was said of it, without secrets. */
export type DirectoryRow = {
  readonly id: string;
  readonly kind: 'user' | 'group';
  /** The user name, or the name of the group, folded. */
  readonly name: string;
  readonly externalId?: string;
  readonly isActive: boolean;
  readonly body: { readonly [key: string]: Json };
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When a person became inactive who had been active here. */
  readonly leftAt?: number;
  /** When that was passed on to the loop. */
  readonly reportedAt?: number;
  /** What is deleted is kept as inactive, so that what points at it finds a team or manager. */
  readonly deletedAt?: number;
};

export type DirectoryFilter = {
  readonly kind: DirectoryRow['kind'];
  readonly name?: string;
  readonly externalId?: string;
  readonly offset: number;
  readonly limit: number;
};

/** How many identities of a type have this owner, by the latest loop of each. */
export type IdentityOwnerRow = {
  readonly type: string;
  readonly owner: LoopRow['owner'];
  /** Whether anything points at anybody. */
  readonly hasEvidence: boolean;
  readonly n: number;
};
