/**
 * Fingerprints say when two reports speak of the same thing.
 *
 * content       keyed hash of the secret itself: joins across sources, files, forks and squashes
 * provider-id   keyed hash of an id that a provider gave (alert number, access key id)
 * scanner-hash  keyed hash of a hash that a scanner made of the value: joins within that scanner
 * place         keyed hash of commit, file, rule, line and column: joins within one source only
 */
export type FingerprintKind = 'content' | 'provider-id' | 'scanner-hash' | 'place';

export type Fingerprint = {
  readonly kind: FingerprintKind;
  /** Which retained key made `value`. */
  readonly keyId: string;
  /** 32 lower-case hex: HMAC-SHA-256 cut to 128 bits. */
  readonly value: string;
};

/** Makes one fingerprint a retained key, the current key's first. Pure: keys are bound in. */
export type Fingerprinter = (kind: FingerprintKind, parts: readonly string[]) => readonly Fingerprint[];

/** Values shorter than this collide by chance and are guessable from their hash. */
export const contentLengthMin = 12;
/** Shannon bits a character below which a value is a word, a filler or a dummy. */
export const contentEntropyBitsMin = 2.5;

const redactionMarkers = [
  /^\W*(redacted|removed|masked|hidden|secret|omitted|filtered|censored)\W*$/iu,
  /^(.)\1*$/u,
  /^[*xX•.#_-]{3,}$/u,
  /\*{3,}/u,
  /x{8}$|X{8}$/u,
  /^\[(redacted|filtered|masked)[^\]]*\]$/iu,
  /^<[^>]*(redacted|secret|removed)[^>]*>$/iu,
  /\.{3}$|…/u,
];

/** Zeroed after each use: nothing of a value stays here. Every import counts the characters of every secret. */
const asciiCounts = new Int32Array(128);

/** Bits a character of the value's own distribution (Shannon 1948). 0 for the empty string. */
export function entropyBits(value: string): number {
  const { length } = value;
  for (let at = 0; at < length; at += 1) {
    const code = value.charCodeAt(at);
    if (code >= 128) {
      asciiCounts.fill(0);
      return entropyOfAny(value);
    }
    asciiCounts[code] = (asciiCounts[code] ?? 0) + 1;
  }
  let bits = 0;
  for (let at = 0; at < length; at += 1) {
    const code = value.charCodeAt(at);
    const count = asciiCounts[code] ?? 0;
    if (count === 0) continue;
    bits -= (count / length) * Math.log2(count / length);
    asciiCounts[code] = 0;
  }
  return bits;
}

function entropyOfAny(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  const length = [...value].length;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

/**
 * Whether a value may serve as content. Redaction markers, short and low-entropy values may not: fifty keys
 * of one redacted report would become one loop.
 */
export function isContent(value: string): boolean {
  const trimmed = value.trim();
  if (trimmed.length < contentLengthMin) return false;
  if (redactionMarkers.some((marker) => marker.test(trimmed))) return false;
  return entropyBits(trimmed) >= contentEntropyBitsMin;
}

/** `kind:keyId:value`, the text under which a fingerprint is looked up. */
export function fingerprintKey(fingerprint: Fingerprint): string {
  return `${fingerprint.kind}:${fingerprint.keyId}:${fingerprint.value}`;
}

/** Strong kinds join whatever reported them; a place joins only within its source. */
export function isStrong(kind: FingerprintKind): boolean {
  return kind !== 'place';
}
