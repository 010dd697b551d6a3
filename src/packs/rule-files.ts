import { isNode, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { RuleOptions } from '../core/rules/rule.ts';
import { compileRules, type RuleBook, type RuleSource } from '../core/rules/rule-book.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';
import { packFileBytesMax, yamlAliasesMax } from './read-yaml.ts';

/** A Sigma document as it stands in a file; several may stand in one, between lines of `---`. */
export type RuleDocument = RuleSource & {
  readonly file: string;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Reads the documents of a file (YAML 1.2, no repeated keys); what is no YAML is a problem with its line. */
export function readRuleFile(text: string, file: string, problems: PackProblem[]): readonly RuleDocument[] {
  if (text.length > packFileBytesMax) {
    problems.push({ file, line: 0, reason: `the file is larger than ${packFileBytesMax / 1024} KB` });
    return [];
  }
  const lines = new LineCounter();
  const options = { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: true } as const;
  const documents = parseAllDocuments(text.replace(/^\ufeff/u, ''), options);
  return [...documents].flatMap((parsed) => {
    const faults = [...parsed.errors, ...parsed.warnings];
    for (const fault of faults) {
      const line = lines.linePos(fault.pos[0]).line;
      problems.push({ file, line, reason: `this is not valid YAML: ${fault.message.split('\n')[0] ?? ''}` });
    }
    if (faults.length > 0 || parsed.contents === null) return [];
    let document: unknown;
    try {
      document = parsed.toJS({ maxAliasCount: yamlAliasesMax });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      problems.push({ file, line: 0, reason: `more than ${yamlAliasesMax} uses of an alias (*name)` });
      return [];
    }
    const first = isNode(parsed.contents) && parsed.contents.range ? parsed.contents.range[0] : 0;
    const lineOf = (path: readonly PropertyKey[]): number => {
      for (let length = path.length; length > 0; length -= 1) {
        const node: unknown = parsed.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return lines.linePos(first).line;
    };
    return [{ file, document, lineOf }];
  });
}

/** `rules/…/rule-set.yaml`: what the documents of its folder and below do not say themselves. */
const ruleSetSchema = z.strictObject({
  /** SPDX id, such as `DRL-1.1`. */
  license: z.string().min(1).max(100),
  origin: z.url({ protocol: /^https$/u }),
});

/** The Sigma documents below `rules/` of a pack, with the licence of their rule set. */
export function readRuleFiles(folder: PackFolder, problems: PackProblem[]): readonly RuleDocument[] {
  const sets = folder.matching(/^(rules\/(?:.+\/)?)rule-set\.yaml$/u).flatMap(({ file, groups }) => {
    const read = folder.yaml(file, ruleSetSchema);
    return read === undefined ? [] : [{ below: groups[0] ?? '', ...read.value }];
  });
  return folder.matching(/^rules\/(?!(?:.+\/)?rule-set\.yaml$).+\.ya?ml$/u).flatMap(({ file }) => {
    const set = sets
      .filter(({ below }) => file.startsWith(below))
      .sort((one, other) => other.below.length - one.below.length)[0];
    return readRuleFile(folder.text(file) ?? '', file, problems).map((document) => ({
      ...document,
      license: set?.license,
      origin: set?.origin,
    }));
  });
}

/** Compiles all documents together; what is refused becomes a problem with file, line and reason. */
export function compileRuleFiles(
  documents: readonly RuleDocument[],
  options: RuleOptions,
  problems: PackProblem[],
): RuleBook {
  const book = compileRules(documents, options);
  for (const { document, path, reason } of book.refusals) {
    const written = documents[document];
    if (written !== undefined) problems.push({ file: written.file, line: written.lineOf(path), reason });
  }
  return book;
}
