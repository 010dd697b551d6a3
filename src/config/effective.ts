import type { LoadedConfig } from './load.ts';
import { originText } from './problem.ts';
import { isTree, type Path, pathText } from './raw-tree.ts';
import { isSecretAt } from './settings-tree.ts';

export type EffectiveSetting = {
  /** `delivery.quietHours.from`. */
  readonly setting: string;
  /** As text; secrets as `••••`, addresses of databases without their password. */
  readonly value: string;
  /** `default`, `foldback.yaml:12`, or the name of an environment variable. */
  readonly origin: string;
};

const masked = '••••';

/** Every setting in force, with where it came from; safe to show and to paste into a report. */
export function effective(loaded: LoadedConfig): readonly EffectiveSetting[] {
  return leaves(loaded.config).map(({ path, value }) => ({
    setting: pathText(path),
    value: isSecretAt(loaded.tree, path) ? maskOf(value) : JSON.stringify(value),
    origin: originText(loaded.originOf(path)),
  }));
}

/** All secret values in force, for the log to keep out of its lines. */
export function secretValues(loaded: LoadedConfig): readonly string[] {
  return leaves(loaded.config)
    .filter(({ path }) => isSecretAt(loaded.tree, path))
    .flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
    .flatMap((value: unknown) => (typeof value === 'string' ? [value, ...passwordOf(value)] : []));
}

/** Lists of plain values are one leaf; lists of groups are taken apart. */
function leaves(
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly value: unknown }[] {
  if (isTree(value))
    return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]));
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
    return value.flatMap((item: unknown, index) => leaves(item, [...path, index]));
  }
  return value === undefined ? [] : [{ path, value }];
}

function maskOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `${masked} (${value.length})`;
  // Which database it is helps; of any other address the path may be the secret.
  if (typeof value !== 'string' || !/^postgres(ql)?:/u.test(value) || !URL.canParse(value)) return masked;
  const url = new URL(value);
  return `${url.protocol}//${masked}@${url.host}${url.pathname}`;
}

function passwordOf(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const { password } = new URL(text);
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
