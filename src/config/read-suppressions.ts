import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError, type ErrorPlace } from '../core/errors.ts';
import { isMask } from '../core/mask.ts';
import { nearest } from './suggest.ts';

/** A rule of the file: what it covers, why, until when and who says so. */
export type SuppressionRule = {
  readonly kind: 'path' | 'repository' | 'value';
  readonly pattern: string;
  readonly reason: string;
  readonly by: string;
  /** The end of the day that the file names, UTC, epoch milliseconds. */
  readonly until: number;
};

export type Suppressions = {
  readonly rules: readonly SuppressionRule[];
  /** A sentence for each rule whose day has passed: it is not used. */
  readonly warnings: readonly string[];
};

/** A rule that nobody looks at again would hide what it was never meant for. */
const daysMax = 366;
const dayMs = 86_400_000;
const sizeBytesMax = 1024 * 1024;
const rulesMax = 5000;
const aliasesMax = 50;
const problemsShownMax = 50;
const wildcardsMax = 6;

const line = z.string().regex(/^[^\x00-\x1f\x7f]+$/u, 'write it on one line');
const pattern = line
  .max(300)
  .refine((text) => !/^\W*$/u.test(text), 'this would cover everything: name a folder or a file')
  // Patterns meet every path that is reported: those that could take long are not taken.
  .refine((text) => !/[(){}|!+@\\]/u.test(text), 'use only *, ** and ? beside plain characters')
  .refine(
    (text) => (text.match(/\*+/gu) ?? []).length <= wildcardsMax,
    `use at most ${wildcardsMax} wildcards`,
  );
const entry = z
  .strictObject({
    path: pattern.optional(),
    repository: pattern.optional(),
    // Refused without being quoted: who writes the value itself here must not find it in a log.
    valueMask: z
      .string()
      .refine(isMask, 'copy the mask that Foldback shows, such as [secret:aws …9Qx2 #3fa9c1], not the value')
      .optional(),
    reason: line.min(3).max(200),
    by: line.max(100),
    until: z.iso.date('write a date such as 2027-05-31'),
  })
  .refine(
    (rule) => [rule.path, rule.repository, rule.valueMask].filter((what) => what !== undefined).length === 1,
    'name one of path, repository and valueMask',
  );
type Entry = z.infer<typeof entry>;

/**
 * Reads the file of what is test data.
 *
 * @param now epoch milliseconds, to judge the dates by
 * @throws AppError `bad-config` with every problem and its line, at once
 */
export function readSuppressions(file: string, now: number): Suppressions {
  const name = basename(file);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile())
    throw fault(name, [{ detail: 'the file is not there', line: 0 }]);
  if (found.size > sizeBytesMax) throw fault(name, [{ detail: 'the file is larger than 1 MiB', line: 0 }]);
  return parseSuppressions(readFileSync(file, 'utf8'), name, now);
}

/** As `readSuppressions`, of a text. */
export function parseSuppressions(text: string, name: string, now: number): Suppressions {
  const problems: ErrorPlace[] = [];
  const report = (at: number, detail: string) => problems.push({ line: at, detail });
  const { list, lineOf } = listIn(text, report);
  const rules: SuppressionRule[] = [];
  const warnings: string[] = [];
  if (list.length > rulesMax) report(1, `there are more than ${rulesMax} rules`);
  for (const [index, value] of list.slice(0, rulesMax).entries()) {
    const parsed = entry.safeParse(value);
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        report(lineOf([index, ...placeOf(issue)]), problemOf(issue, value));
      continue;
    }
    const rule = ruleOf(parsed.data);
    if (rule.until > now + daysMax * dayMs)
      report(lineOf([index, 'until']), '"until" is more than a year away: name a day on which to look again');
    else if (rule.until <= now)
      warnings.push(`${name}:${lineOf([index])}: the rule ended with ${parsed.data.until} and is not used`);
    else rules.push(rule);
  }
  if (problems.length > 0) throw fault(name, problems);
  return { rules, warnings };
}

type Listed = {
  readonly list: readonly unknown[];
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

function listIn(text: string, report: (line: number, detail: string) => void): Listed {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    uniqueKeys: true,
  });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  for (const { pos, code } of document.errors) {
    // The parser's own message may quote the text around the fault.
    const what = code.toLowerCase().replaceAll('_', ' ');
    report(lines.linePos(pos[0]).line, `this is not valid YAML (${what})`);
  }
  if (document.errors.length > 0) return { list: [], lineOf };
  try {
    const value: unknown = document.toJS({ maxAliasCount: aliasesMax });
    if (Array.isArray(value)) return { list: value, lineOf };
    if (value !== null) report(1, 'write a list: each rule begins with a hyphen');
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    report(1, 'it repeats itself through too many aliases');
  }
  return { list: [], lineOf };
}

function placeOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  const known = Object.keys(entry.shape);
  if (issue.code === 'unrecognized_keys') {
    const near = nearest(issue.keys[0] ?? '', known);
    return `unknown key${near === undefined ? `; known are ${known.join(', ')}` : `: did you mean ${near}?`}`;
  }
  const member = issue.path.map(String).join('.');
  const isAbsent =
    typeof value === 'object' && value !== null && member !== '' && !Object.hasOwn(value, member);
  if (isAbsent) return `"${member}" is missing`;
  const expected =
    issue.code === 'invalid_type' && member === '' ? 'a rule is a group of keys' : issue.message;
  return member === '' ? expected : `"${member}": ${expected}`;
}

function ruleOf(given: Entry): SuppressionRule {
  const { path, repository, valueMask, reason, by } = given;
  const until = Date.parse(`${given.until}T00:00:00Z`) + dayMs;
  const rest = { reason, by, until };
  if (valueMask !== undefined) return { kind: 'value', pattern: valueMask, ...rest };
  if (repository !== undefined) return { kind: 'repository', pattern: repository, ...rest };
  // Paths in reports begin with the first folder; `tests/` is all that is in it.
  const bare = (path ?? '').replace(/^\.?\//u, '');
  return { kind: 'path', pattern: bare.endsWith('/') ? `${bare}**` : bare, ...rest };
}

function fault(name: string, problems: readonly ErrorPlace[]): AppError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const shown = sorted.slice(0, problemsShownMax);
  const more = sorted.length > shown.length ? [`${name}: and ${sorted.length - shown.length} more`] : [];
  const sentences = shown.map(({ line: at, detail }) => `${name}${at === 0 ? '' : `:${at}`}: ${detail}`);
  return new AppError('bad-config', [...sentences, ...more].join('\n'), { places: shown });
}
