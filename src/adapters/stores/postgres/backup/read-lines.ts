import { z } from 'zod';
import { AppError } from '../../../../core/errors.ts';
import { lineDigest } from '../../../../lib/line-digest.ts';
import { type BackupEnd, type BackupHead, backupFormat } from '../../../../ports/store-backup.ts';

const headSchema = z.looseObject({
  format: z.literal(backupFormat),
  at: z.int(),
  store: z.enum(['embedded', 'postgres']),
  schema: z.array(z.string()).min(1),
});
const tableSchema = z.looseObject({ table: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/u) });
const endSchema = z.looseObject({
  tables: z.array(z.object({ table: z.string(), rows: z.int(), sha256: z.string() })),
  ledger: z.object({ loops: z.int(), entries: z.int(), sha256: z.string() }),
});

/** What happens while a backup is read, in its order. */
export type BackupReader = {
  head(head: BackupHead): Promise<void>;
  table(name: string): Promise<void>;
  row(row: string): Promise<void>;
};

export type ReadBackup = { readonly head: BackupHead; readonly end: BackupEnd };

/**
 * Reads a backup to its end and holds every row against what the end says.
 *
 * @throws AppError `bad-backup` for what is none, was cut off, or was changed
 */
export async function readBackup(
  lines: AsyncIterable<string>,
  reader: Partial<BackupReader> = {},
): Promise<ReadBackup> {
  let head: BackupHead | undefined;
  let end: BackupEnd | undefined;
  let open: { readonly table: string; readonly digest: ReturnType<typeof lineDigest> } | undefined;
  const read: { table: string; rows: number; sha256: string }[] = [];
  const close = (): void => {
    if (open === undefined) return;
    const { n, sha256 } = open.digest.end();
    read.push({ table: open.table, rows: n, sha256 });
    open = undefined;
  };
  let n = 0;
  for await (const line of lines) {
    n += 1;
    const kind = line.charAt(0);
    const text = line.slice(1);
    if (end !== undefined) throw faulty(`line ${n}: something follows its end`);
    if (head === undefined) {
      if (kind !== 'h') throw faulty('it does not begin as a backup does');
      head = shaped(headSchema, text, n);
      await reader.head?.(head);
    } else if (kind === 'r') {
      if (open === undefined) throw faulty(`line ${n}: a row stands in no table`);
      open.digest.add(text);
      await reader.row?.(text);
    } else if (kind === 't') {
      close();
      open = { table: shaped(tableSchema, text, n).table, digest: lineDigest() };
      await reader.table?.(open.table);
    } else if (kind === 'e') {
      close();
      end = shaped(endSchema, text, n);
    } else throw faulty(`line ${n}: it is no line of a backup`);
  }
  if (head === undefined) throw faulty('it is empty');
  if (end === undefined) throw faulty('it was cut off: its end is missing');
  compare(read, end.tables);
  return { head, end };
}

function compare(read: BackupEnd['tables'], said: BackupEnd['tables']): void {
  for (const [n, table] of said.entries()) {
    const found = read[n];
    if (found?.table !== table.table) throw faulty(`table ${table.table} is missing`);
    if (found.rows !== table.rows)
      throw faulty(`table ${table.table} has ${found.rows} rows instead of ${table.rows}`);
    if (found.sha256 !== table.sha256) throw faulty(`rows of table ${table.table} were changed`);
  }
  if (read.length > said.length) throw faulty('it has tables that its end does not name');
}

function shaped<T>(schema: z.ZodType<T>, text: string, line: number): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw faulty(`line ${line} is not as it must be`);
  }
}

export function faulty(detail: string): AppError {
  return new AppError('bad-backup', detail);
}
