import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';

/** What is in memory does not survive its process: its log need not be ready for a crash, nor be made ahead of use. */
const inMemorySettings = ['full_page_writes=off', 'wal_init_zero=off', 'wal_recycle=off'].flatMap(
  (setting) => ['-c', setting],
);

/** An empty embedded database in memory. It is unpacked: making one anew takes seconds of processor time. */
export async function inMemory(): Promise<PGlite> {
  return PGlite.create({
    loadDataDir: await dataDir(),
    startParams: [...PGlite.defaultStartParams, ...inMemorySettings],
  });
}

/**
 * The embedded database of a folder. A new one is unpacked beside it and moved there whole, so that a start which is
 * killed half-way leaves nothing that looks like a database.
 */
export async function inFolder(folder: string): Promise<PGlite> {
  if (isEmpty(folder)) {
    const beside = `${folder}.new`;
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside, { recursive: true, mode: 0o700 });
    const made = await PGlite.create({ dataDir: beside, loadDataDir: await dataDir() });
    await made.close();
    renameSync(beside, folder);
  }
  return PGlite.create({ dataDir: folder });
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}
