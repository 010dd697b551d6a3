import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

export type ExportFile = { readonly name: string; readonly text: string };

/** Enough for a catalogue of a large company; a folder with more is not a folder of exports. */
const filesMax = 5_000;
const fileBytesMax = 32 * 1024 * 1024;
const bytesMax = 256 * 1024 * 1024;
const depthMax = 10;

/**
 * Reads exported files: those that are named, and in named folders those whose name fits, in order of their names.
 * Links and hidden files of a folder are left out. A problem names the file without its folders.
 */
export async function readExports(
  paths: readonly string[],
  fits: RegExp,
): Promise<{ readonly files: readonly ExportFile[] } | { readonly problem: string }> {
  const found: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) return { problem: `${basename(path)}: there is no such file or folder` };
    if (info.isFile()) found.push(path);
    else await walk(path, fits, found, 0);
    if (found.length > filesMax) return { problem: `${basename(path)}: more than ${filesMax} files` };
  }
  const files: ExportFile[] = [];
  let bytes = 0;
  for (const path of found) {
    const { size } = await stat(path);
    bytes += size;
    if (size > fileBytesMax)
      return { problem: `${basename(path)}: the file is larger than ${fileBytesMax} bytes` };
    if (bytes > bytesMax)
      return { problem: `${basename(path)}: all files are larger than ${bytesMax} bytes` };
    files.push({ name: basename(path), text: (await readFile(path, 'utf8')).replace(/^\ufeff/u, '') });
  }
  return { files };
}

async function walk(folder: string, fits: RegExp, found: string[], depth: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || found.length > filesMax) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < depthMax) await walk(path, fits, found, depth + 1);
    else if (entry.isFile() && fits.test(entry.name)) found.push(path);
  }
}
