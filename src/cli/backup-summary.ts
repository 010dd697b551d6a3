import { type ReadBackup, readBackup } from '../adapters/stores/postgres/backup/read-lines.ts';
import { type BackupKeys, linesAndKeys } from './backup-keys.ts';
import { CliError } from './exit.ts';

export type WholeBackup = ReadBackup & { readonly hasKeys: boolean };

/**
 * Reads a backup to its end.
 *
 * @param read what is done with its lines; counting them unless given
 */
export async function readWhole(
  path: string,
  read: (lines: AsyncIterable<string>) => Promise<ReadBackup> = readBackup,
): Promise<WholeBackup & { readonly keys?: BackupKeys }> {
  let keys: BackupKeys | undefined;
  const found = await read(
    linesAndKeys(path, (held) => {
      keys = held;
    }),
  ).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CliError(`${path} is not there.`);
    throw error;
  });
  return { ...found, hasKeys: keys !== undefined, ...(keys === undefined ? {} : { keys }) };
}

/** What is said of a backup, for programs. */
export function said({ head, end, hasKeys }: WholeBackup): Readonly<Record<string, unknown>> {
  return {
    madeAt: new Date(head.at).toISOString(),
    store: head.store,
    schema: head.schema.at(-1),
    rows: end.tables.reduce((sum, { rows }) => sum + rows, 0),
    ledger: end.ledger,
    keys: hasKeys,
  };
}

export function saidText({ head, end, hasKeys }: WholeBackup): string {
  const rows = end.tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `made      ${new Date(head.at).toISOString()} from the ${head.store === 'embedded' ? 'embedded store' : 'PostgreSQL'}`,
    `schema    ${head.schema.at(-1)}`,
    `rows      ${rows} in ${end.tables.length} tables`,
    `ledger    ${end.ledger.loops} chains, ${end.ledger.entries} entries, head ${end.ledger.sha256}`,
    `keys      ${hasKeys ? 'it holds them' : 'none: they must come from elsewhere'}`,
  ].join('\n');
}
