/** Texts of rules with wildcards, and whether a text fits them (Sigma rules, "String Wildcard" and "Escaping"). */

export const anyRun: unique symbol = Symbol('*');
export const anyOne: unique symbol = Symbol('?');
/** One of the dashes that Windows commands take for each other (modifier `windash`). */
export const anyDash: unique symbol = Symbol('-');

/** Text taken literally, or a wildcard. */
export type PatternPart = string | typeof anyRun | typeof anyOne | typeof anyDash;

export const dashes: readonly string[] = ['-', '/', '\u2013', '\u2014', '\u2015'];

/**
 * `*` any run, `?` one character. A backslash takes a wildcard or a backslash after it literally; before anything else
 * it stands for itself, so that single and double backslashes mean the same.
 */
export function parsePattern(text: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      index += 1;
    } else if (character === '*') {
      flush();
      if (parts.at(-1) !== anyRun) parts.push(anyRun);
    } else if (character === '?') {
      flush();
      parts.push(anyOne);
    } else literal += character;
  }
  flush();
  return parts;
}

/** A pattern ready for texts. Without `isCased` it wants texts in lower case. */
export type TextTest = {
  readonly test: (text: string) => boolean;
  /** The only text that fits; undefined with wildcards. */
  readonly literal: string | undefined;
  /** Whether any part of a longer text may fit, so that maps and lists are searched part by part. */
  readonly isOpen: boolean;
};

export function compilePattern(pattern: readonly PatternPart[], isCased: boolean): TextTest {
  const parts = isCased
    ? pattern
    : pattern.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
  const segments = segmentsOf(parts);
  const isOpen = segments.length > 1;
  const words = segments.map(wordOf);
  if (!words.every((word) => word !== undefined))
    return { test: globTest(parts), literal: undefined, isOpen };
  const [first = '', ...others] = words;
  const last = others.pop();
  if (last === undefined) return { test: (text) => text === first, literal: first, isOpen: false };
  return { test: wordsTest(first, others, last), literal: undefined, isOpen };
}

/** The pieces between runs; the first and the last are anchored at their end of the text. */
function segmentsOf(parts: readonly PatternPart[]): readonly (readonly PatternPart[])[] {
  const segments: PatternPart[][] = [[]];
  for (const part of parts) {
    if (part === anyRun) segments.push([]);
    else segments.at(-1)?.push(part);
  }
  return segments;
}

function wordOf(segment: readonly PatternPart[]): string | undefined {
  return segment.every((part) => typeof part === 'string') ? segment.join('') : undefined;
}

/** `first*middle*last` without a walk over characters. */
function wordsTest(first: string, middle: readonly string[], last: string): (text: string) => boolean {
  const inner = middle.filter((word) => word !== '');
  const [only] = inner;
  if (inner.length === 0 && last === '') return (text) => text.startsWith(first);
  if (inner.length === 0 && first === '') return (text) => text.endsWith(last);
  if (inner.length === 1 && only !== undefined && first === '' && last === '') {
    return (text) => text.includes(only);
  }
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    for (const word of inner) {
      const found = text.indexOf(word, from);
      if (found < 0 || found + word.length > end) return false;
      from = found + word.length;
    }
    return true;
  };
}

/** With `?` or dashes: by characters, as a surrogate pair is one of them. */
function globTest(parts: readonly PatternPart[]): (text: string) => boolean {
  const single = parts.flatMap((part): readonly PatternPart[] =>
    typeof part === 'string' ? [...part] : [part],
  );
  // Most texts are told apart by the longest word alone.
  const longest = parts.reduce<string>(
    (best, part) => (typeof part === 'string' && part.length > best.length ? part : best),
    '',
  );
  return (text) => text.includes(longest) && matchGlob(single, [...text]).isMatch;
}

/** Greedy with one point of return: at most (length of the text + 1) × length of the pattern steps. */
export function matchGlob(
  parts: readonly PatternPart[],
  text: readonly string[],
): { readonly isMatch: boolean; readonly steps: number } {
  let at = 0;
  let part = 0;
  let star = -1;
  let mark = 0;
  let steps = 0;
  while (at < text.length) {
    steps += 1;
    const wanted = parts[part];
    if (wanted === anyRun) {
      star = part;
      mark = at;
      part += 1;
    } else if (wanted !== undefined && fits(wanted, text[at] ?? '')) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      part = star + 1;
      mark += 1;
      at = mark;
    } else return { isMatch: false, steps };
  }
  while (parts[part] === anyRun) part += 1;
  return { isMatch: part === parts.length, steps };
}

function fits(wanted: PatternPart, character: string): boolean {
  return wanted === anyOne || (wanted === anyDash ? dashes.includes(character) : wanted === character);
}
