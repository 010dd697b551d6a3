import type { Json } from '../core/event.ts';
import type { Redaction } from '../core/privacy/redact.ts';
import type { Principal } from './principal.ts';

/** That somebody was erased: who did it, when and why, and how much. Not who it was. */
export type ErasureRow = {
  readonly id: string;
  readonly at: number;
  readonly byId: string;
  readonly byName: string;
  readonly reason: string;
  /** What stands for the person wherever their id stood. */
  readonly instead: string;
  /** Rows that were changed, by table. */
  readonly rows: Readonly<Record<string, number>>;
};

/** What was changed by an erasure. */
export type Erased = {
  readonly rows: Readonly<Record<string, number>>;
  /** Cases whose facts named the person. */
  readonly loops: readonly string[];
};

/** Instants before which each kind of detail is forgotten. Epoch milliseconds. */
export type RetentionCutoffs = {
  readonly events: number;
  readonly outcomes: number;
  readonly messages: number;
  readonly refusedReplies: number;
  /** How many messages somebody got on a day. */
  readonly attention: number;
  readonly audit: number;
};
/** What was learnt of owners and of denials goes with the outcomes. */
export type ForgottenClass = keyof RetentionCutoffs | 'learnt' | 'denials';

/** Whom it is about, by every name under which they may stand. */
export type HeldAsk = {
  readonly id: string;
  readonly emails: readonly string[];
  readonly accounts: readonly string[];
  /** Of each class. */
  readonly limit: number;
};

/** What is held about a person, of each class the latest, and how many there are. Nothing of anybody else. */
export type HeldAbout = Readonly<
  Record<
    HeldClass,
    { readonly count: number; readonly items: readonly { readonly [member: string]: Json }[] }
  >
>;
export const heldClasses = ['cases', 'reports', 'messages', 'replies', 'learnt', 'denials'] as const;
export type HeldClass = (typeof heldClasses)[number];

export type PersonLinkRow = {
  readonly hash: string;
  readonly person: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt?: number;
};

/** Part of `StoreWrite`. */
export interface PrivacyWrite {
  /**
   * Takes the names out of every table, whatever it is for; commitments keep the chain of the ledger whole, so only the
   * private values beside it go. Messages that wait for one of `ids` are withdrawn.
   */
  erasePerson(redaction: Redaction, at: number): Promise<Erased>;
  /** Keeps a one-time link; those that are over go. */
  savePersonLink(row: PersonLinkRow): Promise<void>;
  /** Uses a link up; false when it was, or is too old. */
  usePersonLink(hash: string, now: number): Promise<boolean>;
  recordErasure(row: ErasureRow): Promise<void>;
  /** Forgets detail older than the cut-offs, at most `limit` rows of each kind; how many of each. */
  forgetDetail(cutoffs: RetentionCutoffs, limit: number): Promise<Readonly<Record<ForgottenClass, number>>>;
}

/** Part of `StoreRead`. */
export interface PrivacyRead {
  /** The latest first, for whoever sees all teams. */
  erasures(principal: Principal, limit: number): Promise<readonly ErasureRow[]>;
  /** Of all teams, so only for whoever sees them all: the person themselves, through the system, or an administrator. */
  heldAbout(principal: Principal, ask: HeldAsk): Promise<HeldAbout | undefined>;
  personLink(principal: Principal, hash: string): Promise<PersonLinkRow | undefined>;
}
