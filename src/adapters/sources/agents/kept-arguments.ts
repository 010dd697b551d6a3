import type { Json } from '../../../core/event.ts';
import { isSecretName } from '../../../core/secret-name.ts';
import { isDict } from '../../../lib/guards.ts';

const argumentsMax = 30;
const itemsMax = 20;
const textCharsMax = 300;

/** Members that hold what was written or said: kept as a size, as they may be anything. */
const bodies = new Set(
  'content contents new_string old_string file_text new_str old_str insert_text text body message html markdown diff patch todos html_body data'.split(
    ' ',
  ),
);

/**
 * What is kept of the arguments of a call: plain values and lists of them, in the order of their names. What lies
 * deeper was looked at and is not kept.
 */
export function keptArguments(given: unknown): { readonly [name: string]: Json } | undefined {
  if (typeof given === 'string') return given === '' ? undefined : { input: keptArgumentText(given) };
  if (!isDict(given)) return undefined;
  const kept: Record<string, Json> = {};
  let count = 0;
  for (const name of Object.keys(given).toSorted()) {
    const value = keptValue(name, given[name]);
    if (value === undefined) continue;
    if (count === argumentsMax) break;
    count += 1;
    // `__proto__` as a name is data like any other.
    Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return count === 0 ? undefined : kept;
}

function keptValue(name: string, value: unknown): Json | undefined {
  if (typeof value === 'string') {
    if (bodies.has(name.toLowerCase())) return `[text of ${value.length} characters]`;
    // Under the name of a secret it is masked as a whole: that needs all of it.
    return isSecretName(name) ? value : keptArgumentText(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return undefined;
  const items = value
    .slice(0, itemsMax)
    .flatMap((item): Json[] =>
      typeof item === 'string'
        ? [keptArgumentText(item)]
        : (typeof item === 'number' && Number.isFinite(item)) || typeof item === 'boolean'
          ? [item]
          : [],
    );
  return items.length === 0 ? undefined : items;
}

/** `--password x`, `TOKEN=x`, `Authorization: Bearer x`, `user:x@host`: in a command the place of a secret tells it. */
const secretWord = '(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|credential)';
const secretValue = `["']?(?!\\[secret)[^\\s"'&;|<>()]{4,500}["']?`;
const assigned = new RegExp(
  `((?:\\b[\\w-]{0,40}${secretWord}\\w{0,20}["']?\\s{0,3}[=:]\\s{0,3}|\\s--?[\\w-]{0,40}${secretWord}\\s{1,3}))${secretValue}`,
  'giu',
);
const bearer = /(\b(?:bearer|basic|token)\s{1,3})["']?[\w+/=.~-]{8,2000}/giu;
const userInfo = /(:\/\/[^\s:/@]{0,100}:)[^\s@/]{1,300}(@)/gu;
const userFlag = /(\s(?:-u|--user)[\s=]{1,3}["']?[^\s:"']{1,100}:)[^\s"']{1,300}/gu;

/** A text of an argument, short, without what stands where commands have a secret. */
export function keptArgumentText(text: string): string {
  const bounded = text.slice(0, textCharsMax * 2);
  const masked = bounded
    .replace(userInfo, '$1[secret]$2')
    .replace(userFlag, '$1[secret]')
    .replace(bearer, '$1[secret]')
    .replace(assigned, '$1[secret]');
  return masked.slice(0, textCharsMax);
}
