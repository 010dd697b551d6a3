import type { Fingerprint, Fingerprinter } from '../../../core/fingerprint.ts';

/** A secret of which only its length, its keyed hashes and perhaps its last four characters are known. */
export type Wanted = {
  /** UTF-16 units. */
  readonly length: number;
  readonly lastFour?: string;
  readonly contents: readonly Fingerprint[];
};

/** Where a wanted secret ends in a text. */
export type Hit = { readonly index: number; readonly end: number };

export type WindowSearch = {
  /** Looks at every window that ends in text[from, to); not finding is no proof, since the work is bounded. */
  scan(text: string, from: number, to: number): readonly Hit[];
};

/**
 * Windows hashed for one length and one tail, about a tenth of a second. A file of nothing but `----` would otherwise
 * cost a hash a character.
 */
const windowsPerTailMax = 100_000;

type Tail = { readonly length: number; hashed: number };

/**
 * Looks for secrets without knowing them: every window of a secret's length is hashed under the retained keys and
 * compared. Where the last four characters are known, only windows that end in them are hashed; they are printable
 * ASCII (`core/mask.ts`), so that four fit one number.
 */
export function openWindowSearch(wanted: readonly Wanted[], fingerprint: Fingerprinter): WindowSearch {
  const byHash = new Map<string, number[]>();
  const tails = new Map<number, Tail[]>();
  const bare: Tail[] = [];
  const isTailEnd = new Uint8Array(1 << 14);
  for (const [index, { length, lastFour, contents }] of wanted.entries()) {
    for (const content of contents) {
      const key = hashKey(content);
      byHash.set(key, [...(byHash.get(key) ?? []), index]);
    }
    const packed = lastFour === undefined ? undefined : packTail(lastFour);
    const list = packed === undefined ? bare : (tails.get(packed) ?? []);
    if (!list.some((one) => one.length === length)) list.push({ length, hashed: 0 });
    if (packed !== undefined) {
      tails.set(packed, list);
      isTailEnd[packed & 0x3fff] = 1;
    }
  }

  const tryWindow = (text: string, end: number, length: number, hits: Hit[]): void => {
    for (const one of fingerprint('content', [text.slice(end - length, end)])) {
      for (const index of byHash.get(hashKey(one)) ?? []) hits.push({ index, end });
    }
  };
  const tryTails = (text: string, end: number, list: readonly Tail[], hits: Hit[]): void => {
    for (const tail of list) {
      if (tail.length > end || tail.hashed >= windowsPerTailMax) continue;
      tail.hashed += 1;
      tryWindow(text, end, tail.length, hits);
    }
  };
  return {
    scan: (text, from, to) => {
      const hits: Hit[] = [];
      let rolling = 0;
      for (let at = Math.max(0, from - 3); at < to; at += 1) {
        const code = text.charCodeAt(at);
        // A zero can stand in no tail, so that other characters break every match.
        rolling = ((rolling << 7) | (code < 128 ? code : 0)) & 0xfffffff;
        if (at < from) continue;
        if (isTailEnd[rolling & 0x3fff] === 1) tryTails(text, at + 1, tails.get(rolling) ?? [], hits);
        for (const { length } of bare) {
          if (isBare(text, at + 1 - length, at)) tryWindow(text, at + 1, length, hits);
        }
      }
      return hits;
    },
  };
}

/** Content is trimmed, so that a window which begins or ends in a blank cannot be it. */
function isBare(text: string, first: number, last: number): boolean {
  return first >= 0 && text.charCodeAt(first) > 32 && text.charCodeAt(last) > 32;
}

/** The last four characters as one number; undefined for what `lastFour` never holds. */
function packTail(lastFour: string): number | undefined {
  if (!/^[\x21-\x7e]{4}$/u.test(lastFour)) return undefined;
  let packed = 0;
  for (let at = 0; at < 4; at += 1) packed = (packed << 7) | lastFour.charCodeAt(at);
  return packed;
}

const hashKey = (fingerprint: Fingerprint): string => `${fingerprint.keyId}:${fingerprint.value}`;
