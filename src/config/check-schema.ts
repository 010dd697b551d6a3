import type { z } from 'zod';
import { type ConfigProblem, type OriginOf, whereOf } from './problem.ts';
import { pathText, type RawTree, valueAt, withoutValue } from './raw-tree.ts';
import { baseSchema, type Config } from './schema.ts';
import { phraseOf, type Setting, settingAt } from './settings-tree.ts';
import { nearest } from './suggest.ts';

/**
 * Checks against the schema. What is wrong is reported and taken out, until the rest is right: so that the checks
 * across settings can run as well, and all problems come at once.
 */
export function checkSchema(
  raw: RawTree,
  schema: z.ZodType,
  tree: Setting,
  originOf: OriginOf,
): { readonly config?: Config; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const removed: (readonly PropertyKey[])[] = [];
  let rest: unknown = raw;
  // Each round takes something out, so the rounds are bounded by what was written.
  for (let round = 0; round < 1000; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) {
      // The base schema knows less of adapters' settings and changes nothing in them.
      const config = baseSchema.safeParse(parsed.data);
      return config.success ? { config: config.data, problems } : { problems };
    }
    const { issues } = parsed.error;
    const current = rest;
    // What is wrong only because something was taken out before is no news.
    const news = issues.filter((issue) => !removed.some((path) => isRelated(path, issue.path)));
    for (const issue of news) problems.push(...problemsOf(issue, current, tree, originOf));
    for (const path of issues.flatMap((issue) => faultyPaths(issue, current)).toSorted(laterFirst)) {
      rest = withoutValue(rest, path) ?? {};
      removed.push(path);
    }
  }
  return { problems };
}

/** Whether one lies inside the other. */
function isRelated(left: readonly PropertyKey[], right: readonly PropertyKey[]): boolean {
  const length = Math.min(left.length, right.length);
  return pathText(left.slice(0, length)) === pathText(right.slice(0, length));
}

/** Items at the end of a list go first, so that the numbers of those before stay. */
function laterFirst(left: readonly PropertyKey[], right: readonly PropertyKey[]): number {
  return pathText(right).localeCompare(pathText(left), 'en', { numeric: true });
}

function faultyPaths(issue: z.core.$ZodIssue, raw: unknown): readonly (readonly PropertyKey[])[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  let path: readonly PropertyKey[] = issue.path;
  // Something required is absent: the group that needs it goes.
  while (path.length > 0 && valueAt(raw, path) === undefined) path = path.slice(0, -1);
  return [path];
}

function problemsOf(
  issue: z.core.$ZodIssue,
  raw: unknown,
  tree: Setting,
  originOf: OriginOf,
): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], tree, originOf));
  }
  const isAbsent = valueAt(raw, issue.path) === undefined;
  const at = isAbsent ? issue.path.slice(0, -1) : issue.path;
  const setting = settingAt(tree, issue.path);
  const expected = `Write ${setting === undefined ? 'another value' : phraseOf(setting)}.`;
  const problem = isAbsent ? 'is missing' : sentenceOf(issue);
  // Where the schema's own message says what to write, what the setting is for helps more than its type.
  const isExplained = !isAbsent && (issue.code === 'custom' || issue.code === 'invalid_format');
  const fix = isExplained ? adviceOf(setting) : expected;
  return [{ where: whereOf(originOf(at)), setting: pathText(issue.path), problem, fix }];
}

function adviceOf(setting: Setting | undefined): string {
  return setting === undefined || setting.description === '' ? 'See docs/config.md.' : setting.description;
}

/** What people call the kinds of values. */
const kindNames = new Map<string, string>([
  ['array', 'list'],
  ['object', 'group of settings'],
  ['record', 'group of settings'],
  ['string', 'text'],
  ['int', 'whole number'],
  ['boolean', 'true or false'],
]);

/** What zod says, without its habit of beginning with "Invalid input"; it never quotes the value. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `this is no ${kindNames.get(issue.expected) ?? issue.expected}`;
  if (issue.code === 'invalid_value') return 'this is none of the known values';
  if (issue.code === 'too_small') return `this is below the least, ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `this is above the most, ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_union') return 'this fits none of the forms';
  return issue.message;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
}

function unknownKey(path: readonly PropertyKey[], tree: Setting, originOf: OriginOf): ConfigProblem {
  const group = settingAt(tree, path.slice(0, -1));
  const known = [...(group?.members.keys() ?? [])];
  const near = nearest(String(path.at(-1)), known);
  const fix = near !== undefined ? `Did you mean ${near}?` : `Known here: ${known.join(', ')}.`;
  return {
    where: whereOf(originOf(path)),
    setting: pathText(path),
    problem: 'there is no such setting',
    fix,
  };
}
