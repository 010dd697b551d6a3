import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PackProblem } from './problem.ts';

/** Files of a pack are written by people; anything larger is not a pack. */
export const packFileBytesMax = 512 * 1024;
/** Aliases may repeat a part, not multiply it (the "billion laughs"). */
export const yamlAliasesMax = 50;

export type YamlFile<Value> = {
  readonly value: Value;
  /** Line of the part at a path, or of the nearest part around it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/**
 * Reads YAML 1.2 (core schema, no custom tags, no repeated keys) and checks it. All problems at once, each with its
 * line; undefined when there is one.
 *
 * @param lineOffset lines that stand above this text in its file
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  problems: PackProblem[],
  lineOffset = 0,
): YamlFile<z.output<Schema>> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    for (const fault of faults) {
      const line = lines.linePos(fault.pos[0]).line + lineOffset;
      problems.push({ file, line, reason: `this is not valid YAML: ${firstLine(fault.message)}` });
    }
    return undefined;
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: yamlAliasesMax });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    problems.push({ file, line: 0, reason: `more than ${yamlAliasesMax} uses of an alias (*name)` });
    return undefined;
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line + lineOffset;
    }
    return 1 + lineOffset;
  };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, lineOf };
  for (const issue of parsed.error.issues) {
    const where = issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
    problems.push({ file, line: lineOf(issue.path), reason: `${where}${inWritersWords(issue)}` });
  }
  return undefined;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/u, '') ?? text;
}

function inWritersWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here`;
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? 'is missing'
        : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `is too short or too small; at least ${issue.minimum}`;
    case 'too_big':
      return `is too long or too large; at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function article(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text; put it in "quotes" if it looks like a number or a date',
    array: 'a list',
    object: 'a set of named parts',
    record: 'a set of named parts',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
  };
  return names[expected] ?? expected;
}
