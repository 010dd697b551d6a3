import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real repository in a temporary folder. Plain git, unaware of the machine's own configuration. */
export type GitRepository = {
  readonly path: string;
  /** Runs git there and gives its output without the last line break. */
  git(...args: readonly string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Writes files, commits everything and gives the commit. */
  commit(files: Readonly<Record<string, string | Uint8Array>>, who?: Who): string;
  remove(): void;
};

export type Who = {
  readonly name: string;
  readonly email: string;
  readonly committer?: Omit<Who, 'committer'>;
};

export const ana: Who = { name: 'Ana Costa', email: 'ana@example.com' };

export function makeRepository(
  options: { readonly bare?: boolean; readonly path?: string } = {},
): GitRepository {
  const path = options.path ?? realpathSync(mkdtempSync(join(tmpdir(), 'foldback-test-')));
  mkdirSync(path, { recursive: true });
  let commits = 0;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string =>
    execFileSync('git', [...args], {
      cwd: path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_ALLOW_PROTOCOL: 'file',
        LC_ALL: 'C',
        ...env,
      },
    }).replace(/\n$/u, '');
  const write = (name: string, content: string | Uint8Array): void => {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  run(['init', '--quiet', '--initial-branch=main', ...(options.bare === true ? ['--bare'] : [])]);
  return {
    path,
    git: (...args) => run(args),
    write,
    commit: (files, who = ana) => {
      for (const [name, content] of Object.entries(files)) write(name, content);
      const committer = who.committer ?? who;
      commits += 1;
      const at = `${1_700_000_000 + commits * 60} +0000`;
      run(['add', '--all', '--force']);
      run(['commit', '--quiet', '--allow-empty', '--message', `change ${commits}`], {
        GIT_AUTHOR_NAME: who.name,
        GIT_AUTHOR_EMAIL: who.email,
        GIT_AUTHOR_DATE: at,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: at,
      });
      return run(['rev-parse', 'HEAD']);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
