import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { announceWebhook, sendWebhook } from './send.ts';
import { type WebhookSettings, webhookSettings } from './settings.ts';

export { type WebhookSettings, webhookSettings } from './settings.ts';
export { verifyStandardWebhook, type WebhookVerification } from './signature.ts';

const id = 'webhook';
const title = 'Webhook';

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

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: webhookSettings,
  create: (settings) => createWebhook(webhookSettings.parse(settings)),
};
