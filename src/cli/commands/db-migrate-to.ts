import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isEmptyPostgres, restorePostgres } from '../../adapters/stores/postgres/backup/restore.ts';
import { openEmbedded } from '../../adapters/stores/postgres/open.ts';
import { writeBackup } from '../../backup-file.ts';
import { dataKeysText } from '../../config/data-key.ts';
import { isDatabaseUrl } from '../../config/fields.ts';
import { keysFileText, keysSettings } from '../../config/keys-store.ts';
import { replacePrivateFile } from '../../lib/keys-file.ts';
import { readServerFile } from '../../lib/server-file.ts';
import { lockData } from '../../serve.ts';
import { readWhole, said, saidText } from '../backup-summary.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

export type MigrateToFlags = ConfigFlags & { readonly keysOut?: string; readonly json?: boolean };

/** Moves what is stored from the folder to a PostgreSQL: there whole or not at all, here untouched. */
export async function dbMigrateToCommand(given: string, flags: MigrateToFlags): Promise<ExitCode> {
  const { config } = await openSettings(flags);
  const { dir } = config.data;
  const url = given === '-' ? (await text(process.stdin)).trim() : given;
  if (!isDatabaseUrl(url))
    throw new CliError('Write the database as postgres://user:password@host:5432/name.');
  if (config.database.url !== undefined)
    throw new CliError(
      'These settings name a database already. Run it with the settings of the embedded store.',
    );
  const folder = join(dir, 'store');
  if (!existsSync(folder)) throw new CliError(`Nothing is stored in ${dir}.`, exit.notFound);
  const running = await readServerFile(dir);
  if (running !== undefined)
    throw new CliError(
      `A server runs on this data (process ${running.pid}). Stop it first, so that nothing is taken meanwhile.`,
      exit.failed,
    );
  if (!(await isEmptyPostgres(url)))
    throw new CliError(
      'Something of Foldback is stored in that database already. Name an empty one.',
      exit.failed,
    );
  const lock = await lockData(dir);
  const file = join(dir, `moving-${process.pid}.gz`);
  try {
    const store = await openEmbedded(folder);
    try {
      await writeBackup(store, file, Date.now());
    } finally {
      await store.close();
    }
    const read = await readWhole(file, (lines) => restorePostgres(url, lines));
    const keysPath = flags.keysOut ?? join(dir, 'keys.env');
    const keys = await keysFileText(dir);
    const data = dataKeysText(dir)?.split('\n').join(',');
    const sealing = data === undefined ? '' : `FOLDBACK__KEYS__DATA=${data}\n`;
    if (keys !== undefined) await replacePrivateFile(keysPath, `${keysSettings(keys)}${sealing}`);
    if (flags.json === true)
      writeJson({ ...said(read), ...(keys === undefined ? {} : { keysFile: keysPath }) });
    else line(saidText(read));
    if (keys !== undefined)
      note(
        `The keys are in ${keysPath}, as variables of the environment. Every process on that database needs them.`,
      );
    note(`The embedded store in ${folder} is as it was. Remove it when all is well.`);
    next('set DATABASE_URL and those variables, then: npx foldback doctor');
  } finally {
    await rm(file, { force: true });
    await lock.release();
  }
  return exit.ok;
}
