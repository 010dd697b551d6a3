import type { Clone } from './clones.ts';
import { cleanPath, entryAt, isObjectName, readCommit } from './commits.ts';
import { runGit } from './run.ts';

/** Lines asked of one file in one go; more are left unanswered. */
const linesMax = 500;
/** Blame of a larger file costs more than it tells. */
const fileBytesMax = 4 * 1024 * 1024;
const timeoutMs = 5_000;

/**
 * For lines (1-based) of a file at a commit, the commit that brought each line's present content. Lines that are not
 * there, and lines older than a shallow clone's history, are left out. Undefined when git gave up.
 */
export async function lineCommits(
  clone: Clone,
  commit: string,
  path: string,
  lines: readonly number[],
): Promise<ReadonlyMap<number, string> | undefined> {
  const file = cleanPath(path);
  const entry = await entryAt(clone, commit, path);
  if (file === undefined || entry?.type !== 'blob' || entry.size > fileBytesMax) return new Map();
  if (!isObjectName(commit)) return new Map();
  const content = await clone.reader.read(entry, fileBytesMax);
  if (typeof content === 'string') return new Map();
  const count = countLines(content);
  const wanted = [...new Set(lines)]
    .filter((line) => Number.isInteger(line) && line >= 1 && line <= count)
    .sort((a, b) => a - b)
    .slice(0, linesMax);
  if (wanted.length === 0) return new Map();
  const result = await runGit(clone.place, 'blame', {
    args: [...wanted.flatMap((line) => ['-L', `${line},${line}`]), commit, '--', file],
    timeoutMs,
  });
  if (result.kind === 'failed') return undefined;
  return dropShallow(clone, parsePorcelain(result.output.toString('latin1')));
}

function countLines(content: Buffer): number {
  let count = content.length > 0 && content[content.length - 1] !== 0x0a ? 1 : 0;
  for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/** git-blame(1), "THE PORCELAIN FORMAT": `<oid> <line there> <line here> [<count>]`, headers, a tab and the content. */
function parsePorcelain(output: string): ReadonlyMap<number, string> {
  const commits = new Map<number, string>();
  for (const line of output.split('\n')) {
    const [, oid, here] = /^([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+)(?: \d+)?$/u.exec(line) ?? [];
    if (oid !== undefined) commits.set(Number(here), oid);
  }
  return commits;
}

/** In a shallow clone the oldest commit seems to have brought everything. */
async function dropShallow(
  clone: Clone,
  commits: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, string>> {
  const kept = new Map<number, string>();
  for (const [line, oid] of commits) {
    const commit = await readCommit(clone, oid);
    const parents = await Promise.all((commit?.parents ?? []).map((parent) => readCommit(clone, parent)));
    if (commit !== undefined && !parents.includes(undefined)) kept.set(line, oid);
  }
  return kept;
}
