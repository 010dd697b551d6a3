import { maskShapes } from './secret-provider.ts';

/**
 * Characters of a text that is kept from an event, by what it is. Longer texts are cut at their end. A repository is
 * looked up by its name: it has to fit an entry of a database's index, also in letters of four bytes.
 */
export const keptLengthMax = {
  name: 200,
  repository: 300,
  path: 1024,
  url: 2048,
  rule: 200,
  text: 500,
} as const;

/**
 * A text as it may be stored: without NUL and lone surrogates, which PostgreSQL refuses, and cut to a length. It
 * stays data: nothing else is changed here.
 */
export function keptText(text: string, lengthMax: number): string {
  const bounded = text.length > lengthMax ? text.slice(0, lengthMax) : text;
  const whole = bounded.isWellFormed() ? bounded : bounded.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
}

/** What a person wrote beside an answer or a decision. People paste there what they were told of: its shape is masked. */
export function keptNote(text: string): string {
  // Masked before it is cut, or a part of a secret would no longer have its shape.
  return keptText(maskShapes(text.slice(0, keptLengthMax.text * 2)), keptLengthMax.text);
}

/** A URL without user and password in it, which may be a token. */
export function withoutUserInfo(url: string): string {
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^\s/?#@]*@/iu, '$1');
}
