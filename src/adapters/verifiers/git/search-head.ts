import { setImmediate } from 'node:timers/promises';
import type { Where } from '../../../core/event.ts';
import type { Fingerprinter } from '../../../core/fingerprint.ts';
import type { ObjectInfo } from '../../../lib/git/batch-parser.ts';
import type { Clone } from '../../../lib/git/clones.ts';
import { cleanPath, entryAt } from '../../../lib/git/commits.ts';
import { pathHistory } from '../../../lib/git/path-history.ts';
import { listFiles, type TreeFile } from '../../../lib/git/tree.ts';
import { textForms } from './text-forms.ts';
import { openWindowSearch, type Wanted } from './windows.ts';

export type Target = Wanted & { readonly places: readonly Where[] };
export type Verdict =
  | { readonly kind: 'here'; readonly file: string }
  | { readonly kind: 'gone'; readonly files: number; readonly tooLarge: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A larger file is not read; it is counted and named in the reason. */
export const fileBytesMax = 8 * 1024 * 1024;
/** Text of one head that is read at all. */
const headBytesMax = 1024 * 1024 * 1024;
/** About five seconds of hashing. */
const windowsMax = 3_000_000;
/** Characters between two breaths of the event loop. */
const sliceLength = 256 * 1024;
const versionsTriedMax = 20;
const placesTriedMax = 5;

/** Looks for all targets in every file of a commit at once. One verdict a target, in order. */
export async function searchHead(
  clone: Clone,
  head: string,
  targets: readonly Target[],
  fingerprint: Fingerprinter,
): Promise<readonly Verdict[]> {
  const listing = await listFiles(clone, head);
  if (listing.kind === 'failed') return targets.map(() => unknown(listing.reason));
  const small = listing.files.filter((file) => file.size <= fileBytesMax);
  const tooLarge = listing.files.filter((file) => file.size > fileBytesMax);
  const bytes = small.reduce((sum, file) => sum + file.size, 0);
  if (bytes > headBytesMax)
    return targets.map(() => unknown('There is too much text at the head to look through.'));
  const verdicts: (Verdict | undefined)[] = targets.map((target) => tooBroad(target, targets, bytes));
  await searchFiles(clone, small, targets, verdicts, fingerprint);
  return Promise.all(
    targets.map(async (target, index) => {
      const verdict = verdicts[index];
      if (verdict !== undefined) return verdict;
      const skipped = target.places.find((place) =>
        tooLarge.some((file) => file.path === cleanPath(place.file ?? '')),
      );
      if (skipped !== undefined) return unknown('The file in which it stood is too large to look through.');
      return (await canBeFound(clone, head, target, fingerprint))
        ? { kind: 'gone', files: small.length, tooLarge: tooLarge.length }
        : unknown('It cannot be found where it was reported either, so its absence says nothing.');
    }),
  );
}

/** Without its last four characters a secret costs a hash a character. */
function tooBroad(target: Target, targets: readonly Target[], bytes: number): Verdict | undefined {
  if (target.lastFour !== undefined) return undefined;
  const lengths = new Set(targets.filter((one) => one.lastFour === undefined).map((one) => one.length));
  return bytes * lengths.size > windowsMax
    ? unknown('There is too much text to look for a value of which not even the last characters are known.')
    : undefined;
}

async function searchFiles(
  clone: Clone,
  files: readonly TreeFile[],
  targets: readonly Target[],
  verdicts: (Verdict | undefined)[],
  fingerprint: Fingerprinter,
): Promise<void> {
  // Only what can be looked for: the others have their verdict.
  const open = [...targets.keys()].filter((index) => verdicts[index] === undefined);
  const search = openWindowSearch(
    open.flatMap((index) => targets[index] ?? []),
    fingerprint,
  );
  let left = open.length;
  for (const file of files) {
    if (left === 0) return;
    const content = await clone.reader.read({ oid: file.oid, type: 'blob', size: file.size }, fileBytesMax);
    if (typeof content === 'string') return settleRest(verdicts, 'A file at the head could not be read.');
    for (const text of textForms(content)) {
      for (let from = 0; from < text.length; from += sliceLength) {
        for (const at of search.scan(text, from, Math.min(text.length, from + sliceLength))) {
          const index = open[at];
          if (index === undefined || verdicts[index] !== undefined) continue;
          verdicts[index] = { kind: 'here', file: file.path };
          left -= 1;
        }
        if (search.hashed() > windowsMax)
          return settleRest(verdicts, 'There are too many places that might be it.');
        if (text.length > sliceLength) await setImmediate();
      }
    }
  }
}

function settleRest(verdicts: (Verdict | undefined)[], reason: string): void {
  for (const [index, verdict] of verdicts.entries())
    if (verdict === undefined) verdicts[index] = unknown(reason);
}

/**
 * The control of the experiment: the same search must find the secret where it was reported, or in an older version
 * of that file. A scanner may have shown a decoded or joined value that stands in no file.
 */
async function canBeFound(
  clone: Clone,
  head: string,
  target: Target,
  fingerprint: Fingerprinter,
): Promise<boolean> {
  const tried = new Set<string>();
  const holds = async (entry: ObjectInfo | undefined): Promise<boolean> => {
    if (entry?.type !== 'blob' || tried.has(entry.oid)) return false;
    tried.add(entry.oid);
    const content = await clone.reader.read(entry, fileBytesMax);
    if (typeof content === 'string') return false;
    const search = openWindowSearch([target], fingerprint);
    return textForms(content).some((text) => search.scan(text, 0, text.length).length > 0);
  };
  const named = target.places.filter((place) => place.file !== undefined).slice(0, placesTriedMax);
  for (const { commit, file } of named) {
    if (commit !== undefined && (await holds(await entryAt(clone, commit, file ?? '')))) return true;
  }
  for (const { file } of named) {
    for (const commit of await pathHistory(clone, head, file ?? '', versionsTriedMax)) {
      if (await holds(await entryAt(clone, commit, file ?? ''))) return true;
    }
  }
  return false;
}

const unknown = (reason: string): Verdict => ({ kind: 'unknown', reason });
