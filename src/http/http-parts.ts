import type { z } from 'zod';
import type { ClaimVerdict } from '../access/claim.ts';
import type { Principal } from '../access/principal.ts';
import type { TokenIssue, TokenRequest } from '../access/token.ts';
import type { ByHandForm } from '../core/by-hand.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { PublicKey } from '../ledger/seal.ts';
import type { SigningKey } from '../lib/ed25519.ts';
import type { Limits } from '../lib/limits.ts';
import type { Log } from '../lib/log.ts';
import type { MeasureSettings } from '../loop/measure-scope.ts';
import type { LoopParts } from '../loop/parts.ts';
import type { Packs } from '../packs/load.ts';
import type { PreviewChannel } from '../packs/preview.ts';
import type { PageWords } from '../pages/page-words.ts';
import type { MapContext, OpenReceiver, Source } from '../ports/source.ts';
import type { DirectoryRow } from '../ports/store.ts';
import type { AccountDesk, FactorDesk, SessionDesk, SingleSignOn } from './access-desks.ts';
import type { LinkDesk } from './link-desk.ts';
import type { PolicyDesk } from './policy/policy-desk.ts';

/** Everything the doors need, handed in by `app.ts`: exactly what they use of it, so that a test can build it. */
export type HttpParts = {
  readonly config: HttpSettings;
  readonly log: Log;
  readonly parts: LoopParts;
  readonly packs: Packs<PageWords>;
  /** Each channel by what its reader sees of a message. */
  readonly previews: readonly PreviewChannel[];
  readonly sources: readonly Source[];
  /** Secrets of a source's webhook, the current one first; empty when none is set. */
  readonly sourceSecrets: (source: string) => readonly string[];
  /** Of sources that are set up to take signed deliveries, by id. */
  readonly receivers: ReadonlyMap<string, OpenReceiver>;
  readonly mapContext: (receivedAt: number) => MapContext;
  /** Reads a report of any length; see `adapters/read-events.ts`. */
  readonly readReport: (input: ReportInput, options: ReportOptions) => AsyncIterable<ReportBatch>;
  readonly byHand: ByHand;
  /** Keeps the people and groups that an identity provider pushes. */
  readonly directory: DirectoryDesk;
  /** Where accounts of people come from, and what of it is wrong. */
  readonly links: LinkDesk;
  /** Decides at run time. */
  readonly policies: PolicyDesk;
  /** Signs evidence that is exported. */
  readonly signer: SigningKey;
  /** Public halves of all keys that ever signed checkpoints here. */
  readonly publicKeys: readonly PublicKey[];
  /** Key of the nonces in forms. */
  readonly formKey: Uint8Array;
  /** Whether the embedded store is used. */
  readonly isEvaluation: boolean;
  /** An invented company: every screen says so. */
  readonly isDemonstration?: boolean;
  readonly claim: {
    judge(token: string): Promise<ClaimVerdict>;
    take(token: string, name: string, account?: ClaimAccount): Promise<ClaimTaken>;
    /** The path of a new claim link; undefined once somebody claimed. */
    offer(): Promise<string | undefined>;
  };
  readonly issueToken: (request: TokenRequest, issuer: Principal) => Promise<TokenIssue>;
  /** Who presents this token; undefined for any that is not valid now. */
  readonly authenticate: (token: string) => Promise<Principal | undefined>;
  /** Browsers that are signed in. */
  readonly sessions: SessionDesk;
  /** Local accounts. */
  readonly accounts: AccountDesk;
  /** Second factors and passwords of people with a local account, in their own hands. */
  readonly factors: FactorDesk;
  /** Where single sign-on is set up. */
  readonly singleSignOn?: SingleSignOn | undefined;
  /** Everything stored, packed; see `ports/store-backup.ts`. */
  readonly backup: () => Promise<{ readonly name: string; readonly bytes: ReadableStream<Uint8Array> }>;
  readonly isReady: () => Promise<boolean>;
  /** Where the built console lies, if elsewhere than usual. */
  readonly consoleFolder?: string;
};

/** What the doors read of the configuration. */
export type HttpSettings = {
  readonly organisation: { readonly name: string };
  readonly http: {
    readonly hosts: readonly string[];
    readonly publicUrl?: string | undefined;
    readonly requestsPerMinuteMax: number;
    /** Addresses and ranges of proxies in front, whose `X-Forwarded-For` is believed. */
    readonly trustedProxies?: readonly string[] | undefined;
  };
  readonly delivery: {
    readonly mode: 'shadow' | 'live';
    readonly channel: string;
    readonly language: string;
    readonly timeZone: string;
  };
  /** What measures assume and hide. */
  readonly measures: MeasureSettings;
  /** Days for which detail about people is kept, by class. */
  readonly privacy: { readonly retention: Readonly<Record<RetentionDays, number>> };
  /** Caps on what is sent; those that are not given are the usual ones. */
  readonly limits: Partial<Limits> & Pick<Limits, 'bodyBytesMax'>;
};

export type RetentionDays =
  | 'eventDays'
  | 'outcomeDays'
  | 'messageDays'
  | 'refusedReplyDays'
  | 'decisionDays'
  | 'auditDays';

/** A name and a password that the first administrator wants beside the token. */
export type ClaimAccount = { readonly login: string; readonly password: string };

export type ClaimTaken = {
  /** `weak`, `bad-login`: of the account; nothing was claimed. */
  readonly verdict: ClaimVerdict | 'weak' | 'bad-login';
  readonly token?: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
};

export type ReportInput = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export type ReportOptions = {
  /** Told from the beginning of the input when left out. */
  readonly source?: Source;
  readonly context: MapContext;
  readonly fileName?: string;
  readonly limits?: Limits;
};

export type ReportBatch = {
  readonly items: readonly ReportItem[];
  /** Records seen up to here. */
  readonly records: number;
  readonly source: Source | undefined;
};

/** One thing read: `line` counts from 1, `index` from 0. After a `fatal` rejection nothing more is read. */
export type ReportItem =
  | { readonly event: Event; readonly line: number; readonly index: number }
  | {
      readonly rejected: string;
      readonly pointer?: string;
      readonly line: number;
      readonly index: number;
      readonly code: ErrorCode;
      readonly fatal: boolean;
    };

/** A case that a person reports: the fields, and the event that they are. */
export type ByHand = {
  readonly input: z.ZodObject;
  /** @param input what `input` accepted */
  event(input: unknown, form: ByHandForm, context: MapContext): Event;
};

/** People and groups that an identity provider pushes: stored, and in the list of people from the same moment on. */
export type DirectoryDesk = {
  /** A new entry; undefined when another one of its kind has the name. */
  add(given: DirectoryWords): Promise<DirectoryRow | undefined>;
  /** Changes an entry under its lock. `change` gives what it is from now on. */
  change<Refusal>(
    kind: DirectoryRow['kind'],
    id: string,
    change: (row: DirectoryRow) => DirectoryWords | { readonly refused: Refusal },
  ): Promise<
    | { readonly kind: 'changed'; readonly row: DirectoryRow }
    | { readonly kind: 'missing' }
    | { readonly kind: 'taken' }
    | { readonly kind: 'refused'; readonly refusal: Refusal }
  >;
  /** False when there is none. */
  remove(kind: DirectoryRow['kind'], id: string): Promise<boolean>;
};

/** What an entry says. */
export type DirectoryWords = Pick<DirectoryRow, 'kind' | 'name' | 'externalId' | 'isActive' | 'body'>;
