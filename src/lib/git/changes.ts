import { isObjectName } from './commits.ts';
import type { GitPlace } from './environment.ts';
import type { ObjectReader } from './object-reader.ts';
import { type GitFailure, runGit } from './run.ts';

/** A file whose content is new, with what stood there before: in no version, in one, or in one for each parent. */
export type ChangedFile = {
  readonly path: string;
  readonly oid: string;
  readonly before: readonly string[];
  /** Of pushed files: the commit that brought it. */
  readonly commit?: string;
};

export type Changes =
  | { readonly kind: 'ok'; readonly files: readonly ChangedFile[]; readonly commits: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: GitFailure | 'too-many' };

/** A push of more commits is a move of a repository: it is scanned by a scanner of repositories. */
export const pushedCommitsMax = 5_000;
const filesMax = 50_000;
const timeoutMs = 30_000;

/** What a commit would take: the index against HEAD, or all of the index before the first commit. */
export async function stagedFiles(place: GitPlace, reader: ObjectReader): Promise<Changes> {
  const head = await reader.check('HEAD^{commit}');
  const ran =
    head === undefined
      ? await runGit(place, 'ls-files', { timeoutMs })
      : await runGit(place, 'diff-index', { args: [head.oid, '--'], timeoutMs });
  if (ran.kind === 'failed') return ran;
  const tokens = tokensOf(ran.output);
  const files = head === undefined ? tokens.flatMap(indexEntry) : rawEntries(tokens).files;
  return bounded(files, []);
}

/**
 * The files of commits that no branch or tag has yet.
 *
 * @param tips the commits that were pushed, hex
 */
export async function pushedFiles(place: GitPlace, tips: readonly string[]): Promise<Changes> {
  const named = tips.filter(isObjectName);
  if (named.length === 0) return { kind: 'ok', files: [], commits: [] };
  const args = [`--max-count=${pushedCommitsMax + 1}`, ...named, '--not', '--all'];
  const listed = await runGit(place, 'rev-list', { args, timeoutMs });
  if (listed.kind === 'failed') return listed;
  const commits = listed.output.toString('latin1').split('\n').filter(isObjectName);
  if (commits.length > pushedCommitsMax) return { kind: 'failed', reason: 'too-many' };
  if (commits.length === 0) return { kind: 'ok', files: [], commits };
  const ran = await runGit(place, 'diff-tree', { input: `${commits.join('\n')}\n`, timeoutMs });
  if (ran.kind === 'failed') return ran;
  return bounded(rawEntries(tokensOf(ran.output)).files, commits);
}

function bounded(files: readonly ChangedFile[], commits: readonly string[]): Changes {
  return files.length > filesMax ? { kind: 'failed', reason: 'too-many' } : { kind: 'ok', files, commits };
}

function tokensOf(output: Buffer): readonly string[] {
  return output.toString('utf8').split('\0');
}

/** `<mode> <object> <stage>\t<path>` (git-ls-files(1)). */
function indexEntry(token: string): readonly ChangedFile[] {
  const [, mode, oid, path] = /^(\d{6}) ([0-9a-f]{40,64}) 0\t([\s\S]+)$/u.exec(token) ?? [];
  return mode === undefined || oid === undefined || path === undefined || isModule(mode)
    ? []
    : [{ path, oid, before: [] }];
}

/**
 * The raw form of git-diff-tree(1): a commit's name stands alone, then for each file one colon a parent, the modes,
 * the objects and the states of all parents, then the path.
 */
function rawEntries(tokens: readonly string[]): { readonly files: readonly ChangedFile[] } {
  const files: ChangedFile[] = [];
  // What was moved as it is brings no new line.
  const removed = new Set<string>();
  let commit: string | undefined;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (isObjectName(token)) commit = token;
    const colons = /^:+/u.exec(token)?.[0].length ?? 0;
    if (colons === 0) continue;
    const path = tokens[++at];
    const words = token.slice(colons).split(' ');
    const mode = words[colons] ?? '';
    const before = words.slice(colons + 1, 2 * colons + 1);
    const oid = words[2 * colons + 1] ?? '';
    if (isNone(oid)) for (const one of before) removed.add(one);
    if (path === undefined || path === '' || !isObjectName(oid) || isNone(oid) || isModule(mode)) continue;
    const from = before.filter((one) => isObjectName(one) && !isNone(one));
    files.push({ path, oid, before: from, ...(commit === undefined ? {} : { commit }) });
  }
  return { files: files.filter(({ before, oid }) => before.length > 0 || !removed.has(oid)) };
}

/** Nothing stands there: all zeros. */
function isNone(oid: string): boolean {
  return /^0+$/u.test(oid);
}

/** The commit of a submodule: nothing of it is in this repository. */
function isModule(mode: string): boolean {
  return mode === '160000';
}
