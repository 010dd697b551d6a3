/**
 * A backup is a text, a line at a time, that any version from its own on can load into any of the stores. The first
 * letter of a line says what it is, the rest is JSON: `h` the head, `t` a table that begins, `r` one of its rows, `e` the end.
 * Nothing of it depends on which store wrote it.
 */
export const backupFormat = 'foldback-backup/1';

export type BackupHead = {
  readonly format: typeof backupFormat;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly store: 'embedded' | 'postgres';
  /** Steps of the schema that the rows have, in order. */
  readonly schema: readonly string[];
};

export type BackupTable = { readonly table: string; readonly rows: number; readonly sha256: string };

/** Says what must have been read; a backup without it was cut off. */
export type BackupEnd = {
  readonly tables: readonly BackupTable[];
  readonly ledger: LedgerHead;
};

/** One figure over the heads of all chains, in the order of their loops: equal only where every story is. */
export type LedgerHead = { readonly loops: number; readonly entries: number; readonly sha256: string };
