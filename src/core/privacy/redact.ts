import type { Json } from '../event.ts';

/** What a person is called, and what stands there once they are erased. */
export type Redaction = {
  /** Longest first, so that an address goes whole before a part of it is looked for. */
  readonly names: readonly { readonly text: string; readonly instead: string }[];
};

/** Names of members and columns whose text comes from closed lists of ours, where an account may be called the same. */
const closedNames: ReadonlySet<string> = new Set([
  'action',
  'answer',
  'behaviour',
  'channel',
  'kind',
  'language',
  'lane',
  'moment',
  'outcome',
  'provider',
  'reason_code',
  'report',
  'role',
  'rung',
  'signal',
  'source',
  'state',
  'status',
  'system',
  'type',
  'validity',
  'version',
]);

/** A shorter name is no word of its own in a sentence: only where it stands alone is it somebody. */
const wordLengthMin = 3;

export function redactionOf(names: readonly string[], insteadOf: (name: string) => string): Redaction {
  const folded = new Map(
    names
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => [name.toLowerCase(), name]),
  );
  return {
    names: [...folded]
      .map(([key, text]) => ({ text, instead: insteadOf(key) }))
      .toSorted((left, right) => right.text.length - left.text.length || (left.text < right.text ? -1 : 1)),
  };
}

/** The value without the names; the same object where there is none of them. */
export function redactJson<Value extends Json>(value: Value, redaction: Redaction, member?: string): Value;
export function redactJson(value: Json, redaction: Redaction, member = ''): Json {
  if (typeof value === 'string') return redactText(value, redaction, member);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => redactJson(item, redaction, member));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value).map(([name, inner]): readonly [string, Json] => {
    return [redactText(name, redaction, 'name of a member'), redactJson(inner, redaction, name)];
  });
  const isSame = Object.entries(value).every(
    ([name, inner], index) => entries[index]?.[0] === name && entries[index]?.[1] === inner,
  );
  return isSame ? value : Object.fromEntries(entries);
}

/** @param member what the text is called where it stands */
export function redactText(text: string, { names }: Redaction, member = ''): string {
  if (closedNames.has(member)) return text;
  const lower = text.toLowerCase();
  return names.reduce((left, { text: name, instead }) => {
    const wanted = name.toLowerCase();
    if (!lower.includes(wanted)) return left;
    if (left.toLowerCase() === wanted) return instead;
    return wanted.length < wordLengthMin || member === 'name of a member'
      ? left
      : wordsOut(left, name, instead);
  }, text);
}

/** Whole words only: what is called Ana is not in `banana`. */
function wordsOut(text: string, name: string, instead: string): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'giu'), instead);
}
