import { createHash } from 'node:crypto';
import { type PolicyContent, policyTestsSchema, policyWordsSchema } from '../core/policy/content.ts';
import { openPackFolder, type PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

/** Reads `policies/`: the schema and the policies as they stand, their words and tests by form. */
export function readPolicyFiles(folder: PackFolder, problems: PackProblem[]): PolicyContent {
  const texts = (pattern: RegExp) =>
    folder.matching(pattern).map(({ file }) => ({ file, text: folder.text(file) ?? '' }));
  const [schema] = texts(/^policies\/schema\.cedarschema$/u);
  return {
    ...(schema === undefined ? {} : { schema }),
    policies: texts(/^policies\/[^/]+\.cedar$/u),
    words: folder.matching(/^policies\/words\.([^/.]+)\.yaml$/u).flatMap(({ file, groups }) => {
      const read = folder.yaml(file, policyWordsSchema);
      if (read === undefined) return [];
      if (read.value.language !== groups[0]) {
        const reason = '"language" and the name of the file differ';
        problems.push({ file, line: read.lineOf(['language']), reason });
      }
      return [{ file, words: read.value }];
    }),
    tests: folder.matching(/^policies\/[^/]+\.tests\.yaml$/u).flatMap(({ file }) => {
      const read = folder.yaml(file, policyTestsSchema);
      return read === undefined ? [] : [{ file, tests: read.value.tests }];
    }),
  };
}

/** The policies of a folder of packs alone: for a reload, which concerns nothing else. */
export function loadPolicyFiles(dir: string): {
  readonly content: PolicyContent;
  readonly problems: readonly PackProblem[];
} {
  const problems: PackProblem[] = [];
  const content = readPolicyFiles(openPackFolder(dir, problems, 'policies'), problems);
  return { content, problems };
}

/** 16 hex over all of it: another one means that something was changed. */
export function contentVersion(content: PolicyContent): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
