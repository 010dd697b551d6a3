import { setImmediate } from 'node:timers/promises';
import type { Where } from '../../../core/event.ts';
import type { Fingerprinter } from '../../../core/fingerprint.ts';
import type { ObjectInfo } from '../../../lib/git/batch-parser.ts';
import type { Clone } from '../../../lib/git/clones.ts';
import { entryAt } from '../../../lib/git/commits.ts';
import { pathHistory } from '../../../lib/git/path-history.ts';
import { textForms } from './text-forms.ts';
import { openWindowSearch, type Wanted } from './windows.ts';

export type Target = Wanted & { readonly places: readonly Where[] };

/** A larger file is not read. */
export const fileBytesMax = 8 * 1024 * 1024;
/** Without its last four characters a secret costs a hash a character: about a second for this much text. */
const bareTextMax = 512 * 1024;
/** Characters between two breaths of the event loop. */
const sliceLength = 64 * 1024;
const versionsTriedMax = 20;
const placesTriedMax = 5;

/**
 * Finds the secret where it was reported, or in another version of that file, and gives its value, which must go no
 * further than the search. Undefined when it stands in none of them: a scanner may have shown a decoded or joined
 * value, and then its absence elsewhere says nothing.
 */
export async function recover(
  clone: Clone,
  head: string,
  target: Target,
  fingerprint: Fingerprinter,
): Promise<string | undefined> {
  const tried = new Set<string>();
  const tryEntry = async (entry: ObjectInfo | undefined): Promise<string | undefined> => {
    if (entry?.type !== 'blob' || tried.has(entry.oid)) return undefined;
    tried.add(entry.oid);
    const content = await clone.reader.read(entry, fileBytesMax);
    return typeof content === 'string' ? undefined : findIn(content, target, fingerprint);
  };
  const named = target.places.flatMap(({ commit, file }) => (file === undefined ? [] : [{ commit, file }]));
  for (const { commit, file } of named.slice(0, placesTriedMax)) {
    const value = commit === undefined ? undefined : await tryEntry(await entryAt(clone, commit, file));
    if (value !== undefined) return value;
  }
  for (const file of new Set(named.slice(0, placesTriedMax).map((place) => place.file))) {
    for (const commit of await pathHistory(clone, head, file, versionsTriedMax)) {
      const value = await tryEntry(await entryAt(clone, commit, file));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

async function findIn(
  content: Buffer,
  target: Target,
  fingerprint: Fingerprinter,
): Promise<string | undefined> {
  const search = openWindowSearch([target], fingerprint);
  for (const text of textForms(content)) {
    if (target.lastFour === undefined && text.length > bareTextMax) continue;
    for (let from = 0; from < text.length; from += sliceLength) {
      const [hit] = search.scan(text, from, Math.min(text.length, from + sliceLength));
      if (hit !== undefined) return text.slice(hit.end - target.length, hit.end);
      if (text.length > sliceLength) await setImmediate();
    }
  }
  return undefined;
}
