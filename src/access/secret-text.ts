import { crc32 } from 'node:zlib';
import { base62, base62Length, base62Number } from '../lib/base62.ts';
import { sha256Hex } from '../lib/hmac.ts';

/**
 * Secrets that people and scanners can recognise: `fbl_<kind>_` + 192 random bits in 33 base62 digits + their
 * CRC-32 in six. The checksum tells a typing error, or any other text of this shape, from a token before the store
 * is asked.
 */
export const randomBytesCount = 24;
const bodyLength = base62Length(randomBytesCount);
const checkLength = 6;

export type SecretKind = 'live' | 'claim' | 'session' | 'invite';

/** What secret scanners look for. */
export const secretPattern = `\\bfbl_(live|claim|session|invite)_[0-9A-Za-z]{${bodyLength + checkLength}}\\b`;

/** @throws RangeError unless exactly 24 random bytes are handed in */
export function makeSecret(kind: SecretKind, random: Uint8Array): string {
  if (random.length !== randomBytesCount)
    throw new RangeError(`a token is made of ${randomBytesCount} random bytes`);
  const body = `fbl_${kind}_${base62(random)}`;
  return body + checksum(body);
}

export type ParsedSecret =
  | { readonly kind: 'parsed'; readonly hash: string }
  | { readonly kind: 'malformed'; readonly reason: 'prefix' | 'length' | 'characters' | 'checksum' };

/** Judges the form of a token alone, and gives the hash that the store keeps instead of it. */
export function parseSecret(kind: SecretKind, text: string): ParsedSecret {
  const prefix = `fbl_${kind}_`;
  if (!text.startsWith(prefix)) return { kind: 'malformed', reason: 'prefix' };
  if (text.length !== prefix.length + bodyLength + checkLength)
    return { kind: 'malformed', reason: 'length' };
  if (!/^[0-9A-Za-z_]+$/u.test(text)) return { kind: 'malformed', reason: 'characters' };
  const isWhole = checksum(text.slice(0, -checkLength)) === text.slice(-checkLength);
  return isWhole ? { kind: 'parsed', hash: secretHash(text) } : { kind: 'malformed', reason: 'checksum' };
}

/** SHA-256 in hex. The secret is random, so a slow password hash would add nothing. */
export function secretHash(text: string): string {
  return sha256Hex(text);
}

function checksum(body: string): string {
  return base62Number(crc32(body), checkLength);
}
