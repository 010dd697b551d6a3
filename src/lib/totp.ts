import { createHmac } from 'node:crypto';
import { isEqualConstantTime } from './hmac.ts';

/**
 * Codes by time (RFC 6238 over RFC 4226): six digits of HMAC-SHA-1 under a shared secret, a new one every thirty
 * seconds. SHA-1 is what every authenticator program knows; its collisions do not matter in an HMAC.
 */
export const totpSecretBytes = 20;
export const totpSeconds = 30;
export const totpDigits = 6;
/** Steps to either side that count as well unless told otherwise: clocks of telephones differ, and typing takes time. */
const stepsAroundUsual = 1;

export function totpStep(now: number): number {
  return Math.floor(now / 1000 / totpSeconds);
}

export function totpCode(secret: Uint8Array, step: number, digits: number = totpDigits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

/**
 * The step whose code this is, among those around now that come after `used`; undefined for none. Whoever accepts it
 * keeps it as `used`, so that no code counts twice.
 */
export function totpMatch(
  secret: Uint8Array,
  code: string,
  now: number,
  used = Number.NEGATIVE_INFINITY,
  stepsAround: 0 | 1 = stepsAroundUsual,
): number | undefined {
  const current = totpStep(now);
  let matched: number | undefined;
  for (let step = current - stepsAround; step <= current + stepsAround; step += 1)
    if (step >= 0 && isEqualConstantTime(totpCode(secret, step), code) && step > used) matched ??= step;
  return matched;
}
