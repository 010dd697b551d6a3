import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Nobody but the owner of the process reads or writes. */
const privateMode = 0o600;
/** A keys file has a few hundred bytes; anything larger is something else. */
const sizeBytesMax = 256 * 1024;

export type PrivateFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: 'readable-by-others' | 'not-a-file' | 'too-large' };

/**
 * Reads a file that holds secrets. A file that others can read, or a link in its place, is refused: its secrets
 * must count as known.
 */
export async function readPrivateFile(path: string): Promise<PrivateFile> {
  const found = await lstat(path).catch(absentOrThrow);
  if (found === undefined) return { kind: 'absent' };
  if (!found.isFile()) return { kind: 'refused', reason: 'not-a-file' };
  if (found.size > sizeBytesMax) return { kind: 'refused', reason: 'too-large' };
  // Windows has no such bits.
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return { kind: 'refused', reason: 'readable-by-others' };
  }
  const file = await open(path, 'r');
  try {
    return { kind: 'read', text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}

/**
 * Creates the file whole, with mode 0600, unless it exists. Of two callers at once exactly one creates it; nobody
 * ever reads half of it.
 *
 * @returns whether this call created it
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
    await syncFolder(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** Replaces the file whole or not at all, also over a crash; mode 0600. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await rename(await writeDraft(path, text), path);
  await syncFolder(path);
}

async function writeDraft(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file: FileHandle = await open(draft, 'wx', privateMode);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

/** A new name is durable only once its folder is; where a folder cannot be opened (Windows) there is no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The errno name of a file system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** For `.catch`: undefined when nothing is there. */
export function absentOrThrow(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}
