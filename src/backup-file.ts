import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError } from './core/errors.ts';
import type { Store } from './ports/store.ts';

/** Nobody but the owner of the process reads a backup: it holds names, addresses and paths. */
const privateMode = 0o600;
/** Characters that are given to the packer at once. */
const chunkChars = 256 * 1024;

/** `foldback-2026-11-23T10-40-00Z.backup.gz`, in the order of time. */
export function backupName(at: number): string {
  return `foldback-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup.gz`;
}

const namePattern = /^foldback-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z\.backup\.gz$/u;

/** Writes everything stored into a packed file, whole or not at all. */
export async function writeBackup(store: Pick<Store, 'dump'>, path: string, at: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.part`;
  try {
    await pipeline(
      Readable.from(chunks(store.dump(at))),
      createGzip(),
      createWriteStream(draft, { mode: privateMode }),
    );
    await durable(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function durable(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function* chunks(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let text = '';
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < chunkChars) continue;
    yield text;
    text = '';
  }
  yield text;
}

/**
 * The lines of a packed backup.
 *
 * @throws AppError `bad-backup` for what is not packed so, or ends too early
 */
export async function* backupLines(path: string): AsyncGenerator<string, void, undefined> {
  const file = createReadStream(path);
  const unpacked = createGunzip();
  const run = pipeline(file, unpacked).catch((error: unknown) => {
    unpacked.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const line of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY }))
      yield line;
    if (unpacked.errored !== null) throw unpacked.errored;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'bad-backup',
      `it cannot be unpacked: ${error instanceof Error ? error.message : ''}`,
      {
        cause: error,
      },
    );
  } finally {
    unpacked.destroy();
    await run;
  }
}

/** Removes the oldest of the backups that were made on schedule, so that this many stay. */
export async function thinBackups(dir: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(dir)).filter((name) => namePattern.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - keep));
  for (const name of old) await rm(join(dir, name), { force: true });
  return old;
}

/** When the newest scheduled backup was made, epoch milliseconds; undefined without one. */
export async function newestBackup(dir: string): Promise<number | undefined> {
  const names = await readdir(dir).catch(() => []);
  const newest = names
    .filter((name) => namePattern.test(name))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : (await stat(join(dir, newest))).mtimeMs;
}
