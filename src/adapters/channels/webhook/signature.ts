import { createHmac, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks 1.0: symmetric signatures `v1`. */

const prefix = 'whsec_';
const secretBytesMin = 24;
const secretBytesMax = 64;
/** Seconds by which the clocks of sender and receiver may differ. */
export const toleranceSeconds = 300;

/** The bytes of a secret `whsec_<base64>`; the prefix is optional. Undefined unless it holds 24 to 64 bytes. */
export function secretBytes(secret: string): Buffer | undefined {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length >= secretBytesMin && bytes.length <= secretBytesMax ? bytes : undefined;
}

/**
 * The three headers of a delivery. During a rotation each secret signs, so that a receiver with either accepts.
 *
 * @param at epoch milliseconds
 */
export function signedHeaders(
  id: string,
  at: number,
  body: string,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret, id, timestamp, body)}`).join(' '),
  };
}

function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = secretBytes(secret);
  if (key === undefined) throw new TypeError('a webhook secret holds 24 to 64 bytes as base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
}

export type WebhookVerification =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly reason: 'missing-header' | 'bad-signature' | 'too-old' | 'too-new' | 'no-secret';
    };

/**
 * Checks a delivery as its receiver does, in constant time over the signatures. Any secret and any `v1` signature
 * may match; other versions are passed over. Secrets that are no secrets match nothing.
 *
 * @param headers lower-case names
 * @param body the raw body, before any parsing
 * @param at epoch milliseconds, the receiver's clock
 */
export function verifyStandardWebhook(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  secrets: readonly string[],
  at: number,
): WebhookVerification {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (!id || !timestamp || !given || !/^\d{1,12}$/u.test(timestamp))
    return { ok: false, reason: 'missing-header' };
  const age = Math.floor(at / 1000) - Number(timestamp);
  if (age > toleranceSeconds) return { ok: false, reason: 'too-old' };
  if (age < -toleranceSeconds) return { ok: false, reason: 'too-new' };
  const usable = secrets.filter((secret) => secretBytes(secret) !== undefined);
  if (usable.length === 0) return { ok: false, reason: 'no-secret' };
  const wanted = usable.map((secret) => Buffer.from(signature(secret, id, timestamp, body)));
  // Rotations have a handful of signatures; a longer list only costs the receiver time.
  const offered = given
    .split(' ')
    .slice(0, 20)
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3))] : []));
  const matches = wanted.flatMap((want) =>
    offered.map((offer) => offer.length === want.length && timingSafeEqual(offer, want)),
  );
  return matches.includes(true) ? { ok: true, id } : { ok: false, reason: 'bad-signature' };
}
