const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Bytes as digits and letters only, left-padded to the width that this many bytes need: a link that ends in `-` or
 * `_` is cut short by mail programs. The same bytes always give the same text of the same length.
 */
export function base62(bytes: Uint8Array): string {
  let rest = 0n;
  for (const byte of bytes) rest = (rest << 8n) | BigInt(byte);
  return digits(rest, base62Length(bytes.length));
}

/** A number from 0 to 2^53 - 1 in `width` digits. */
export function base62Number(value: number, width: number): string {
  return digits(BigInt(value), width);
}

/** Digits that any value of this many bytes fits in. */
export function base62Length(byteCount: number): number {
  return Math.ceil((byteCount * 8) / Math.log2(62));
}

function digits(value: bigint, width: number): string {
  let rest = value;
  let text = '';
  for (; rest > 0n; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text.padStart(width, '0');
}
