import { anyDash, anyOne, anyRun, dashes, type PatternPart } from './pattern.ts';

/** The modifiers that turn a text into another one (Sigma modifiers, "Encoding" and `windash`). */

/** Bytes as a text of one character a byte, so that they can be compared with text. */
type ByteText = string;

export type Utf16 = 'utf16le' | 'utf16be' | 'utf16';

/** UTF-16 of a text; `utf16` begins with a byte order mark and is little endian. */
export function utf16(text: string, form: Utf16): ByteText {
  let bytes = form === 'utf16' ? '\u00ff\u00fe' : '';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const low = String.fromCharCode(unit & 0xff);
    const high = String.fromCharCode(unit >> 8);
    bytes += form === 'utf16be' ? high + low : low + high;
  }
  return bytes;
}

export function utf8(text: string): ByteText {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

export function base64(bytes: ByteText): string {
  return btoa(bytes);
}

/**
 * What is constant in the Base64 of any text with these bytes in it, for the three places at which they may begin.
 * Undefined for bytes so few that nothing is constant.
 */
export function base64Offsets(bytes: ByteText): readonly string[] | undefined {
  const texts = [0, 1, 2].map((offset) => {
    const encoded = btoa(' '.repeat(offset) + bytes);
    // The first characters hold bits of what stands before, the last ones of what follows.
    const start = [0, 2, 3][offset] ?? 0;
    const cut = [0, 3, 2][(bytes.length + offset) % 3] ?? 0;
    return encoded.slice(start, encoded.length - cut);
  });
  return texts.every((text) => text !== '') ? texts : undefined;
}

/** Takes each dash of a pattern for any of them. */
export function withAnyDash(parts: readonly PatternPart[]): readonly PatternPart[] {
  const dash = /([-/\u2013\u2014\u2015])/u;
  return parts.flatMap((part): readonly PatternPart[] =>
    typeof part !== 'string'
      ? [part]
      : part
          .split(dash)
          .filter((piece) => piece !== '')
          .map((piece) => (dashes.includes(piece) ? anyDash : piece)),
  );
}

/** Five forms a dash: three of them are enough for any command line that is encoded. */
export const dashesEncodedMax = 3;

/** The texts that a pattern without `*` and `?` stands for; undefined with them, or with too many dashes. */
export function textsOf(parts: readonly PatternPart[]): readonly string[] | undefined {
  if (parts.includes(anyRun) || parts.includes(anyOne)) return undefined;
  if (parts.filter((part) => part === anyDash).length > dashesEncodedMax) return undefined;
  let texts: readonly string[] = [''];
  for (const part of parts) {
    const forms = typeof part === 'string' ? [part] : dashes;
    texts = texts.flatMap((text) => forms.map((form) => text + form));
  }
  return texts;
}
