import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export type Located =
  | { readonly kind: 'found'; readonly gitDir: string }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Finds a repository's own folder from the path that an operator named: a clone, a linked worktree or a bare
 * repository. Nothing is searched upwards, and a clone cannot point elsewhere: a `.git` file is followed only into a
 * worktree entry that points back (gitrepository-layout(5), `worktrees/<id>/gitdir`), a symbolic link never.
 */
export async function locateGitDir(path: string): Promise<Located> {
  const folder = await realpath(path).catch(() => undefined);
  if (folder === undefined) return none('the folder does not exist');
  const entry = join(folder, '.git');
  const kind = await lstat(entry).catch(() => undefined);
  if (kind === undefined)
    return (await isGitDir(folder))
      ? found(folder)
      : none('the folder is no git repository; name the top folder of a clone');
  if (kind.isDirectory())
    return (await isGitDir(entry)) ? found(entry) : none('the .git folder is not complete');
  if (kind.isFile()) return linkedWorktree(folder, entry);
  return none('.git is a link to somewhere else');
}

async function linkedWorktree(folder: string, entry: string): Promise<Located> {
  const target = /^gitdir: (.+)$/u.exec(await smallText(entry))?.[1];
  if (target === undefined) return none('the .git file does not name a folder');
  const gitDir = resolve(folder, target);
  const back = (await smallText(join(gitDir, 'gitdir'))).trim();
  const backReal = back === '' ? undefined : await realpath(resolve(gitDir, back)).catch(() => undefined);
  return backReal === entry
    ? found(gitDir)
    : none('the .git file points at a repository that does not know it');
}

async function isGitDir(path: string): Promise<boolean> {
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => stat(join(path, name)).catch(() => undefined)),
  );
  return parts.every((part) => part !== undefined);
}

/** The first line of a file of at most one path's length, or ''. */
async function smallText(path: string): Promise<string> {
  const size = await stat(path).catch(() => undefined);
  if (size === undefined || !size.isFile() || size.size > 8192) return '';
  return (await readFile(path, 'utf8').catch(() => '')).split('\n', 1)[0] ?? '';
}

const found = (gitDir: string): Located => ({ kind: 'found', gitDir });
const none = (reason: string): Located => ({ kind: 'none', reason });
