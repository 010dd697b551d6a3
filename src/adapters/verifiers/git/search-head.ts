import { setImmediate } from 'node:timers/promises';
import type { Fingerprinter } from '../../../core/fingerprint.ts';
import type { Clone } from '../../../lib/git/clones.ts';
import { cleanPath } from '../../../lib/git/commits.ts';
import { listFiles, type TreeFile } from '../../../lib/git/tree.ts';
import { recover, type Target } from './recover.ts';
import { textForms } from './text-forms.ts';
import { openValueSearch } from './values.ts';
import { fileBytesMax, openVersions } from './versions.ts';
import { openWindowSearch } from './windows.ts';

export type Verdict =
  | { readonly kind: 'here'; readonly file: string }
  | { readonly kind: 'gone'; readonly files: number; readonly tooLarge: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Text of one head that is read at all. */
const headBytesMax = 1024 * 1024 * 1024;
/** Bytes between two breaths of the event loop. */
const breathBytes = 1024 * 1024;

/**
 * Looks for all targets in every file of a commit at once. One verdict a target, in order, the same in any company.
 * A target that can be found where it was reported is looked for by its value, which is forgotten at once; any other
 * by its hashes, and then not finding it is no proof.
 */
export async function searchHead(
  clone: Clone,
  head: string,
  targets: readonly Target[],
  fingerprint: Fingerprinter,
): Promise<readonly Verdict[]> {
  const listing = await listFiles(clone, head);
  if (listing.kind === 'failed') return targets.map(() => unknown(`At the head, ${listing.reason}.`));
  const small = listing.files.filter((file) => file.size <= fileBytesMax);
  const tooLarge = new Set(listing.files.filter((file) => file.size > fileBytesMax).map((file) => file.path));
  const bytes = small.reduce((sum, file) => sum + file.size, 0);
  if (bytes > headBytesMax)
    return targets.map(() => unknown('There is too much text at the head to look through.'));
  const values: (string | undefined)[] = [];
  const versions = openVersions(clone, head);
  for (const target of targets) values.push(await recover(versions, target, fingerprint));
  const { found, isComplete } = await searchFiles(clone, small, targets, values, fingerprint);
  return targets.map((target, index) => {
    const file = found.get(index);
    if (file !== undefined) return { kind: 'here', file };
    if (!isComplete) return unknown('A file at the head could not be read.');
    if (target.places.some((place) => tooLarge.has(cleanPath(place.file ?? '') ?? ''))) {
      return unknown('The file in which it stood is too large to look through.');
    }
    if (values[index] === undefined) {
      return unknown('It cannot be found where it was reported either, so that its absence says nothing.');
    }
    return { kind: 'gone', files: small.length, tooLarge: tooLarge.size };
  });
}

type Found = {
  /** The first file for each target that is there, by index. */
  readonly found: ReadonlyMap<number, string>;
  readonly isComplete: boolean;
};

async function searchFiles(
  clone: Clone,
  files: readonly TreeFile[],
  targets: readonly Target[],
  values: readonly (string | undefined)[],
  fingerprint: Fingerprinter,
): Promise<Found> {
  const byValue = openValueSearch(values);
  // Without last four characters, hashing every window of a whole tree would take minutes.
  const hashable = [...targets.keys()].filter(
    (index) => values[index] === undefined && targets[index]?.lastFour !== undefined,
  );
  const byHash = openWindowSearch(
    hashable.flatMap((index) => targets[index] ?? []),
    fingerprint,
  );
  const found = new Map<number, string>();
  let isComplete = true;
  let bytesSinceBreath = 0;
  for (const file of files) {
    if (found.size === targets.length) break;
    const content = await clone.reader.read({ oid: file.oid, type: 'blob', size: file.size }, fileBytesMax);
    if (typeof content === 'string') {
      isComplete = false;
      continue;
    }
    for (const text of textForms(content)) {
      const hits = hashable.length === 0 ? [] : byHash.scan(text, 0, text.length);
      const indexes = [...byValue(text), ...hits.flatMap((hit) => hashable[hit.index] ?? [])];
      for (const index of indexes) if (!found.has(index)) found.set(index, file.path);
    }
    bytesSinceBreath += content.length;
    if (bytesSinceBreath > breathBytes) {
      bytesSinceBreath = 0;
      await setImmediate();
    }
  }
  return { found, isComplete };
}

const unknown = (reason: string): Verdict => ({ kind: 'unknown', reason });
