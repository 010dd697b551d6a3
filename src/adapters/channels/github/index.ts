import { createHttpFetch } from '../../../lib/http-fetch.ts';
import type { Channel, ChannelAdapter } from '../../../ports/channel.ts';
import { createGithubApi, reasonOf } from './api.ts';
import { openCredential } from './credential.ts';
import { previewGithub } from './preview.ts';
import { loginOf, lookupGithub, sendGithub } from './send.ts';
import { type GithubSettings, githubSettings } from './settings.ts';

export { type GithubSettings, githubSettings } from './settings.ts';

const id = 'github';
const title = 'GitHub';

/**
 * Comments on the pull request or commit of a case, or an issue for its owner. Every message carries a marker that
 * nobody sees, by which it is found again when its arrival is not certain.
 */
export function createGithub(settings: GithubSettings): Channel {
  const fetch = createHttpFetch({
    allowOrigins: settings.allowPrivateNetwork ? [new URL(settings.apiUrl).origin] : [],
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  });
  const api = createGithubApi(fetch, settings, openCredential(fetch, settings));
  const parts = { api, writesChecks: settings.pullRequests === 'check' };
  return {
    id,
    title,
    leavesMachine: true,
    isReadByOthers: true,
    reconcile: 'lookup',
    address: loginOf,
    send: (delivery) => sendGithub(parts, delivery),
    lookup: (delivery) => lookupGithub(parts, delivery),
    async checkSetup() {
      const answer = await api({ path: '/rate_limit', at: Date.now() });
      return answer.kind === 'ok' ? [] : [`GitHub cannot be called: ${reasonOf(answer)}.`];
    },
    close: () => fetch.close(),
  };
}

export const channel: ChannelAdapter = {
  id,
  title,
  leavesMachine: true,
  settings: githubSettings,
  create: (settings) => createGithub(githubSettings.parse(settings)),
  preview: previewGithub,
};
