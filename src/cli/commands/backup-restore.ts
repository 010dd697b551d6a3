import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  isEmptyPostgres,
  restoreEmbedded,
  restorePostgres,
} from '../../adapters/stores/postgres/backup/restore.ts';
import { openPostgres } from '../../adapters/stores/postgres/open.ts';
import { backupName, writeBackup } from '../../backup-file.ts';
import { placeDataKeys } from '../../config/data-key.ts';
import { keysFileText, placeKeysFile } from '../../config/keys-store.ts';
import type { Config } from '../../config/schema.ts';
import { readServerFile } from '../../lib/server-file.ts';
import { lockData } from '../../serve.ts';
import { readWhole, said, saidText, type WholeBackup } from '../backup-summary.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

export type BackupRestoreFlags = ConfigFlags & { readonly replace?: boolean; readonly json?: boolean };

/** Puts a backup in the place of what is stored, whole or not at all. */
export async function backupRestoreCommand(file: string, flags: BackupRestoreFlags): Promise<ExitCode> {
  const { config } = await openSettings(flags);
  const running = await readServerFile(config.data.dir);
  if (running !== undefined)
    throw new CliError(`A server runs on this data (process ${running.pid}). Stop it first.`, exit.failed);
  const url = config.database.url;
  const { read, former } =
    url === undefined ? await intoFolder(file, config, flags) : await intoDatabase(file, url, config, flags);
  if (flags.json === true) writeJson({ file, ...said(read), ...(former === undefined ? {} : { former }) });
  else line(saidText(read));
  if (former !== undefined)
    note(`What was there before is in ${former}. Remove it when you no longer need it.`);
  next('npx foldback doctor', 'npx foldback serve');
  return exit.ok;
}

type Restored = { readonly read: WholeBackup; readonly former?: string };

async function intoFolder(file: string, config: Config, flags: BackupRestoreFlags): Promise<Restored> {
  const { dir } = config.data;
  const lock = await lockData(dir);
  try {
    const folder = join(dir, 'store');
    if (existsSync(folder) && flags.replace !== true) throw occupied(dir);
    // Where the backup does not load, nothing has changed: it is built aside.
    const { keys } = await readWhole(file);
    await checkKeysAtHand(dir, keys?.keys);
    const read = await readWhole(file, (lines) => restoreEmbedded(folder, lines));
    if (keys !== undefined) await placeKeysFile(dir, keys.keys);
    if (keys?.data !== undefined) await placeDataKeys(dir, keys.data);
    const former = 'former' in read && typeof read.former === 'string' ? read.former : undefined;
    return { read, ...(former === undefined ? {} : { former }) };
  } finally {
    await lock.release();
  }
}

/** Data without its keys is of no use: it is said before anything is replaced. */
async function checkKeysAtHand(dir: string, inBackup: string | undefined): Promise<void> {
  const present = await keysFileText(dir);
  if (inBackup === undefined && present === undefined)
    throw new CliError(
      `This backup holds no keys, and there is no ${join(dir, 'keys.json')}. Put the keys that belong to it there first.`,
      exit.failed,
    );
  if (inBackup !== undefined && present !== undefined && inBackup !== present)
    throw new CliError(
      `This backup holds other keys than ${join(dir, 'keys.json')}. Put that file away first, if the backup's are the right ones.`,
      exit.failed,
    );
}

async function intoDatabase(
  file: string,
  url: string,
  config: Config,
  flags: BackupRestoreFlags,
): Promise<Restored> {
  await readWhole(file);
  if (await isEmptyPostgres(url))
    return { read: await readWhole(file, (lines) => restorePostgres(url, lines)) };
  if (flags.replace !== true) throw occupied('this database');
  const now = Date.now();
  const former = join(config.backup.dir ?? join(config.data.dir, 'backups'), `before-${backupName(now)}`);
  const store = await openPostgres(url, { connectionsMax: 1 });
  try {
    await writeBackup(store, former, now);
  } finally {
    await store.close();
  }
  return { read: await readWhole(file, (lines) => restorePostgres(url, lines)), former };
}

function occupied(place: string): CliError {
  return new CliError(
    `Something is stored in ${place} already. With --replace the backup takes its place; what is there is kept beside it.`,
    exit.failed,
  );
}
