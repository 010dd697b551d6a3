import { z } from 'zod';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { previewOutbox } from './preview.ts';

/** What stands under `channels.outbox`: nothing to set. */
export const outboxSettings = z
  .strictObject({})
  .describe('Messages shown in the product; there is nothing to set.');

const id = 'outbox';
const title = 'Outbox';

/**
 * Accepts every message at once and sends nothing: the stored message, shown in the product, is the delivery.
 * Nothing leaves this machine.
 */
export function createOutbox(): Channel {
  return {
    id,
    title,
    leavesMachine: false,
    // Accepting twice is the same as once: there is no other side.
    reconcile: 'idempotent',
    delivers: true,
    address: (recipient) => recipient.id,
    send: async (delivery) => ({ kind: 'accepted', reference: delivery.messageId }),
    checkSetup: async () => [],
  };
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: false,
  settings: outboxSettings,
  create(settings) {
    outboxSettings.parse(settings);
    return createOutbox();
  },
  preview: previewOutbox,
};
