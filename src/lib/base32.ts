/** RFC 4648, section 6, without padding: what authenticator programs take as a secret. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(bytes: Uint8Array): string {
  let text = '';
  let rest = 0;
  let restBits = 0;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    restBits += 8;
    for (; restBits >= 5; restBits -= 5) text += digits[(rest >>> (restBits - 5)) & 31] ?? '';
    rest &= (1 << restBits) - 1;
  }
  return restBits === 0 ? text : text + (digits[(rest << (5 - restBits)) & 31] ?? '');
}

/** Undefined for a text with other characters. Whole bytes only: bits that are left over count for nothing. */
export function base32Bytes(text: string): Uint8Array | undefined {
  if (!/^[A-Z2-7]*$/u.test(text)) return undefined;
  const bytes: number[] = [];
  let rest = 0;
  let restBits = 0;
  for (const digit of text) {
    rest = (rest << 5) | digits.indexOf(digit);
    restBits += 5;
    if (restBits < 8) continue;
    restBits -= 8;
    bytes.push((rest >>> restBits) & 255);
    rest &= (1 << restBits) - 1;
  }
  return Uint8Array.from(bytes);
}
