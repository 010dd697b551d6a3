import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { hmacTextHex } from './hmac.ts';

/**
 * A secret text sealed under a key of 32 bytes: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. It names the
 * key, so that a turned key is found again: `sealed:1:<id of the key>:<nonce, text and tag in base64url>`.
 */
const pattern = /^sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]{38,90000})$/u;
const nonceBytes = 12;
const tagBytes = 16;
const purpose = Buffer.from('foldback sealed/1');

export type Opened =
  | { readonly kind: 'opened'; readonly text: string }
  | { readonly kind: 'unknown-key' | 'broken' };

export function isSealed(text: string): boolean {
  return text.startsWith('sealed:');
}

function idOf(key: Uint8Array): string {
  return hmacTextHex(key, 'foldback data key/1').slice(0, 8);
}

export function sealText(key: Uint8Array, text: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(purpose);
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `sealed:1:${idOf(key)}:${sealed.toString('base64url')}`;
}

/** Opens what one of the keys sealed. `broken`: the key is here and the text was changed, or is none. */
export function openSealed(keys: readonly Uint8Array[], text: string): Opened {
  const [, id, body] = pattern.exec(text) ?? [];
  if (id === undefined || body === undefined) return { kind: 'broken' };
  const key = keys.find((candidate) => idOf(candidate) === id);
  if (key === undefined) return { kind: 'unknown-key' };
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length < nonceBytes + tagBytes) return { kind: 'broken' };
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(purpose)
    .setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    const opened = [decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()];
    return { kind: 'opened', text: Buffer.concat(opened).toString('utf8') };
  } catch {
    return { kind: 'broken' };
  }
}
