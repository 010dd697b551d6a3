import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { repositoryName } from '../../core/repository-name.ts';
import type { GitPlace } from '../../lib/git/environment.ts';
import { locateGitDir } from '../../lib/git/locate.ts';
import { remoteUrls } from '../../lib/git/remotes.ts';
import { CliError } from '../exit.ts';

export type HookPlace = {
  readonly place: GitPlace;
  /** As its remote calls it, else as its folder is called. */
  readonly repository: string;
  /** git's own folder of the repository, which its linked worktrees share: settings of its hooks may lie there. */
  readonly commonDir: string;
  remove(): Promise<void>;
};

/**
 * The repository that git runs a hook of: the current folder (githooks(5)). From git's own environment only what
 * names its files is taken: the index of this commit, and where a push waits for its hook. Errors: `CliError`.
 */
export async function openHookPlace(): Promise<HookPlace> {
  const folder = process.cwd();
  const gitDir = await gitDirOf(folder);
  const commonDir = await commonDirOf(gitDir);
  const { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects } = process.env;
  const alternates = (process.env.GIT_ALTERNATE_OBJECT_DIRECTORIES ?? '')
    .split(delimiter)
    .filter((path) => path !== '' && !path.startsWith('"'))
    .map((path) => resolve(folder, path));
  const emptyDir = await mkdtemp(join(tmpdir(), 'foldback-hook-'));
  const place: GitPlace = {
    gitDir,
    emptyDir,
    indexFile: index === undefined || index === '' ? join(gitDir, 'index') : resolve(folder, index),
    ...(objects === undefined || objects === ''
      ? {}
      : { quarantine: { objects: resolve(folder, objects), alternates: alternates.join(delimiter) } }),
  };
  return {
    place,
    repository: await nameOf(gitDir, commonDir),
    commonDir,
    remove: () => rm(emptyDir, { recursive: true, force: true }),
  };
}

/** git names the folder to hooks of worktrees and submodules, where it is not in the current one. */
async function gitDirOf(folder: string): Promise<string> {
  const { GIT_DIR: named } = process.env;
  if (named !== undefined && named !== '') return resolve(folder, named);
  const located = await locateGitDir(folder);
  if (located.kind === 'found') return located.gitDir;
  throw new CliError(`${located.reason}: git runs this command from the folder of a repository.`);
}

/** gitrepository-layout(5), `commondir`. */
async function commonDirOf(gitDir: string): Promise<string> {
  const text = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => '');
  return text.trim() === '' ? gitDir : resolve(gitDir, text.trim());
}

async function nameOf(gitDir: string, commonDir: string): Promise<string> {
  const names = (await remoteUrls(gitDir)).map(repositoryName).filter((name) => name !== undefined);
  const folder = basename(commonDir) === '.git' ? basename(dirname(commonDir)) : basename(commonDir);
  return names[0] ?? folder.replace(/\.git$/u, '');
}
