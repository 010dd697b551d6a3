import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a header `sha256=<64 hex digits>` is the HMAC-SHA-256 (RFC 2104) of a body under any of the secrets.
 * An empty secret signs nothing: anyone could sign with it.
 *
 * @param body as received, before any parsing
 */
export function isSha256Signature(header: string, body: Uint8Array, secrets: readonly string[]): boolean {
  const match = /^sha256=([0-9a-f]{64})$/iu.exec(header);
  const given = Buffer.from(match?.[1] ?? '', 'hex');
  let isGood = false;
  // All secrets are tried whatever the first says, so that the time taken tells nothing.
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = createHmac('sha256', secret).update(body).digest();
    if (given.length === expected.length && timingSafeEqual(given, expected)) isGood = true;
  }
  return isGood;
}
