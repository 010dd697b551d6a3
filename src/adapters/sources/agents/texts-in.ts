import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

/** Texts that are read of one value, and levels: hostile data ends somewhere. */
const textsMax = 2000;
const levelsMax = 20;

/**
 * The texts in a value, at any depth: of JSON in a text what stands in it, and of a Python literal, as many frameworks
 * write it, what stands between quotes. Numbers count as their digits. The order of members does not matter to any
 * caller.
 */
export function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  collect(value, texts, 0);
  return texts;
}

function collect(value: unknown, texts: string[], level: number): void {
  if (texts.length >= textsMax || level > levelsMax) return;
  if (typeof value === 'string') collectText(value, texts, level);
  else if (typeof value === 'number') texts.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, level + 1);
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) collect(member, texts, level + 1);
}

function collectText(text: string, texts: string[], level: number): void {
  const trimmed = text.trim();
  if (/^(?:\{[\s\S]*\}|\[[\s\S]*\]|"[\s\S]*")$/u.test(trimmed)) {
    const parsed = parseRecord(trimmed, limits);
    if (parsed.ok) {
      collect(parsed.value, texts, level + 1);
      return;
    }
    const inner = trimmed.replace(/^"|"$/gu, '');
    if (/^[{[]/u.test(inner)) {
      for (const part of literalTexts(inner)) if (texts.length < textsMax) texts.push(part);
      return;
    }
  }
  texts.push(text);
}

/**
 * What stands between quotes in a Python literal. Its writers do not always escape a quote inside, so a text ends where
 * a quote is followed by what may follow a text.
 */
function* literalTexts(literal: string): Generator<string> {
  let start = -1;
  let quote = '';
  for (let at = 0; at < literal.length; at++) {
    const character = literal[at] ?? '';
    if (start < 0) {
      if (character === "'" || character === '"') {
        start = at + 1;
        quote = character;
      }
      continue;
    }
    if (character === '\\') at += 1;
    else if (character === quote && /^\s*[,:}\]]/u.test(literal.slice(at + 1, at + 20))) {
      yield literal.slice(start, at);
      start = -1;
    }
  }
  if (start >= 0) yield literal.slice(start);
}
