import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { addressOf, openConversations } from './address.ts';
import { createSlackApi } from './api.ts';
import { checkSlack } from './check.ts';
import { slackPresses } from './presses.ts';
import { previewSlack } from './preview.ts';
import { lookupSlack, sendSlack } from './send.ts';
import { type SlackSettings, slackSettings, takesPresses } from './settings.ts';

export { type SlackSettings, slackSettings } from './settings.ts';

const id = 'slack';
const title = 'Slack';

/**
 * Direct messages to people and messages into the channels of teams, as an app of the workspace. Every message carries
 * a marker that nobody sees, by which it is found again when its arrival is not certain.
 */
export function createSlack(settings: SlackSettings): Channel {
  const fetch = createHttpFetch({
    allowOrigins: settings.allowPrivateNetwork ? [new URL(settings.apiUrl).origin] : [],
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });
  const api = createSlackApi(fetch, settings);
  const { appToken } = settings;
  const socketApi =
    appToken === undefined ? undefined : createSlackApi(fetch, { ...settings, token: appToken });
  const parts = { api, settings, conversations: openConversations(api) };
  return {
    id,
    title,
    leavesMachine: true,
    reconcile: 'lookup',
    delivers: true,
    address: (recipient) => {
      const address = addressOf(settings, recipient);
      return address?.kind === 'email' ? address.email : address?.id;
    },
    send: (delivery) => sendSlack(parts, delivery),
    lookup: (delivery) => lookupSlack(parts, delivery),
    ...(takesPresses(settings) ? { presses: slackPresses({ api, fetch, settings, now: Date.now }) } : {}),
    checkSetup: () => checkSlack(api, settings, socketApi),
    close: () => fetch.close(),
  };
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: slackSettings,
  create: (settings) => createSlack(slackSettings.parse(settings)),
  preview: previewSlack,
};
