import type { Clone } from './clones.ts';
import { cleanPath, isObjectName } from './commits.ts';
import { runGit } from './run.ts';

const timeoutMs = 5_000;

/** The latest commits, newest first, in the history of `commit` that changed a path. Empty when git gives up. */
export async function pathHistory(
  clone: Clone,
  commit: string,
  path: string,
  commitsMax: number,
): Promise<readonly string[]> {
  const file = cleanPath(path);
  if (file === undefined || !isObjectName(commit)) return [];
  const result = await runGit(clone.place, 'rev-list', {
    args: [`--max-count=${Math.trunc(commitsMax)}`, '--end-of-options', commit, '--', file],
    timeoutMs,
  });
  return result.kind === 'failed' ? [] : result.output.toString('latin1').split('\n').filter(isObjectName);
}
