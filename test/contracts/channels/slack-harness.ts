import { expect } from 'vitest';
import { createSlack, slackSettings } from '../../../src/adapters/channels/slack/index.ts';
import type { Channel } from '../../../src/ports/channel.ts';
import { closedPort } from '../../support/loopback.ts';
import { openSlackServer, type SlackManner, type SlackPosted } from '../../support/slack-server.ts';
import type { Arrival, ChannelHarness, Situation } from '../channel-harness.ts';

// An obvious fake, put together at run time.
export const slackToken = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
export const slackSigning = 'fake0signing0secret0of0a0test000';
const slackManners: Record<Situation, SlackManner> = {
  accepts: 'usual',
  temporary: { error: 'service_unavailable' },
  'temporary-with-wait': { status: 429, headers: { 'retry-after': '120' } },
  permanent: { error: 'is_archived' },
  'server-error': { status: 500 },
  'takes-then-silent': 'takes-then-silent',
  'takes-then-drops': 'takes-then-drops',
  malformed: 'rubbish',
  'huge-answer': 'pours',
};
const slackChannelOf = (url: string): Channel =>
  createSlack(
    slackSettings.parse({
      token: slackToken,
      signingSecret: slackSigning,
      apiUrl: url,
      allowPrivateNetwork: true,
      teamChannels: { blue: 'C0BLUE' },
      dutyChannel: 'C0DUTY',
      timeoutMs: 500,
    }),
  );
const slackUsers = [
  { id: 'U0ANA', email: 'ana@example.com' },
  { id: 'U0BOB', email: 'bob@example.com' },
];
const openSlack = (over: Partial<Parameters<typeof openSlackServer>[0]> = {}) =>
  openSlackServer({ token: slackToken, users: slackUsers, channels: ['C0BLUE', 'C0DUTY'], ...over });
export const slack: ChannelHarness = {
  id: 'slack',
  secrets: [slackToken, slackSigning],
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', accounts: [{ system: 'slack', name: '@bo' }] },
  async open(where) {
    const server = await openSlack();
    return {
      channel: slackChannelOf(
        where === 'reachable' ? server.url : `http://127.0.0.1:${await closedPort()}/api/`,
      ),
      meet: (situation) => server.meet(slackManners[situation], 'chat.postMessage'),
      arrived: () => server.posts.map(ofSlackPost),
      poured: server.poured,
      close: server.close,
    };
  },
  skip: [],
};
function ofSlackPost({ raw, body }: SlackPosted): Arrival {
  const shown: string[] = [];
  const links: string[] = [];
  const structure: string[] = [];
  JSON.parse(raw, (key: string, value: unknown) => {
    structure.push(key);
    if (key === 'type' || key === 'action_id') structure.push(String(value));
    if (key === 'url') links.push(String(value));
    if (key === 'text' && typeof value === 'string') {
      // A control character that was left would be read as markup.
      expect(value).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/u);
      shown.push(value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
    }
    return value;
  });
  return { key: body.metadata.event_payload['id'] ?? '', raw, shown, links, structure };
}
