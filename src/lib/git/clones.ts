import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { GitPlace } from './environment.ts';
import { locateGitDir } from './locate.ts';
import { type ObjectReader, openObjectReader } from './object-reader.ts';

/** A local clone of a repository. `repository` is a name or an address; `*` stands for every name without its own. */
export type CloneSetting = { readonly repository: string; readonly path: string; readonly branch?: string };

/** An opened clone: read-only, whatever the clone's own configuration says. */
export type Clone = {
  readonly path: string;
  readonly place: GitPlace;
  readonly reader: ObjectReader;
  /** The branch to look at, when it is not the default branch. */
  readonly branch?: string;
};

export type FoundClone =
  | { readonly kind: 'clone'; readonly clone: Clone }
  | { readonly kind: 'none'; readonly reason: string };

/** The local clones of one installation, by repository name. Shared by all that read them. */
export type Clones = {
  find(repository: string | undefined): Promise<FoundClone>;
  readonly count: number;
  close(): void;
};

/** Each open clone holds up to two processes. */
const openMax = 16;

export function openClones(settings: readonly CloneSetting[]): Clones {
  const byName = new Map(settings.map((setting) => [repositoryKey(setting.repository), setting]));
  const empty = openEmptyDir();
  const open = new LRUCache<string, Promise<FoundClone>>({
    max: openMax,
    dispose: (found) => {
      void found.then((value) => {
        if (value.kind === 'clone') value.clone.reader.close();
      });
    },
  });
  const openOne = async (setting: CloneSetting): Promise<FoundClone> => {
    const located = await locateGitDir(setting.path);
    if (located.kind === 'none') return located;
    const place = { gitDir: located.gitDir, emptyDir: empty.path() };
    const branch = setting.branch === undefined ? {} : { branch: setting.branch };
    return {
      kind: 'clone',
      clone: { path: setting.path, place, reader: openObjectReader(place), ...branch },
    };
  };
  return {
    count: byName.size,
    find: (repository) => {
      const setting = settingFor(byName, repository);
      if (setting === undefined)
        return Promise.resolve({ kind: 'none', reason: 'no local clone of it is configured' });
      const known = open.get(setting.path);
      empty.path();
      if (known !== undefined) return known;
      const opened = openOne(setting);
      open.set(setting.path, opened);
      return opened;
    },
    close: () => {
      open.clear();
      empty.remove();
    },
  };
}

function settingFor(
  byName: ReadonlyMap<string, CloneSetting>,
  repository: string | undefined,
): CloneSetting | undefined {
  const any = byName.get('*');
  if (repository === undefined) return any;
  const key = repositoryKey(repository);
  const exact = byName.get(key);
  if (exact !== undefined || !key.includes('/')) return exact ?? any;
  // `github.com/acme/shop` and `acme/shop` are the same unless two hosts have it.
  const fitting = [...byName].filter(
    ([name]) => name.includes('/') && (name.endsWith(`/${key}`) || key.endsWith(`/${name}`)),
  );
  return fitting.length === 1 ? fitting[0]?.[1] : any;
}

/** `https://user@GitHub.com/Acme/Shop.git` and `git@github.com:acme/shop` are both `github.com/acme/shop`. */
export function repositoryKey(repository: string): string {
  const text = repository.trim().slice(0, 1000).toLowerCase();
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?(.*)$/u.exec(text)?.[1];
  const scp = /^(?:[^\s/@:]+@)([^\s/:]+):(.*)$/u.exec(text);
  const plain = url ?? (scp === null ? text : `${scp[1]}/${scp[2]}`);
  return plain
    .replace(/[?#].*$/u, '')
    .replace(/\/+$/u, '')
    .replace(/\.git$/u, '');
}

/** Made when first needed and removed at the end of the process at the latest. */
function openEmptyDir(): { path(): string; remove(): void } {
  let path: string | undefined;
  const remove = (): void => {
    if (path !== undefined) rmSync(path, { recursive: true, force: true });
    path = undefined;
    process.removeListener('exit', remove);
  };
  return {
    path: () => {
      if (path === undefined) {
        path = mkdtempSync(join(tmpdir(), 'foldback-git-'));
        process.once('exit', remove);
      } else if (!existsSync(path)) {
        // A cleaner of temporary files took it; a folder that someone else put there is refused.
        mkdirSync(path, { mode: 0o700 });
      }
      return path;
    },
    remove,
  };
}
