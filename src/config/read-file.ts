import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem } from './problem.ts';
import { isTree, mapValues, type RawTree } from './raw-tree.ts';

const sizeBytesMax = 1024 * 1024;
/** Enough to repeat a block of settings; not enough to blow one up (a "billion laughs"). */
const aliasesMax = 100;

export type ConfigFile = {
  readonly tree: RawTree;
  /** Line of a setting or of the nearest group that stands in the file; undefined where nothing of it does. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
  readonly problems: readonly ConfigProblem[];
};

/** Reads settings from YAML 1.2. `isRequired`: the file was named, so its absence is a problem. */
export function readConfigFile(file: string, isRequired: boolean): ConfigFile | undefined {
  const name = basename(file);
  const fault = (problem: string, fix: string, line?: number): ConfigFile => {
    const where = line === undefined ? name : `${name}:${line}`;
    return { tree: {}, lineOf: () => undefined, problems: [{ where, setting: '', problem, fix }] };
  };
  const text = textOf(file);
  if (text === 'absent') {
    return isRequired ? fault('the file is not there', `Write it, or take FOLDBACK_CONFIG away.`) : undefined;
  }
  if (text === 'unreadable')
    return fault('the file cannot be read', 'Make it a file that this user may read.');
  if (text === 'too-large') return fault('the file is larger than 1 MiB', 'Settings fit in a few kilobytes.');
  const lines = new LineCounter();
  const document = parseDocument(text.content, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    // The parser's own message may quote the text around the fault, which may be a secret.
    return fault(
      `this is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
      'Correct this line.',
      lines.linePos(error.pos[0]).line,
    );
  }
  const value = contentOf(document);
  if (value === undefined)
    return fault('it repeats itself through too many aliases', 'Write the settings out.');
  if (value !== null && !isTree(value))
    return fault('it is no group of settings', 'Begin with a section such as `http:`.', 1);
  const lineOf = (path: readonly PropertyKey[]): number | undefined => lineIn(document, path, lines);
  return { tree: withoutEmpty(value ?? {}), lineOf, problems: [] };
}

function textOf(file: string): { readonly content: string } | 'absent' | 'unreadable' | 'too-large' {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return 'absent';
    return found.size > sizeBytesMax ? 'too-large' : { content: readFileSync(file, 'utf8') };
  } catch {
    return 'unreadable';
  }
}

function contentOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** A section whose lines are all commented out reads as null; it means nothing was said. */
function withoutEmpty(tree: RawTree): RawTree {
  const kept = Object.entries(tree).flatMap(([name, member]): [string, unknown][] => {
    if (member === null) return [];
    return [[name, isTree(member) ? withoutEmpty(member) : mapValues(member, (value) => value ?? undefined)]];
  });
  return Object.fromEntries(kept);
}

function lineIn(
  document: Document.Parsed,
  path: readonly PropertyKey[],
  lines: LineCounter,
): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) break;
      offset = rangeOf(item) ?? offset;
      node = item;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function rangeOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}
