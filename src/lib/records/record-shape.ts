/**
 * How a file is cut into records:
 * - `array`: one JSON document; `path` names the list(s), `*` for any index or key. `context` names members of the
 *   objects around the list whose values go along with every record.
 *   With `*` in `context` the member under which the list stood goes along too, named `*`. `follows` names members
 *   before the list: a document that is longer than the sample and shows one fits, though the list comes later.
 * - `document`: one JSON document is one record.
 * - `lines`: one JSON value a line, also pretty-printed or concatenated.
 * - `csv`: a header line and rows; a record is an object of strings.
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
  /** The first record of lines or rows; of a JSON document all of it, or as much as the sample holds. */
  readonly first: unknown;
  /** Of a JSON document: it goes on after what is here. */
  readonly isPartial?: true;
  readonly header?: readonly string[];
  readonly fileName?: string;
};

/** Why reading stopped or a record was left out. `reason` never quotes the data. */
export type ReadFaultCode =
  | 'bad-json'
  | 'bad-record'
  | 'too-large'
  | 'too-deep'
  | 'too-many'
  | 'compression-ratio';

/** `index` counts records from 0, bad ones too; `line` is where the record begins, from 1. */
export type RecordItem =
  | {
      readonly kind: 'record';
      readonly value: unknown;
      readonly index: number;
      readonly line: number;
      readonly context?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'bad'; readonly reason: string; readonly index: number; readonly line: number }
  | {
      readonly kind: 'unreadable';
      readonly code: ReadFaultCode;
      readonly reason: string;
      readonly index: number;
      readonly line: number;
    };

/** Cuts text, handed over in pieces of any size, into records. */
export type Cutter = {
  push(text: string): readonly RecordItem[];
  end(): readonly RecordItem[];
};

/** The input as a whole cannot be read on: damaged compression, a cap on the whole, broken structure. */
export class ReadFault extends Error {
  readonly code: ReadFaultCode;
  readonly reason: string;

  constructor(code: ReadFaultCode, reason: string) {
    super(`${code}: ${reason}`);
    this.name = 'ReadFault';
    this.code = code;
    this.reason = reason;
  }
}
