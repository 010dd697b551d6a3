import type { Event } from '../core/event.ts';
import type { Fingerprinter } from '../core/fingerprint.ts';

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
}

/**
 * How a file is cut into records:
 * - `array`: one JSON document; `path` names the list(s), `*` for any index or key: `[]` the document itself is
 *   the list, `['runs', '*', 'results']` SARIF. `context` names members whose values go along with every record.
 *   With `*` in `context` the member under which the list stood goes along too, named `*`. `follows` names a member
 *   before the list: a document that is longer than the sample and shows it fits, though the list comes later.
 * - `document`: one JSON document is one record.
 * - `lines`: one JSON value a line (NDJSON), also with pretty-printed or concatenated values.
 * - `csv`: a header line and rows; the record is an object of strings.
 */
export type RecordShape =
  | {
      readonly format: 'array';
      readonly path: readonly string[];
      readonly context?: readonly string[];
      readonly follows?: string;
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
  | { readonly ok: true; readonly deliveryId?: string }
  | { readonly ok: false; readonly reason: 'missing-signature' | 'bad-signature' | 'replayed' | 'no-secret' };

export function isRejection(result: readonly Event[] | Rejection): result is Rejection {
  return 'rejected' in result;
}
