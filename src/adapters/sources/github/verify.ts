import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Webhook } from '../../../ports/source.ts';

/**
 * `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA-256 over the body as received. GitHub signs no time: a delivery that
 * is sent again is told by `X-GitHub-Delivery`.
 */
export const webhook: Webhook = {
  auth: 'signature',
  verify(delivery, secrets) {
    const usable = secrets.filter((secret) => secret !== '');
    if (usable.length === 0) return { ok: false, reason: 'no-secret' };
    const header = delivery.headers['x-hub-signature-256'];
    if (header === undefined || header === '') return { ok: false, reason: 'missing-signature' };
    const match = /^sha256=([0-9a-f]{64})$/iu.exec(header);
    const given = Buffer.from(match?.[1] ?? '', 'hex');
    let isGood = false;
    // All secrets are tried whatever the first says, so that the time taken tells nothing.
    for (const secret of usable) {
      const expected = createHmac('sha256', secret).update(delivery.body).digest();
      if (given.length === expected.length && timingSafeEqual(given, expected)) isGood = true;
    }
    if (!isGood) return { ok: false, reason: 'bad-signature' };
    const deliveryId = delivery.headers['x-github-delivery'];
    return deliveryId === undefined || deliveryId === '' ? { ok: true } : { ok: true, deliveryId };
  },
};
