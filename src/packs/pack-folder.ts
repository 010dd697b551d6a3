import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { PackProblem } from './problem.ts';
import { packFileBytesMax, readYaml, type YamlFile } from './read-yaml.ts';

/** Enough for thousands of messages; a folder with more is not a folder of packs. */
export const packFilesMax = 20_000;

/** The packs that come with Foldback: beside `src`, or beside `dist` of the published package. */
export function shippedPacksDir(): string {
  const candidates = ['../../packs', '../../../packs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((dir) => existsSync(join(dir, 'behaviours'))) ?? candidates[0] ?? 'packs';
}

/** The files of a folder of packs, and which of them somebody has read. */
export type PackFolder = {
  readonly text: (file: string) => string | undefined;
  readonly yaml: <Schema extends z.ZodType>(
    file: string,
    schema: Schema,
  ) => YamlFile<z.output<Schema>> | undefined;
  /** Files that fit, with the groups of the pattern; they count as read. */
  readonly matching: (
    pattern: RegExp,
  ) => readonly { readonly file: string; readonly groups: readonly string[] }[];
  readonly unread: () => readonly string[];
};

/**
 * Reads all files of a folder, links and hidden files left out. Paths are relative, with `/`.
 *
 * @param only a folder in it, when nothing else is asked for
 */
export function openPackFolder(dir: string, problems: PackProblem[], only = ''): PackFolder {
  const texts = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) walk(file);
      else if (entry.isFile()) readInto(file);
    }
  };
  const readInto = (file: string): void => {
    if (texts.size >= packFilesMax) throw new RangeError(`more than ${packFilesMax} files in ${dir}`);
    const path = join(dir, file);
    if (statSync(path).size > packFileBytesMax) {
      problems.push({ file, line: 0, reason: `the file is larger than ${packFileBytesMax / 1024} KB` });
    } else {
      texts.set(file, readFileSync(path, 'utf8').replace(/^\ufeff/u, ''));
    }
  };
  if (existsSync(join(dir, only))) walk(only);
  else problems.push({ file: dir, line: 0, reason: 'there is no such folder' });

  // biome.json keeps the formatter away from files that writers lay out as they like.
  const seen = new Set(['README.md', 'biome.json']);
  return {
    text: (file) => texts.get(file),
    yaml: (file, schema) => {
      const text = texts.get(file);
      return text === undefined ? undefined : readYaml(text, file, schema, problems);
    },
    matching: (pattern) =>
      [...texts.keys()].sort().flatMap((file) => {
        const found = pattern.exec(file);
        if (found === null) return [];
        seen.add(file);
        return [{ file, groups: found.slice(1) }];
      }),
    unread: () => [...texts.keys()].filter((file) => !seen.has(file)),
  };
}
