/**
 * Every cap on what comes from outside, by name. A value past its cap is refused with the cap's name; nothing is
 * cut silently. Characters are UTF-16 code units.
 */
export const limits = {
  /** GitHub sends webhook bodies of up to 25 MB; no other vendor sends more. */
  bodyBytesMax: 25 * 1024 * 1024,
  /** Unpacked bytes of one imported file: a year of findings of a large organisation is below 10 GiB. */
  fileBytesMax: 64 * 1024 ** 3,
  /** Deflate can reach 1032:1; real reports stay below 60:1. */
  unpackedRatioMax: 200,
  /** The ratio says nothing about small files: it is judged from this many unpacked bytes on. */
  unpackedRatioFromBytes: 4 * 1024 * 1024,
  /** Levels of arrays and objects in one record; the deepest vendor record known has 14. */
  depthMax: 64,
  /** Characters of one string or member name, escapes counted as written. */
  stringCharsMax: 1024 * 1024,
  /** Values and containers in one record; a push of 2,048 commits has about 60,000. */
  membersMax: 250_000,
  /** Characters of one record of a list, line or row. */
  recordCharsMax: 4 * 1024 * 1024,
  /** Characters of a document that is one record, such as a saved webhook body. */
  documentCharsMax: 25 * 1024 * 1024,
  /** Columns of a CSV header. */
  columnsMax: 512,
  /** Characters of a file read to tell what it is. */
  sampleChars: 256 * 1024,
  /** Characters of records held back while a list's context has not been seen yet. */
  heldBackCharsMax: 4 * 1024 * 1024,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };
