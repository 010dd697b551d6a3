import { open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backupName } from '../../backup-file.ts';
import { dataKeysText } from '../../config/data-key.ts';
import { keysFileText } from '../../config/keys-store.ts';
import { addKeys, type BackupKeys } from '../backup-keys.ts';
import { readWhole, said } from '../backup-summary.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';
import { glanceSettings } from '../settings.ts';

export type BackupCreateFlags = StoreFlags & {
  readonly out?: string;
  readonly withKeys?: boolean;
  readonly json?: boolean;
};

/** Writes a backup whole or not at all, and reads it again before it says so. */
export async function backupCreateCommand(flags: BackupCreateFlags): Promise<ExitCode> {
  const keys = flags.withKeys === true ? await localKeys(flags) : undefined;
  const out = resolve(flags.out ?? backupName(Date.now()));
  const draft = `${out}.part`;
  try {
    await fetchTo(draft, flags);
    if (keys !== undefined) await addKeys(draft, keys);
    const read = await readWhole(draft);
    await rename(draft, out);
    if (flags.json === true) writeJson({ file: out, ...said(read) });
    else line(out);
    if (read.hasKeys) note('It holds the keys: whoever has it can read and forge everything. Lock it away.');
    else note('It holds no keys. Without a copy of them, kept apart, it cannot be used.');
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  next(`npx foldback backup verify ${out}`);
  return exit.ok;
}

async function fetchTo(path: string, flags: StoreFlags): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      error.code === 'EEXIST'
        ? `${path} is there: another backup is being made, or one broke off. Remove it first.`
        : `${path} cannot be written: ${error.message}`,
    );
  });
  try {
    await withSession(flags, (session) =>
      session.text({
        method: 'GET',
        path: '/v1/backup',
        accept: 'application/gzip',
        onBytes: async (bytes) => {
          await file.writeFile(bytes);
        },
      }),
    );
    await file.sync();
  } finally {
    await file.close();
  }
}

async function localKeys(flags: StoreFlags): Promise<BackupKeys> {
  const { config } = await glanceSettings(flags);
  const text = await keysFileText(config.data.dir);
  const data = dataKeysText(config.data.dir);
  if (text !== undefined) return { keys: text, ...(data === undefined ? {} : { data }) };
  throw new CliError(
    `There are no keys in ${join(config.data.dir, 'keys.json')}: those of this installation come from the settings. Keep a copy of these.`,
  );
}
