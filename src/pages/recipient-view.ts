import type { SnoozeChoice } from '../core/loop/snooze.ts';
import type { Answer } from '../core/message.ts';
import type { MailView } from './mail-part.ts';
import type { WrongReason } from './reply-form.ts';

/**
 * What the recipient's page shows: plain data, no markup. Times are epoch milliseconds, dates `YYYY-MM-DD`.
 * Texts marked "pack" were rendered from a pack; texts marked "outside" may be hostile. The page escapes both.
 */
export type RecipientView = {
  readonly reader: { readonly timeZone: string };
  readonly house: House;
  readonly form: PageForm;
  readonly case: CaseView;
  /** The simulated mail that the case is about. */
  readonly mail?: MailView;
  /** How we know, masked: `{label: 'Key', value: '[secret:stripe …9Qx2 #3fa9c1]'}`. Label pack, value outside. */
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  /** Pack: what it could have led to, in one sentence. */
  readonly consequence?: string;
  /** Pack: what to look for next time, in one sentence. */
  readonly clue?: string;
  /** Pack. */
  readonly learnMore?: PackLink;
  readonly seenBy: readonly SeenBy[];
  /** When this case is deleted. */
  readonly keptUntil?: number;
  /** Pack: `OWASP NHI 2025 NHI2`. */
  readonly frameworks: readonly string[];
  /** What was wrong with the answer just posted; the page then has status 422. */
  readonly problem?: ReplyProblemView;
};

/** Several cases for one recipient, each answered on its own. */
export type DigestView = {
  readonly reader: { readonly timeZone: string };
  readonly house: House;
  readonly form: PageForm;
  readonly cases: readonly CaseView[];
  /** How many more wait behind these: the page stays small. */
  readonly more: number;
  readonly problem?: ReplyProblemView & { readonly caseCode: string };
};

/** Who speaks, and how to check that it is them. */
export type House = {
  /** `Security team, Example Corp`. */
  readonly sender: string;
  /** Name of the duty role. */
  readonly duty: string;
  /** Host name a reader may type by hand: `feedback.example.com`. */
  readonly host: string;
};

export type PageForm = {
  /** Where the page is posted to: its own path. */
  readonly path: string;
  /** Bound to this link and page by HMAC; there are no cookies to compare it with. */
  readonly nonce: string;
};

export type CaseView = {
  readonly code: string;
  /** Pack: what happened, as one line. */
  readonly title: string;
  readonly occurredAt: number;
  readonly where: {
    readonly repository?: string;
    readonly file?: string;
    readonly line?: number;
    readonly commit?: string;
    readonly branch?: string;
    readonly identity?: string;
  };
  readonly now: {
    readonly state: 'active' | 'inactive' | 'unknown';
    readonly checkedAt?: number;
    /** Pack: replaces the usual sentence of the state. */
    readonly text?: string;
  };
  readonly step: {
    /** Pack: one imperative sentence. */
    readonly text: string;
    readonly minutes?: number;
    /** Pack: how it goes at this provider, in order. */
    readonly list: readonly string[];
    /** Pack: the provider's official page. */
    readonly link?: PackLink;
  };
  readonly offered: readonly Answer[];
  /** Bounds of `accept risk`, in the recipient's calendar. Without them it is not offered. */
  readonly acceptRisk?: { readonly first: string; readonly last: string };
  /** Until when it may be put off; nothing where it cannot be. */
  readonly snoozes?: readonly { readonly choice: SnoozeChoice; readonly until: number }[];
  readonly status: CaseStatus;
  /** The case's own page, in a digest: `/r/{token}?case=…`. */
  readonly path?: string;
};

export type CaseStatus =
  /** `disprovedAt`: "done" was answered, and a later look showed that it still works. */
  | { readonly kind: 'open'; readonly disprovedAt?: number; readonly snoozedUntil?: number }
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      readonly at: number;
      readonly person?: string;
      readonly reason?: WrongReason;
      readonly note?: string;
      readonly until?: string;
    }
  | { readonly kind: 'verified'; readonly at: number; readonly holdUntil?: number }
  | { readonly kind: 'held'; readonly at: number; readonly verifiedAt?: number }
  | {
      readonly kind: 'closed';
      readonly why:
        | 'dismissed'
        | 'accepted'
        | 'incident'
        | 'reassigned'
        | 'merged'
        | 'unprovable'
        | 'orphaned';
      readonly at: number;
      readonly until?: string;
    };

export type PackLink = { readonly label: string; readonly url: string };
/** Without `fromAt`: from the start. With it: only if nobody answered until then. */
export type SeenBy = { readonly who: string; readonly fromAt?: number };

export type ReplyProblemView = {
  readonly answer?: Answer | 'snooze';
  readonly problem:
    | 'unclear'
    | 'reason-missing'
    | 'date-missing'
    | 'date-outside'
    | 'page-too-old'
    | 'sign-in-first'
    | 'cannot-wait'
    | 'waited-too-long';
  /** Where the reader signs in, and how it is called. */
  readonly signIn?: { readonly path: string; readonly label: string };
};
