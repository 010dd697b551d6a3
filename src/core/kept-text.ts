/** Characters of a text that is kept from an event, by what it is. Longer texts are cut at their end. */
export const keptLengthMax = { name: 200, path: 1024, url: 2048, rule: 200, text: 500 } as const;

/**
 * A text as it may be stored: without NUL and lone surrogates, which PostgreSQL refuses, and cut to a length. It
 * stays data: nothing else is changed here.
 */
export function keptText(text: string, lengthMax: number): string {
  const bounded = text.length > lengthMax ? text.slice(0, lengthMax) : text;
  const whole = bounded.isWellFormed() ? bounded : bounded.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
}

/** A URL without user and password in it, which may be a token. */
export function withoutUserInfo(url: string): string {
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^\s/?#@]*@/iu, '$1');
}
