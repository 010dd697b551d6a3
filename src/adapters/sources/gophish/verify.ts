import { isSha256Signature } from '../../../lib/sha256-signature.ts';
import type { Webhook } from '../../../ports/source.ts';

/**
 * `X-Gophish-Signature: sha256=<hex>`, HMAC-SHA-256 over the body as received. GoPhish sends the header also without
 * a secret, signed with the empty one: that is refused. It signs no time and numbers no delivery; what is sent again
 * is known by the id of its event.
 */
export const webhook: Webhook = {
  auth: 'signature',
  verify(delivery, secrets) {
    if (secrets.every((secret) => secret === '')) return { ok: false, reason: 'no-secret' };
    const header = delivery.headers['x-gophish-signature'];
    if (header === undefined || header === '') return { ok: false, reason: 'missing-signature' };
    const isGood = isSha256Signature(header, delivery.body, secrets);
    return isGood ? { ok: true } : { ok: false, reason: 'bad-signature' };
  },
};
