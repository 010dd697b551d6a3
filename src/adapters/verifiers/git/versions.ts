import { LRUCache } from 'lru-cache';
import type { Clone } from '../../../lib/git/clones.ts';
import { entryAt } from '../../../lib/git/commits.ts';
import { pathHistory } from '../../../lib/git/path-history.ts';
import { textForms } from './text-forms.ts';

/** A larger file is not read. */
export const fileBytesMax = 8 * 1024 * 1024;
const versionsTriedMax = 20;
/** Texts held while one head is looked through: many secrets were reported in the same few files. */
const textBytesMax = 32 * 1024 * 1024;

/** Versions of files of one clone, each read once while many secrets are looked for. */
export type Versions = {
  /** The blob of a file at a commit and its texts; undefined where there is none, or one too large. */
  at(commit: string, file: string): Promise<Version | undefined>;
  /** The latest commits that changed a file, newest first. */
  commits(file: string): Promise<readonly string[]>;
};
export type Version = { readonly oid: string; readonly texts: readonly string[] };

export function openVersions(clone: Clone, head: string): Versions {
  const texts = new LRUCache<string, readonly string[]>({ maxSize: textBytesMax, sizeCalculation: sizeOf });
  const histories = new Map<string, Promise<readonly string[]>>();
  return {
    at: async (commit, file) => {
      const entry = await entryAt(clone, commit, file);
      if (entry?.type !== 'blob') return undefined;
      const known = texts.get(entry.oid);
      if (known !== undefined) return { oid: entry.oid, texts: known };
      const content = await clone.reader.read(entry, fileBytesMax);
      if (typeof content === 'string') return undefined;
      const forms = textForms(content);
      texts.set(entry.oid, forms);
      return { oid: entry.oid, texts: forms };
    },
    commits: (file) => {
      const known = histories.get(file) ?? pathHistory(clone, head, file, versionsTriedMax);
      histories.set(file, known);
      return known;
    },
  };
}

/** Two bytes a character at most, and one for an empty file: the cache takes no size of zero. */
function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length * 2, 1);
}
