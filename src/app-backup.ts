import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { App } from './app.ts';
import { backupName, newestBackup, thinBackups, writeBackup } from './backup-file.ts';
import type { Store } from './ports/store.ts';
import type { BesideDuty } from './worker.ts';

/**
 * A backup for whoever asks, made as a file first: how slowly it is fetched does not hold the store. The file is gone once it
 * was read, or not.
 *
 * @param dir where the file lies meanwhile; a folder of its own when nothing else rests on this machine
 */
export async function openBackup(
  store: Pick<Store, 'dump'>,
  at: number,
  dir?: string,
): Promise<{ readonly name: string; readonly bytes: ReadableStream<Uint8Array> }> {
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'foldback-')));
  const path = join(folder, `sent-${randomBytes(6).toString('hex')}.gz`);
  await writeBackup(store, path, at);
  const file = createReadStream(path);
  file.once('close', () => {
    void rm(dir === undefined ? folder : path, { recursive: true, force: true });
  });
  return { name: backupName(at), bytes: Readable.toWeb(file) as ReadableStream<Uint8Array> };
}

/** How often it is looked whether a backup is due. */
const lookEveryMs = 60_000;

/** Backups on schedule. With several workers the one that has the lock makes it. */
export function backupDuties(app: Pick<App, 'config' | 'parts' | 'log'>): readonly BesideDuty[] {
  const { backup, data } = app.config;
  if (backup.everyHours === undefined) return [];
  const everyMs = backup.everyHours * 3_600_000;
  const dir = backup.dir ?? join(data.dir, 'backups');
  const { store, clock } = app.parts;
  const run = async (): Promise<void> => {
    const now = clock.now();
    const newest = await newestBackup(dir);
    if (newest !== undefined && now - newest < everyMs) return;
    await writeBackup(store, join(dir, backupName(now)), now);
    const old = await thinBackups(dir, backup.keep);
    app.log.info({ backup: backupName(now), removed: old.length }, 'a backup was made');
  };
  return [{ name: 'backup', everyMs: lookEveryMs, run }];
}
