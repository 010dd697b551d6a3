import type { ReviewBody, ReviewKind, ReviewState } from '../core/review/proposal.ts';
import type { Features } from '../core/taxonomy/features.ts';
import type { Principal } from './principal.ts';
import type { LedgerRow } from './store-ledger.ts';

/** A proposal about the taxonomy as it rests. Epoch milliseconds. */
export type ReviewRow = {
  readonly id: string;
  readonly behaviour: string;
  readonly kind: ReviewKind;
  readonly subject: string;
  /** 1 for the first of its behaviour, kind and subject. */
  readonly round: number;
  readonly state: ReviewState;
  /** Version of the first words that it was found with. */
  readonly messageVersion: number;
  readonly firstAt: number;
  /** When it was last found. */
  readonly lastAt: number;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  readonly decidedByName?: string;
  readonly reason?: string;
  /** The same is not proposed again before. */
  readonly notAgainBefore?: number;
  /** Its chain in the ledger. */
  readonly seq: number;
  readonly head: string;
  readonly body: ReviewBody;
};

export type ReviewFilter = {
  readonly state?: ReviewState;
  readonly behaviour?: string;
  readonly kind?: ReviewKind;
  readonly limit: number;
};

/** From when on the words of a behaviour are judged: they were changed then. */
export type SpokenSince = { readonly behaviour: string; readonly since: number };

/** What became of those who were told of a behaviour. */
export type SpokenCount = {
  readonly behaviour: string;
  readonly people: number;
  /** Cases opened seven days ago or earlier, and those of them with a proven fix within seven days. */
  readonly opened: number;
  readonly fixed: number;
};

/** How many people answered so. */
export type AnswerCount = { readonly behaviour: string; readonly answer: string; readonly people: number };

export type NoteRow = {
  readonly behaviour: string;
  readonly answer: string;
  readonly by: string;
  readonly text: string;
};

/** The first case of a unit in a time, and whether another followed within ninety days. */
export type FirstCase = {
  readonly behaviour: string;
  readonly unit: string;
  readonly source: string;
  readonly campaign: string;
  readonly features: Features;
  readonly again: boolean;
};

/** A practice mail that somebody followed. */
export type Click = {
  readonly behaviour: string;
  readonly unit: string;
  readonly source: string;
  readonly campaign: string;
};

/**
 * Part of `StoreRead`. A proposal is about everybody: whoever sees some teams only sees none. What is mined is read in a
 * few statements, bounded, and leaves as proposals alone.
 */
export interface ReviewRead {
  /** The latest first. */
  reviews(principal: Principal, filter: ReviewFilter): Promise<readonly ReviewRow[]>;
  review(principal: Principal, id: string): Promise<ReviewRow | undefined>;
  reviewLedger(principal: Principal, id: string): Promise<readonly LedgerRow[]>;
  spokenCounts(
    principal: Principal,
    since: readonly SpokenSince[],
    now: number,
  ): Promise<readonly SpokenCount[]>;
  answerCounts(principal: Principal, since: readonly SpokenSince[]): Promise<readonly AnswerCount[]>;
  /** The latest notes beside answers. */
  replyNotes(principal: Principal, since: readonly SpokenSince[], limit: number): Promise<readonly NoteRow[]>;
  /** Of each behaviour at most so many units, those with the smallest keyed hashes. */
  firstCases(principal: Principal, from: number, to: number, unitsMax: number): Promise<readonly FirstCase[]>;
  clicks(principal: Principal, since: number, limit: number): Promise<readonly Click[]>;
}

/** Part of `StoreWrite`. */
export interface ReviewWrite {
  /** Inserts a proposal, or replaces one that is held. */
  saveReview(row: ReviewRow): Promise<void>;
  lockReview(id: string): Promise<ReviewRow | undefined>;
}
