import { createHash } from 'node:crypto';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { previewWebhook } from './preview.ts';
import { announceWebhook, sendWebhook } from './send.ts';
import { type WebhookSettings, webhookSettings } from './settings.ts';

export { type WebhookSettings, webhookSettings } from './settings.ts';
export { verifyStandardWebhook, type WebhookVerification } from './signature.ts';

const id = 'webhook';
const title = 'Webhook';
/** As Standard Webhooks 1.0 proposes ("Deliverability and reliability"): ten attempts within some three days. */
const backOffSeconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/**
 * Posts messages to one receiver (Standard Webhooks 1.0). The message id is the webhook id, so a receiver drops a
 * repetition: after a timeout the same is sent again.
 */
export function createWebhook(settings: WebhookSettings): Channel {
  const { url, stateChanges, stateChangesUrl = url } = settings;
  const urls = stateChanges ? [...new Set([url, stateChangesUrl])] : [url];
  const fetch = createHttpFetch({
    allowOrigins: settings.allowPrivateNetwork ? urls.map((url) => new URL(url).origin) : [],
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });
  return {
    id,
    title,
    leavesMachine: true,
    reconcile: 'idempotent',
    backOffSeconds,
    receivers: {
      messages: receiverOf(url, settings),
      ...(stateChanges ? { changes: receiverOf(stateChangesUrl, settings) } : {}),
    },
    // One receiver for all: it looks up where its people work by what stands in the body.
    address: (recipient) => recipient.id,
    send: (delivery) => sendWebhook(fetch, settings, delivery),
    ...(stateChanges
      ? { announce: (notice) => announceWebhook(fetch, { ...settings, url: stateChangesUrl }, notice) }
      : {}),
    async checkSetup() {
      const reasons = await Promise.all(urls.map((one) => fetch.check(one)));
      return reasons.flatMap((reason) =>
        reason === undefined ? [] : [`The webhook receiver cannot be called: ${reason}.`],
      );
    },
    close: () => fetch.close(),
  };
}

/** The same as long as the settings of the receiver are. The secrets are random: their hash gives nothing away. */
function receiverOf(url: string, { secrets, ca = '' }: WebhookSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([url, ca, ...secrets]))
    .digest('hex')
    .slice(0, 32);
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: webhookSettings,
  create: (settings) => createWebhook(webhookSettings.parse(settings)),
  preview: previewWebhook,
};
