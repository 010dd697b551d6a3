import { setImmediate } from 'node:timers/promises';
import type { Where } from '../../../core/event.ts';
import type { Fingerprinter } from '../../../core/fingerprint.ts';
import type { Version, Versions } from './versions.ts';
import { openWindowSearch, type Wanted } from './windows.ts';

export type Target = Wanted & { readonly places: readonly Where[] };

/** Without its last four characters a secret costs a hash a character: about a second for this much text. */
const bareTextMax = 512 * 1024;
/** Characters between two breaths of the event loop. */
const sliceLength = 64 * 1024;
const placesTriedMax = 5;

/**
 * Finds the secret where it was reported, or in another version of that file, and gives its value, which must go no
 * further than the search. Undefined when it stands in none of them: a scanner may have shown a decoded or joined
 * value, and then its absence elsewhere says nothing.
 */
export async function recover(
  versions: Versions,
  target: Target,
  fingerprint: Fingerprinter,
): Promise<string | undefined> {
  const tried = new Set<string>();
  const look = async (commit: string, file: string): Promise<string | undefined> => {
    const version = await versions.at(commit, file);
    if (version === undefined || tried.has(version.oid)) return undefined;
    tried.add(version.oid);
    return findIn(version, target, fingerprint);
  };
  const named = target.places
    .flatMap(({ commit, file }) => (file === undefined ? [] : [{ commit, file }]))
    .slice(0, placesTriedMax);
  for (const { commit, file } of named) {
    const value = commit === undefined ? undefined : await look(commit, file);
    if (value !== undefined) return value;
  }
  for (const file of new Set(named.map((place) => place.file))) {
    for (const commit of await versions.commits(file)) {
      const value = await look(commit, file);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

async function findIn(
  version: Version,
  target: Target,
  fingerprint: Fingerprinter,
): Promise<string | undefined> {
  const search = openWindowSearch([target], fingerprint);
  for (const text of version.texts) {
    if (target.lastFour === undefined && text.length > bareTextMax) continue;
    for (let from = 0; from < text.length; from += sliceLength) {
      const [hit] = search.scan(text, from, Math.min(text.length, from + sliceLength));
      if (hit !== undefined) return text.slice(hit.end - target.length, hit.end);
      if (text.length > sliceLength) await setImmediate();
    }
  }
  return undefined;
}
