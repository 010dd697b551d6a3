/**
 * Whether an object of a valid JSON text names a member twice. Parsers differ in which one they take (RFC 8259, 4): a
 * gateway that read the other one would judge another request.
 */
export function hasDuplicateKeys(text: string): boolean {
  /** Names of each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isNameNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = stringEnd(text, at);
        const names = open.at(-1);
        if (isNameNext && names !== undefined) {
          const name = nameOf(text, at, end);
          if (names.has(name)) return true;
          names.add(name);
        }
        isNameNext = false;
        at = end;
        break;
      }
      case openBrace:
        open.push(new Set());
        isNameNext = true;
        break;
      case openBracket:
        open.push(undefined);
        isNameNext = false;
        break;
      case comma:
        isNameNext = open.at(-1) !== undefined;
        break;
      case closeBrace:
      case closeBracket:
        open.pop();
        isNameNext = false;
    }
  }
  return false;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Where the text that begins at `start` ends. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

/** Written with escapes or without, it is the same name. */
function nameOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  const name: string = JSON.parse(text.slice(start, end + 1));
  return name;
}
