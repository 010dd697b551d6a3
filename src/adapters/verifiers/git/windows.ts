import type { Fingerprint, Fingerprinter } from '../../../core/fingerprint.ts';

/** A secret of which only its length, its keyed hashes and perhaps its last four characters are known. */
export type Wanted = {
  /** UTF-16 units. */
  readonly length: number;
  readonly lastFour?: string;
  readonly contents: readonly Fingerprint[];
};

export type WindowSearch = {
  /** Looks at every window that ends in text[from, to). Gives the wanted ones found, by index. */
  scan(text: string, from: number, to: number): readonly number[];
  /** Windows hashed so far: what a search costs. */
  hashed(): number;
};

/**
 * Looks for secrets without knowing them: every window of a secret's length is hashed under the retained keys and
 * compared. Where the last four characters are known, only windows that end in them are hashed; they are printable
 * ASCII (`core/mask.ts`), so that four fit one number.
 */
export function openWindowSearch(wanted: readonly Wanted[], fingerprint: Fingerprinter): WindowSearch {
  const byHash = new Map<string, number[]>();
  const tails = new Map<number, Set<number>>();
  const lastTwo = new Uint8Array(1 << 14);
  const bareLengths = new Set<number>();
  for (const [index, { length, lastFour, contents }] of wanted.entries()) {
    for (const content of contents) {
      const key = hashKey(content);
      byHash.set(key, [...(byHash.get(key) ?? []), index]);
    }
    const tail = lastFour === undefined ? undefined : packTail(lastFour);
    if (tail === undefined) bareLengths.add(length);
    else {
      tails.set(tail, (tails.get(tail) ?? new Set()).add(length));
      lastTwo[tail & 0x3fff] = 1;
    }
  }
  let hashed = 0;

  return {
    hashed: () => hashed,
    scan: (text, from, to) => {
      const found = new Set<number>();
      const tryWindow = (end: number, length: number): void => {
        if (end < length) return;
        hashed += 1;
        for (const one of fingerprint('content', [text.slice(end - length, end)])) {
          for (const index of byHash.get(hashKey(one)) ?? []) found.add(index);
        }
      };
      let rolling = 0;
      for (let at = Math.max(0, from - 3); at < to; at += 1) {
        const code = text.charCodeAt(at);
        // A zero can stand in no tail, so other characters break every match.
        rolling = ((rolling << 7) | (code < 128 ? code : 0)) & 0xfffffff;
        if (at < from) continue;
        if (lastTwo[rolling & 0x3fff] === 1) {
          for (const length of tails.get(rolling) ?? []) tryWindow(at + 1, length);
        }
        for (const length of bareLengths) {
          if (isBare(text, at + 1 - length, at)) tryWindow(at + 1, length);
        }
      }
      return [...found];
    },
  };
}

/** Content is trimmed, so that a window which begins or ends in a blank cannot be it. */
function isBare(text: string, first: number, last: number): boolean {
  return first >= 0 && text.charCodeAt(first) > 32 && text.charCodeAt(last) > 32;
}

function packTail(lastFour: string): number | undefined {
  if (!/^[\x21-\x7e]{4}$/u.test(lastFour)) return undefined;
  let packed = 0;
  for (let at = 0; at < 4; at += 1) packed = (packed << 7) | lastFour.charCodeAt(at);
  return packed;
}

const hashKey = (fingerprint: Fingerprint): string => `${fingerprint.keyId}:${fingerprint.value}`;
