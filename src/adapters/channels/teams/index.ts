import { createHash } from 'node:crypto';
import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { previewTeams } from './preview.ts';
import { flowOf, sendTeams } from './send.ts';
import { type TeamsSettings, teamsSettings } from './settings.ts';

export { type TeamsSettings, teamsSettings } from './settings.ts';

const id = 'teams';
const title = 'Microsoft Teams';
/** More requests in a second than these, Teams throttles (learn.microsoft.com, "Create Incoming Webhooks", rate limiting). */
const pace = { max: 4, withinMs: 1_000 };

/**
 * Adaptive Cards through flows of Workflows (Power Automate). A flow says that it was started and never whether its
 * card arrived: `accepted` is all there is to know, and what is uncertain stays so.
 */
export function createTeams(settings: TeamsSettings): Channel {
  const urls = [settings.personUrl, settings.dutyUrl, ...Object.values(settings.teamUrls)].filter(
    (url) => url !== undefined,
  );
  const fetch = createHttpFetch({
    allowOrigins: settings.allowPrivateNetwork ? urls.map((url) => new URL(url).origin) : [],
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });
  return {
    id,
    title,
    leavesMachine: true,
    reconcile: 'none',
    pace: { ...pace, placeOf: (recipient) => placeOf(flowOf(settings, recipient)) },
    address: (recipient) => {
      if (flowOf(settings, recipient) === undefined) return undefined;
      return recipient.kind === 'person' ? recipient.email : recipient.id;
    },
    send: (delivery) => sendTeams(fetch, settings, delivery),
    async checkSetup() {
      const reasons = await Promise.all(urls.map((url) => fetch.check(url)));
      // The address is a secret: who knows it can post. Only its host is named.
      return urls.flatMap((url, index) =>
        reasons[index] === undefined
          ? []
          : [`The flow at ${new URL(url).host} cannot be called: ${reasons[index]}.`],
      );
    },
    close: () => fetch.close(),
  };
}

/** The address is a secret: the store has a hash of it. */
function placeOf(flow: string | undefined): string | undefined {
  return flow === undefined ? undefined : createHash('sha256').update(flow).digest('hex').slice(0, 32);
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: teamsSettings,
  create: (settings) => createTeams(teamsSettings.parse(settings)),
  preview: previewTeams,
};
