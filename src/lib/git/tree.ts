import type { Clone } from './clones.ts';
import { isObjectName } from './commits.ts';
import { runGit } from './run.ts';

export type TreeFile = { readonly path: string; readonly oid: string; readonly size: number };
export type Listing =
  | { readonly kind: 'files'; readonly files: readonly TreeFile[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Every file of a commit. Submodules are not entered; a symbolic link is the text it holds. */
export async function listFiles(clone: Clone, commit: string): Promise<Listing> {
  if (!isObjectName(commit)) return { kind: 'failed', reason: 'the commit is not an object name' };
  const result = await runGit(clone.place, 'ls-tree', { args: [commit] });
  if (result.kind === 'failed')
    return { kind: 'failed', reason: `the files could not be listed (${result.reason})` };
  const files: TreeFile[] = [];
  for (const line of result.output.toString('utf8').split('\0')) {
    const [, oid, size, path] = /^\d{6} blob ([0-9a-f]{40,64}) +(\d+)\t(.+)$/su.exec(line) ?? [];
    if (oid !== undefined && path !== undefined) files.push({ path, oid, size: Number(size) });
  }
  return { kind: 'files', files };
}
