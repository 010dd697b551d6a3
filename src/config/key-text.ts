/** Bytes of every key: as long as the output of SHA-256, and an Ed25519 seed. */
export const keyBytesCount = 32;

/** A key written as 64 hex digits or as base64 (either alphabet) of 32 bytes; undefined for anything else. */
export function keyOfText(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/iu.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'));
  if (!/^[A-Za-z0-9+/_-]{43}=?$/u.test(text)) return undefined;
  const bytes = Uint8Array.from(Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64'));
  return bytes.length === keyBytesCount ? bytes : undefined;
}

export function keyToText(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}

/** Whether bytes can be random: a key typed by hand or left as an example repeats itself. */
export function looksRandom(key: Uint8Array): boolean {
  return new Set(key).size >= 12;
}
