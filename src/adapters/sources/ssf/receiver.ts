import { z } from 'zod';
import type { SourceReceiver } from '../../../ports/source.ts';
import { openCheck, requireKeys, senderShape } from './check-token.ts';

const settings = z.strictObject(senderShape);

/** Push delivery of Security Event Tokens (RFC 8935). */
export const receiver: SourceReceiver = {
  types: ['application/secevent+jwt'],
  settings,
  open: async (given) => {
    const sender = settings.parse(given);
    requireKeys(sender);
    const check = await openCheck(sender);
    return {
      take: async ({ body, receivedAt }) => {
        const checked = await check(new TextDecoder().decode(body).trim(), receivedAt);
        if (!checked.ok) {
          const { err, description } = checked;
          return { ok: false, status: 400, body: { err, description } };
        }
        return {
          ok: true,
          record: checked.claims,
          deliveryId: `${checked.issuer} ${checked.id}`,
          status: 202,
        };
      },
    };
  },
};
