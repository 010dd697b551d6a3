import { Refusal } from './detection-node.ts';

/** Tests of one value against one value of a Sigma detection. Text is compared without case. */
export type ValueTest = (value: unknown) => boolean;

export type DetectionOptions = {
  /** Makes a matcher that finds a pattern anywhere in a text, in linear time; undefined for a pattern it refuses. */
  readonly regex?: (pattern: string) => ((text: string) => boolean) | undefined;
};

/** @param key the field with its modifiers, for the reason of a refusal */
export function compileValue(
  key: string,
  kind: string | undefined,
  wanted: unknown,
  options: DetectionOptions,
): ValueTest {
  if (wanted === null && kind === undefined)
    return (value) => value === undefined || value === null || value === '';
  if (typeof wanted !== 'string' && typeof wanted !== 'number' && typeof wanted !== 'boolean') {
    throw new Refusal(`"${key}" takes text, numbers or true and false`);
  }
  const text = String(wanted);
  switch (kind) {
    case undefined:
      return onText(globTest(text));
    case 'contains':
      return onText(globTest(`*${text}*`));
    case 'startswith':
      return onText(globTest(`${text}*`));
    case 'endswith':
      return onText(globTest(`*${text}`));
    case 're': {
      if (options.regex === undefined)
        throw new Refusal(`"${key}": regular expressions are not available here`);
      const matcher = options.regex(text);
      if (matcher === undefined) throw new Refusal(`"${key}": this regular expression is not supported`);
      return (value) => (typeof value === 'string' || typeof value === 'number') && matcher(String(value));
    }
    default:
      throw new Refusal(`"${key}": the modifier "${kind}" is not supported`);
  }
}

function onText(test: (text: string) => boolean): ValueTest {
  return (value) =>
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
    test(String(value).toLowerCase());
}

const anyRun = Symbol('*');
const anyOne = Symbol('?');
type GlobPart = string | typeof anyRun | typeof anyOne;

/** Sigma wildcards: `*` any run, `?` one character, a backslash before either (or itself) takes it literally. */
export function globTest(pattern: string): (text: string) => boolean {
  const parts: GlobPart[] = [];
  const characters = [...pattern.toLowerCase()];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const next = characters[index + 1];
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      parts.push(next);
      index += 1;
    } else if (character === '*') {
      if (parts.at(-1) !== anyRun) parts.push(anyRun);
    } else parts.push(character === '?' ? anyOne : character);
  }
  return plainTest(parts) ?? ((text) => matchGlob(parts, [...text]));
}

/** The common shapes (`word`, `word*`, `*word`, `*word*`) without a walk over characters. */
function plainTest(parts: readonly GlobPart[]): ((text: string) => boolean) | undefined {
  const isOpenStart = parts[0] === anyRun;
  const isOpenEnd = parts.length > 1 && parts.at(-1) === anyRun;
  const inner = parts.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  if (inner.some((part) => typeof part !== 'string')) return undefined;
  const word = inner.map(String).join('');
  if (isOpenStart && isOpenEnd) return (text) => text.includes(word);
  if (isOpenStart) return (text) => text.endsWith(word);
  if (isOpenEnd) return (text) => text.startsWith(word);
  return (text) => text === word;
}

/** Greedy with one point of return: at most length × pattern steps. */
function matchGlob(parts: readonly GlobPart[], text: readonly string[]): boolean {
  let at = 0;
  let part = 0;
  let star = -1;
  let mark = 0;
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted === anyRun) {
      star = part;
      mark = at;
      part += 1;
    } else if (wanted !== undefined && (wanted === anyOne || wanted === text[at])) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      part = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (parts[part] === anyRun) part += 1;
  return part === parts.length;
}
