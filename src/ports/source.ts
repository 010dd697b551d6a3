import type { z } from 'zod';
import type { Event, Json } from '../core/event.ts';
import type { Fingerprinter } from '../core/fingerprint.ts';
import type { Answer } from '../core/message.ts';

/**
 * A source turns one vendor's payload into events. It is pure: no clock, network or randomness of its own, and no
 * secret value leaves it, not even inside an error. The same payload always gives the same events.
 */
export interface Source {
  /** Kebab-case, the name of its folder and of `/v1/sources/{id}`. */
  readonly id: string;
  readonly title: string;
  /**
   * Judges from the beginning of a file whether it is this source's: 0 no … 1 surely. The sample is what
   * `lib/records` read first: parsed where it parses.
   */
  recognise(sample: Sample): number;
  /** Where the records lie in this source's files. The first shape that fits is used. */
  readonly shapes: readonly RecordShape[];
  /** Events of one record; [] when it says nothing that Foldback speaks about; a rejection when it is malformed. */
  map(record: unknown, context: MapContext): readonly Event[] | Rejection;
  readonly webhook?: Webhook;
  /**
   * What a vendor wants to hear that asks once, with a GET and a token that may send events, whether this address
   * expects its deliveries. Undefined for any other request. Header names are in small letters.
   */
  readonly challenge?: (
    headers: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, string>> | undefined;
  readonly pull?: SourcePull;
  /** An answer to a message of ours, as somebody wrote it there. The delivery was verified before. */
  readonly command?: (record: unknown, headers: Readonly<Record<string, string>>) => Command | undefined;
  readonly receiver?: SourceReceiver;
  /** Its events are about simulated mails, each of a campaign (`joins.campaign`). */
  readonly isSimulation?: true;
  /**
   * Whether its columns are those of the secret itself, in bytes from 1 with both ends included, so that what stands
   * there can be read from a clone. `record` then has `blob` and `endLine` where the vendor names them.
   */
  readonly hasExactColumns?: boolean;
  /**
   * Paths in its records whose values are always masks or left out, such as `responseElements.credentials`: a rule that
   * reads one could never match, and is refused.
   */
  readonly masked?: readonly string[];
}

/**
 * How a file is cut into records:
 * - `array`: one JSON document; `path` names the list(s), `*` for any index or key: `[]` the document itself is
 *   the list, `['runs', '*', 'results']` SARIF. `context` names members whose values go along with every record.
 *   With `*` in `context` the member under which the list stood goes along too, named `*`. `follows` names members
 *   before the list: a document that is longer than the sample and shows one fits, though the list comes later.
 * - `document`: one JSON document is one record.
 * - `lines`: one JSON value a line (NDJSON), also with pretty-printed or concatenated values.
 * - `csv`: a header line and rows; the record is an object of strings.
 */
export type RecordShape =
  | {
      readonly format: 'array';
      readonly path: readonly string[];
      readonly context?: readonly string[];
      readonly follows?: readonly string[];
    }
  | { readonly format: 'document' }
  | { readonly format: 'lines' }
  | { readonly format: 'csv'; readonly header: readonly string[] };

export type Sample = {
  readonly format: 'json' | 'lines' | 'csv' | 'empty';
  /** The first record or, of a JSON document too large for the sample, the part that parsed. */
  readonly first: unknown;
  /** Of a JSON document: it goes on after what is here. */
  readonly isPartial?: true;
  /** For CSV: the names in the header line. */
  readonly header?: readonly string[];
  readonly fileName?: string;
};

export type Command = {
  readonly account: { readonly system: string; readonly name: string };
  /** Of the thread, as the channel of that system has it for its messages. */
  readonly reference: string;
  /** `snooze`: to be reminded later. */
  readonly answer: Answer | 'snooze';
  readonly caseCode?: string;
  /** What was written beside it: a reason, who owns it, or how much later. */
  readonly text?: string;
  /** The same for the same comment, however often it is delivered. */
  readonly nonce: string;
};

export type MapContext = {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly fingerprint: Fingerprinter;
  /** Keyed hash of what makes a report the same report: 32 hex. Never rotated. */
  readonly eventId: (parts: readonly string[]) => string;
  /** The repository, when the report does not say: from `--repo` or the repository on the command line. */
  readonly repository?: string;
  /** Members of the document beside the list of records (SARIF tool, GitHub envelope), as the shape asked. */
  readonly document?: Readonly<Record<string, unknown>>;
  /** Webhook headers, lower-case names, when the record came as a delivery. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Why a record was not taken. The reason is shown to the sender: it never quotes a value of the record. */
export type Rejection = { readonly rejected: string; readonly pointer?: string };

export type RawDelivery = {
  readonly headers: Readonly<Record<string, string>>;
  /** As received, before any parsing. */
  readonly body: Uint8Array;
  readonly receivedAt: number;
};

export type Webhook = {
  readonly auth: 'signature' | 'bearer' | 'oidc-jwt' | 'sns';
  /** Checks the delivery with any of the configured secrets, in constant time. An empty secret is refused. */
  verify(delivery: RawDelivery, secrets: readonly string[]): WebhookVerdict;
};

export type WebhookVerdict =
  | {
      readonly ok: true;
      readonly deliveryId?: string;
      /** The sender wants to know whether its deliveries are wanted: an operator says so by opening this address. */
      readonly confirm?: string;
    }
  | { readonly ok: false; readonly reason: 'missing-signature' | 'bad-signature' | 'replayed' | 'no-secret' };

/**
 * Takes deliveries that prove themselves by what is in their body, and whose senders expect answers of their own: a
 * signed token pushed by RFC 8935. Told from reports by the content type.
 */
export type SourceReceiver = {
  readonly types: readonly string[];
  /** What stands under `sources.<id>.receiver`. */
  readonly settings: z.ZodObject;
  /** Takes what `settings` accepted. Errors: `AppError` `bad-config`, also for files that it names. */
  open(settings: unknown): Promise<OpenReceiver>;
};

export type OpenReceiver = { take(delivery: RawDelivery): Promise<ReceiverVerdict> };

export type ReceiverVerdict =
  /** `record` is for `map`; a delivery id that was seen adds nothing. The answer has no body. */
  | { readonly ok: true; readonly record: unknown; readonly deliveryId: string; readonly status: 202 }
  /** Quotes nothing of the delivery. */
  | { readonly ok: false; readonly status: 400; readonly body: { readonly [name: string]: string } };

/**
 * Reads from the vendor what it cannot send here: for installations without a public address. It calls nothing but the
 * origins that it names, so that its token goes nowhere else.
 */
export type SourcePull = {
  /** What stands under `sources.<id>.pull`, beside how often to look. */
  readonly settings: z.ZodObject;
  /** Takes what `settings` accepted and throws on anything else. */
  open(settings: unknown): OpenPull;
};

export type OpenPull = {
  readonly origins: readonly string[];
  /**
   * Everything from the cursors on, in parts that are read to their ends one after another (a repository each, say).
   * A part without a cursor is read from its beginning. A failure of one part leaves the others.
   */
  read(cursors: PullCursors, tools: PullTools): AsyncIterable<Pulled>;
};

export type PullCursors = Readonly<Record<string, Json>>;

export type Pulled =
  /** For `map`. */
  | { readonly kind: 'records'; readonly part: string; readonly records: readonly unknown[] }
  /** The part was read to its end; `cursor` is null while there is nothing to go on from. */
  | { readonly kind: 'done'; readonly part: string; readonly cursor: Json }
  /** The mail of a simulation. */
  | { readonly kind: 'campaign'; readonly part: string; readonly campaign: PulledCampaign }
  /** The reason is shown to operators: it quotes neither the token nor an answer. */
  | { readonly kind: 'failed'; readonly part: string; readonly reason: string };

/** A simulation and the template of its mails; every text is as the source has it. */
export type PulledCampaign = {
  readonly id: string;
  readonly name?: string;
  readonly template: {
    readonly subject: string;
    readonly html: string;
    readonly text: string;
    /** As a header has it. */
    readonly from: string;
    readonly replyTo: string;
    /** Where its links lead. */
    readonly url: string;
    readonly attachments: readonly { readonly name: string; readonly type: string }[];
  };
};

export type PullTools = {
  readonly fetch: (request: PullRequest) => Promise<PullAnswer>;
  readonly now: () => number;
  /** Until the vendor's limit ends, milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
};

export type PullRequest = {
  readonly url: string;
  /** `GET` unless told otherwise. */
  readonly method?: 'POST';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly responseBytesMax: number;
};

export type PullAnswer =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'blocked' | 'failed'; readonly reason: string };

export function isRejection(result: readonly Event[] | Rejection): result is Rejection {
  return 'rejected' in result;
}
