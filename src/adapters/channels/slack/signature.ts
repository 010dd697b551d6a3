import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds by which a delivery may be old; also by which the clocks may differ. */
export const toleranceSeconds = 300;

/**
 * Judges who sent a body: `X-Slack-Signature` is `v0=` and the HMAC-SHA-256 of `v0:{timestamp}:{body}` in hex
 * (docs.slack.dev, "Verifying requests from Slack"). In constant time; the signature first, so that a stranger learns
 * nothing of our clock.
 *
 * @param body as received, before any parsing
 * @param at epoch milliseconds
 */
export function judgeSlackSignature(
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  secret: string,
  at: number,
): 'good' | 'bad-signature' | 'replayed' {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const given = /^v0=([0-9a-f]{64})$/u.exec(headers['x-slack-signature'] ?? '')?.[1];
  // An empty secret signs nothing: anyone could sign with it.
  if (given === undefined || secret === '' || !/^\d{1,12}$/u.test(timestamp)) return 'bad-signature';
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  if (!timingSafeEqual(Buffer.from(given, 'hex'), expected)) return 'bad-signature';
  return Math.abs(at / 1000 - Number(timestamp)) > toleranceSeconds ? 'replayed' : 'good';
}
