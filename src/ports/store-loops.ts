import type { Json } from '../core/event.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import type { Need } from '../core/loop/needs.ts';
import type { LoopState, Rung } from '../core/loop/states.ts';
import type { MessageRow, ReplyRow, WantRow } from './store-messages.ts';

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
  /** What it needs a person for, beside what its state says. */
  readonly needs?: Need;
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

export type ReleaseFilter = {
  readonly behaviour?: string;
  readonly team?: string;
  readonly ids?: readonly string[];
};

export type LoopFilter = {
  readonly state?: LoopState;
  readonly behaviour?: string;
  readonly team?: string;
  readonly owner?: string;
  readonly ownerKind?: 'person' | 'team' | 'unknown';
  readonly repository?: string;
  readonly needs?: Need;
  readonly limit: number;
  /** Opaque, from the previous page. */
  readonly after?: string;
};

/** How many loops stand where, and how many need a person for what. */
export type LoopCounts = {
  readonly items: readonly { readonly state: LoopState; readonly behaviour: string; readonly n: number }[];
  readonly needs: readonly { readonly need: Need; readonly n: number }[];
};

export type LoopStory = {
  readonly loop: LoopRow;
  readonly events: readonly EventRow[];
  readonly messages: readonly MessageRow[];
  readonly replies: readonly ReplyRow[];
  readonly aliases: readonly string[];
  /** Words that wait, with the time that hours and the attention budget leave them. */
  readonly waiting: readonly Pick<WantRow, 'occasion' | 'dueAt'>[];
};
