import { randomBytes } from 'node:crypto';
import { openApp } from '../../app.ts';
import { findKeys } from '../../config/keys-store.ts';
import { createLog } from '../../lib/log.ts';
import { lockData } from '../../serve.ts';
import { type ExitCode, exit } from '../exit.ts';
import { next, note } from '../output.ts';
import { type ConfigFlags, openSettings } from '../settings.ts';

/** Brings the schema up to date. Opening does it, under a lock; a killed run goes on where it was. */
export async function dbMigrateCommand(flags: ConfigFlags): Promise<ExitCode> {
  const { config } = await openSettings(flags);
  const lock = config.database.url === undefined ? await lockData(config.data.dir) : undefined;
  try {
    const found = await findKeys(config, randomBytes);
    const app = await openApp({ config, keys: found.keys, log: createLog({ level: 'warn' }) });
    await app.close();
    if (found.source === 'generated')
      note(`New keys are in ${found.path}. Keep a copy of them apart from the data.`);
  } finally {
    await lock?.release();
  }
  note('The schema is up to date.');
  next('npx foldback serve');
  return exit.ok;
}
