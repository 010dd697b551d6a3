import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTables } from '../../adapters/stores/postgres/backup/restore.ts';
import { readServerFile } from '../../lib/server-file.ts';
import { lockData } from '../../serve.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, note } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

export type DbRemoveFlags = ConfigFlags & { readonly yes?: boolean };

/** What a restore or a backup left beside the store: data as much as the store itself. */
const leftName = /^(?:store\.(?:before|restored)-[0-9a-f]+|(?:sent|moving)-[0-9a-z]+\.gz)$/u;

/** What a data folder holds of ours; anything else in it stays. */
const ownNames = [
  'store',
  'keys.json',
  'keys.env',
  'data.key',
  'checkpoints.jsonl',
  'backups',
  'server.json',
];

/** Removes everything that was ever stored here. Without `--yes` it only says what that would be. */
export async function dbRemoveCommand(flags: DbRemoveFlags): Promise<ExitCode> {
  const { config } = await openSettings(flags);
  const { dir } = config.data;
  const running = await readServerFile(dir);
  if (running !== undefined)
    throw new CliError(`A server runs on this data (process ${running.pid}). Stop it first.`, exit.failed);
  const { url } = config.database;
  const paths = [
    ...[...ownNames, ...leftIn(dir)].map((name) => join(dir, name)),
    ...(config.ledger.checkpoints === undefined ? [] : [config.ledger.checkpoints]),
  ].filter(existsSync);
  if (url !== undefined) line(`all tables of Foldback in the database ${new URL(url).pathname.slice(1)}`);
  for (const path of paths) line(path);
  if (flags.yes !== true) {
    note('Nothing was removed. With --yes all of this goes, and nothing brings it back.');
    return exit.ok;
  }
  const lock = url === undefined && existsSync(dir) ? await lockData(dir) : undefined;
  try {
    if (url !== undefined) await removeTables(url);
    for (const path of paths) await rm(path, { recursive: true, force: true });
  } finally {
    await lock?.release();
  }
  note('Removed. Copies elsewhere are not: backups, exported evidence, mail that was sent, logs.');
  return exit.ok;
}

function leftIn(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir).filter((name) => leftName.test(name)) : [];
}
