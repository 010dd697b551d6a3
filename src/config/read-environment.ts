import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import type { ConfigProblem } from './problem.ts';
import type { Path } from './raw-tree.ts';
import { phraseOf, type Setting } from './settings-tree.ts';
import { bare, nearest } from './suggest.ts';

export type Environment = { readonly [name: string]: string | undefined };
export type EnvironmentValue = { readonly name: string; readonly path: Path; readonly value: unknown };

const prefix = 'FOLDBACK__';
const fileSuffix = '_FILE';
const sizeBytesMax = 256 * 1024;
/** Names that others made usual. */
const aliases: { readonly [name: string]: Path } = { DATABASE_URL: ['database', 'url'] };

/**
 * Settings from the environment: `FOLDBACK__DELIVERY__QUIET_HOURS__FROM`, in any capitals, single underscores as
 * you like. With `_FILE` behind it the variable names a file that holds the value, as secret stores mount it. Empty
 * variables count as not set: compose files cannot leave them out.
 */
export function readEnvironment(
  environment: Environment,
  root: Setting,
): { readonly values: readonly EnvironmentValue[]; readonly problems: readonly ConfigProblem[] } {
  const values: EnvironmentValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const [name, text] of Object.entries(environment).toSorted(([left], [right]) =>
    left < right ? -1 : 1,
  )) {
    if (text === undefined || text === '') continue;
    const found = resolveName(name, root);
    if (found === undefined) continue;
    if (found.kind === 'problem') {
      problems.push({ where: name, setting: '', problem: found.problem, fix: found.fix });
      continue;
    }
    const setting = found.path.join('.');
    const content = found.isFile ? fileContent(text) : text;
    if (content === undefined) {
      const fix = `Let ${name} name a file that this user may read.`;
      problems.push({ where: name, setting, problem: 'the file that it names cannot be read', fix });
      continue;
    }
    const earlier = values.find((other) => other.path.join('.') === setting);
    if (earlier !== undefined) {
      const fix = `Keep one of ${earlier.name} and ${name}.`;
      problems.push({ where: name, setting, problem: `${earlier.name} sets the same`, fix });
    } else values.push({ name, path: found.path, value: coerce(content, found.setting) });
  }
  return { values, problems };
}

type Resolved =
  | { readonly kind: 'setting'; readonly path: Path; readonly setting: Setting; readonly isFile: boolean }
  | { readonly kind: 'problem'; readonly problem: string; readonly fix: string };

function resolveName(name: string, root: Setting): Resolved | undefined {
  const alias =
    aliases[name] ?? (name.endsWith(fileSuffix) ? aliases[name.slice(0, -fileSuffix.length)] : undefined);
  if (alias !== undefined) return found(alias, root, name.endsWith(fileSuffix));
  if (!name.toUpperCase().startsWith(prefix)) return undefined;
  const text = name.slice(prefix.length);
  const whole = walk(text.split('__'), root);
  if (typeof whole !== 'string') return found(whole, root, false);
  const isFile = text.toUpperCase().endsWith(fileSuffix);
  const stem = isFile ? walk(text.slice(0, -fileSuffix.length).split('__'), root) : whole;
  if (typeof stem === 'string') return { kind: 'problem', problem: 'there is no such setting', fix: stem };
  const resolved = found(stem, root, true);
  if (resolved.kind === 'setting' && resolved.setting.isPath) {
    const variable = name.slice(0, -fileSuffix.length);
    return {
      kind: 'problem',
      problem: 'this setting is a path itself',
      fix: `Give the path in ${variable}.`,
    };
  }
  return resolved;
}

function found(path: Path, root: Setting, isFile: boolean): Resolved {
  let setting: Setting | undefined = root;
  for (const step of path) setting = setting?.members.get(String(step)) ?? setting?.item;
  return setting === undefined
    ? { kind: 'problem', problem: 'there is no such setting', fix: 'See docs/config.md.' }
    : { kind: 'setting', path, setting, isFile };
}

/** The path that the segments name, or what to do about the first that names nothing. */
function walk(segments: readonly string[], root: Setting): Path | string {
  const path: string[] = [];
  let setting = root;
  for (const [index, segment] of segments.entries()) {
    const name = [...setting.members.keys()].find((member) => bare(member) === bare(segment));
    const next: Setting | undefined = name === undefined ? undefined : setting.members.get(name);
    if (name !== undefined && next !== undefined) {
      path.push(name);
      setting = next;
    } else if (setting.kind === 'record' && /^[a-z0-9_]+$/iu.test(segment)) {
      path.push(segment.toLowerCase().replaceAll('_', '-'));
      setting = setting.item ?? { ...root, kind: 'value', type: 'any', members: new Map() };
    } else return hint(segment, path, setting, segments.slice(index + 1));
  }
  return path;
}

function hint(segment: string, path: readonly string[], setting: Setting, rest: readonly string[]): string {
  const variable = (name: string): string => prefix + [...path, name].map(environmentName).join('__');
  const near = nearest(segment, setting.members.keys());
  if (near !== undefined) return `Did you mean ${[variable(near), ...rest].join('__')}?`;
  const known = [...setting.members.keys()].map(variable);
  if (known.length > 0) return `Known here: ${known.join(', ')}.`;
  const whole = prefix + path.map(environmentName).join('__');
  return `${whole} takes ${phraseOf(setting)} as a whole.`;
}

/** `quietHours` as `QUIET_HOURS`. */
export function environmentName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}

function fileContent(path: string): string | undefined {
  try {
    return statSync(path).size > sizeBytesMax
      ? undefined
      : readFileSync(path, 'utf8').replace(/(\r?\n)+$/u, '');
  } catch {
    return undefined;
  }
}

/** Text as the type that the setting has; what does not fit stays text, and the schema says so. */
function coerce(text: string, setting: Setting): unknown {
  const trimmed = text.trim();
  if (setting.kind === 'list') {
    if (trimmed.startsWith('[')) return parsedOr(text);
    const item = setting.item;
    return trimmed
      .split(/[\s,]+/u)
      .filter((part) => part !== '')
      .map((part) => (item === undefined ? part : coerce(part, item)));
  }
  if (setting.kind !== 'value' || setting.type === 'any')
    return /^[[{]/u.test(trimmed) ? parsedOr(text) : text;
  if (setting.type === 'integer' || setting.type === 'number') {
    return /^-?\d{1,15}(\.\d{1,15})?$/u.test(trimmed) ? Number(trimmed) : text;
  }
  if (setting.type === 'boolean') {
    if (/^(true|yes|on|1)$/iu.test(trimmed)) return true;
    return /^(false|no|off|0)$/iu.test(trimmed) ? false : text;
  }
  return text;
}

function parsedOr(text: string): unknown {
  try {
    const parsed: unknown = parse(text, { maxAliasCount: 0 });
    return parsed;
  } catch {
    return text;
  }
}
