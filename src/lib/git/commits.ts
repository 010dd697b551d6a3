import { LRUCache } from 'lru-cache';
import type { ObjectInfo } from './batch-parser.ts';
import type { Clone } from './clones.ts';

/** One of the two names in a commit, as written there: whoever commits may write anything. */
export type Signature = { readonly name: string; readonly email: string };

export type Commit = {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
};

/** A commit message longer than this is not a message. */
const commitBytesMax = 1024 * 1024;
/** An octopus of more parents is looked at no further. */
const parentsMax = 16;
const commitsKeptMax = 5_000;

const commitCaches = new WeakMap<Clone, LRUCache<string, Promise<Commit | undefined>>>();

export function isObjectName(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);
}

/**
 * The commit at the head of the branch to look at: the configured one, else the default branch of the remote, as last
 * fetched, else the clone's own HEAD (bare and mirror clones). Undefined in an empty repository.
 */
export async function headCommit(clone: Clone): Promise<string | undefined> {
  const { branch } = clone;
  const names =
    branch === undefined
      ? ['refs/remotes/origin/HEAD', 'HEAD']
      : isBranchName(branch)
        ? [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]
        : [];
  for (const name of names) {
    const info = await clone.reader.check(`${name}^{commit}`);
    if (info !== undefined) return info.oid;
  }
  return undefined;
}

/** git-check-ref-format(1), without the parts that revision syntax would read as operators. */
function isBranchName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}._/#+-]*$/u.test(name) && !name.includes('..');
}

/** Undefined when the name is not hex or the clone does not have the commit. */
export function readCommit(clone: Clone, oid: string): Promise<Commit | undefined> {
  if (!isObjectName(oid)) return Promise.resolve(undefined);
  const cache = commitCache(clone);
  const known = cache.get(oid);
  if (known !== undefined) return known;
  const reading = readCommitAnew(clone, oid);
  cache.set(oid, reading);
  // What is missing today may be fetched tomorrow.
  void reading.then((commit) => commit === undefined && cache.delete(oid));
  return reading;
}

function commitCache(clone: Clone): LRUCache<string, Promise<Commit | undefined>> {
  const known = commitCaches.get(clone);
  if (known !== undefined) return known;
  const cache = new LRUCache<string, Promise<Commit | undefined>>({ max: commitsKeptMax });
  commitCaches.set(clone, cache);
  return cache;
}

async function readCommitAnew(clone: Clone, oid: string): Promise<Commit | undefined> {
  const info = await clone.reader.check(oid);
  if (info?.type !== 'commit') return undefined;
  const content = await clone.reader.read(info, commitBytesMax);
  return typeof content === 'string' ? undefined : parseCommit(oid, content);
}

/** Format of a commit object: header lines, an empty line, the message. */
export function parseCommit(oid: string, content: Buffer): Commit | undefined {
  const end = content.indexOf('\n\n');
  const bytes = content.subarray(0, end === -1 ? content.length : end);
  const ascii = bytes.toString('latin1');
  const encoding = /^encoding (.+)$/mu.exec(ascii)?.[1] ?? 'utf-8';
  const lines = decode(bytes, encoding).split('\n');
  const author = signatureIn(lines, 'author');
  const committer = signatureIn(lines, 'committer');
  if (author === undefined || committer === undefined) return undefined;
  const parents = lines.flatMap((line) => /^parent ([0-9a-f]{40,64})$/u.exec(line)?.[1] ?? []);
  return { oid, parents, author, committer };
}

function decode(bytes: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    // An encoding that nobody knows: the ASCII part of the address survives.
    return bytes.toString('latin1');
  }
}

function signatureIn(lines: readonly string[], field: 'author' | 'committer'): Signature | undefined {
  const line = lines.find((candidate) => candidate.startsWith(`${field} `));
  if (line === undefined) return undefined;
  const open = line.indexOf('<');
  const close = line.indexOf('>', open + 1);
  if (open === -1 || close === -1) return undefined;
  return { name: line.slice(field.length + 1, open).trim(), email: line.slice(open + 1, close).trim() };
}

/** What stands at a path of a commit; undefined for nothing, or for a path that git could not hold. */
export async function entryAt(clone: Clone, commit: string, path: string): Promise<ObjectInfo | undefined> {
  const clean = cleanPath(path);
  if (clean === undefined || !isObjectName(commit)) return undefined;
  return clone.reader.check(`${commit}:${clean}`);
}

/** Without a leading `./` or `/`. `..` parts would be read as relative to the current folder. */
export function cleanPath(path: string): string | undefined {
  const clean = path.replace(/^(?:\.?\/+)+/u, '');
  return clean === '' || clean.split('/').includes('..') || /[\n\0]/u.test(clean) ? undefined : clean;
}

/**
 * Whether a commit brought or changed what stands at a path, compared with all its parents. `unknown` where a shallow
 * clone lacks a parent.
 */
export async function touches(clone: Clone, commit: Commit, path: string): Promise<'yes' | 'no' | 'unknown'> {
  const entry = await entryAt(clone, commit.oid, path);
  if (entry === undefined) return 'no';
  if (commit.parents.length > parentsMax) return 'unknown';
  const answers = await Promise.all(
    commit.parents.map(async (parent) => {
      const before = await entryAt(clone, parent, path);
      if (before !== undefined) return before.oid !== entry.oid;
      return (await readCommit(clone, parent)) === undefined ? undefined : true;
    }),
  );
  if (answers.includes(false)) return 'no';
  return answers.includes(undefined) ? 'unknown' : 'yes';
}
