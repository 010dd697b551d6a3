import { appendFile, open } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { backupLines } from '../backup-file.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { CliError } from './exit.ts';

/** Keys stand behind the end of a backup, as a packed part of their own: a server never gives them away. */
const keysLine = 'k';
const keysText = z.string().max(64 * 1024);
const keysSchema = z.object({ keys: keysText, data: keysText.exactOptional() });

export type BackupKeys = {
  /** Of the file of keys. */
  readonly keys: string;
  /** The keys that seal secrets, one a line, where there are any. */
  readonly data?: string;
};

/** Adds keys to a finished backup. */
export async function addKeys(path: string, keys: BackupKeys): Promise<void> {
  await appendFile(path, gzipSync(`${keysLine}${JSON.stringify(keys)}\n`));
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The lines of a backup without its keys; these are told to `onKeys`. */
export async function* linesAndKeys(
  path: string,
  onKeys: (keys: BackupKeys) => void,
): AsyncGenerator<string, void, undefined> {
  for await (const line of backupLines(path)) {
    if (!line.startsWith(keysLine)) {
      yield line;
      continue;
    }
    const keys = keysSchema.safeParse(jsonOrUndefined(line.slice(keysLine.length)));
    if (!keys.success) throw new CliError('The keys in this backup cannot be read.');
    onKeys(keys.data);
  }
}
