import type { ChangedFile } from '../../lib/git/changes.ts';
import type { ObjectReader } from '../../lib/git/object-reader.ts';
import { type Hit, scanText } from './scan-text.ts';

export type FileHit = Hit & { readonly path: string; readonly commit?: string };

export type Scanned = {
  readonly hits: readonly FileHit[];
  /** Files that are too large to be looked into. */
  readonly tooLarge: readonly string[];
};

/** No person writes a longer text; it would hold everybody up. */
const fileBytesMax = 5 * 1024 * 1024;
/** Files read at the same time. */
const atOnce = 32;

/** Secrets in the new lines of files. Throws where git does not give what it named. */
export async function scanFiles(files: readonly ChangedFile[], reader: ObjectReader): Promise<Scanned> {
  const hits: FileHit[] = [];
  const tooLarge: string[] = [];
  for (let at = 0; at < files.length; at += atOnce) {
    const scanned = await Promise.all(files.slice(at, at + atOnce).map((file) => scanFile(file, reader)));
    for (const [index, found] of scanned.entries()) {
      const file = files[at + index];
      if (file === undefined) continue;
      if (found === 'too-large') tooLarge.push(file.path);
      else {
        const commit = file.commit === undefined ? {} : { commit: file.commit };
        hits.push(...found.map((hit) => ({ ...hit, path: file.path, ...commit })));
      }
    }
  }
  return { hits: onceEach(hits), tooLarge };
}

async function scanFile(file: ChangedFile, reader: ObjectReader): Promise<readonly Hit[] | 'too-large'> {
  const text = await textOf(file.oid, reader);
  if (text === 'too-large') return 'too-large';
  if (text === 'binary') return [];
  const known = new Set<string>();
  for (const oid of file.before) {
    const before = await textOf(oid, reader);
    if (before === 'binary' || before === 'too-large') continue;
    for (const line of before.split('\n')) known.add(line.trim());
  }
  const lines = text.split('\n');
  return scanText(file.path, text, (line) => !known.has((lines[line - 1] ?? '').trim()));
}

async function textOf(oid: string, reader: ObjectReader): Promise<string | 'binary' | 'too-large'> {
  const info = await reader.check(oid);
  if (info === undefined) throw new Error('git lacks an object that it named');
  if (info.type !== 'blob') return 'binary';
  const content = await reader.read(info, fileBytesMax);
  if (content === 'too-large') return content;
  if (content === 'missing') throw new Error('git lacks an object that it named');
  // Some editors and shells write texts in UTF-16, which git takes for binary.
  if (content[0] === 0xff && content[1] === 0xfe) return content.subarray(2).toString('utf16le');
  // As git itself tells text from the rest.
  return content.subarray(0, 8000).includes(0) ? 'binary' : content.toString('utf8');
}

/** The same secret at the same place, in several commits of one push, is said once: where it came in. */
function onceEach(hits: readonly FileHit[]): readonly FileHit[] {
  const seen = new Map<string, FileHit>();
  // Commits are listed from the newest on: the last one that is met is the first that brought it.
  for (const hit of hits) seen.set(`${hit.path}\0${hit.hash}`, hit);
  return [...seen.values()];
}
