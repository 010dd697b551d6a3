import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createWebhook,
  verifyStandardWebhook,
  webhookSettings,
} from '../src/adapters/channels/webhook/index.ts';
import { channels } from '../src/adapters/index.ts';
import type { Delivery } from '../src/ports/channel.ts';
import { channelContract } from './contracts/channel-contract.ts';
import { usualMessage } from './contracts/channel-messages.ts';
import { email } from './contracts/channels/email-harness.ts';
import { github, githubToken } from './contracts/channels/github-harness.ts';
import { outbox } from './contracts/channels/outbox-harness.ts';
import { slack, slackSigning, slackToken } from './contracts/channels/slack-harness.ts';
import { teams } from './contracts/channels/teams-harness.ts';
import { webhook, webhookSecret } from './contracts/channels/webhook-harness.ts';
import { listen } from './support/loopback.ts';

const folder = new URL('../src/adapters/channels/', import.meta.url);

const harnesses = [outbox, email, slack, teams, github, webhook];
for (const harness of harnesses) channelContract(harness);

test('every channel folder is registered, documented and under contract', () => {
  const folders = readdirSync(folder).toSorted();
  expect(channels.map(({ id }) => id).toSorted()).toEqual(folders);
  expect(harnesses.map(({ id }) => id).toSorted()).toEqual(folders);
  for (const name of folders) expect(existsSync(new URL(`${name}/README.md`, folder)), name).toBe(true);
});

describe('settings', () => {
  const valid: Record<string, unknown> = {
    outbox: {},
    email: { host: 'mail.example.com', from: 'foldback@example.com', port: '587', user: 'u', password: 'p' },
    github: { token: githubToken },
    webhook: {
      url: 'https://hooks.example.com/x',
      secrets: `${webhookSecret} ${webhookSecret}`,
      allowPrivateNetwork: 'false',
    },
    slack: { token: slackToken, signingSecret: slackSigning, teamChannels: { blue: 'C0BLUE' } },
    teams: { teamUrls: { blue: 'https://flows.example.com/invoke?sig=x' } },
  };
  test.each(channels.map((channel) => [channel.id, channel] as const))(
    'of %s make that channel',
    (id, adapter) => {
      const made = adapter.create(valid[id]);
      expect(made).toMatchObject({ id, title: adapter.title, leavesMachine: adapter.leavesMachine });
      expect(adapter.settings.safeParse({ ...Object(valid[id]), misspelt: 1 }).success).toBe(false);
    },
  );

  test.each([
    ['email', { host: 'mail.example.com', from: 'a@example.com\r\nBcc: b@example.com' }],
    ['email', { host: 'mail.example.com', from: 'a@example.com', fromName: 'x\r\ny' }],
    ['email', { host: 'mail.example.com', from: 'a@example.com', user: 'u' }],
    ['email', { host: 'mail.example.com', from: 'a@example.com', user: 'u', password: 'p', tls: 'none' }],
    ['email', { host: 'mail.example.com', from: 'a@example.com', listUnsubscribe: 'http://example.com' }],
    ['github', {}],
    ['github', { appId: '1', installationId: '2' }],
    ['github', { installationId: '2', privateKey: 'k' }],
    ['github', { token: githubToken, appId: '1', installationId: '2', privateKey: 'k' }],
    ['github', { token: 'a b' }],
    ['github', { token: githubToken, apiUrl: 'ftp://example.com' }],
    ['webhook', { url: 'https://hooks.example.com', secrets: [] }],
    ['webhook', { url: 'https://hooks.example.com', secrets: ['whsec_'] }],
    ['webhook', { url: 'https://hooks.example.com', secrets: ['whsec_c2hvcnQ='] }],
    ['webhook', { url: 'ftp://hooks.example.com', secrets: [webhookSecret] }],
    ['slack', { token: 'a token' }],
    ['slack', { token: `${slackToken}\r\nX-Injected: 1` }],
    ['slack', { token: slackToken, signingSecret: '' }],
    ['slack', { token: slackToken, dutyChannel: '#duty' }],
    ['slack', { token: slackToken, apiUrl: 'https://slack.example.com/api' }],
    ['teams', {}],
    ['teams', { dutyUrl: 'ftp://flows.example.com' }],
  ])('of %s are refused when they are unsafe: %o', (id, settings) => {
    expect(channels.find((channel) => channel.id === id)?.settings.safeParse(settings).success).toBe(false);
  });
});

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
const delivery: Delivery = {
  messageId: 'msg-1',
  recipient: { id: 'p', kind: 'person', name: 'Ana', email: 'ana@example.com', accounts: [] },
  message: usualMessage,
  attempt: 1,
  at: Date.UTC(2026, 10, 23, 10, 41),
};

describe('webhook', () => {
  test('signs with every secret during a rotation', async () => {
    const other = `whsec_${randomBytes(24).toString('base64')}`;
    const seen: { headers: Record<string, string>; body: string }[] = [];
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      seen.push({
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body,
      });
      response.end();
    });
    const url = `http://127.0.0.1:${await listen(server)}/`;
    const channel = createWebhook(
      webhookSettings.parse({ url, secrets: `${webhookSecret},${other}`, allowPrivateNetwork: true }),
    );
    opened.push({ close: () => channel.close?.() }, server);
    await channel.send(delivery);
    const { headers, body } = seen[0] ?? { headers: {}, body: '' };
    for (const secret of [webhookSecret, other]) {
      expect(verifyStandardWebhook(headers, body, [secret], delivery.at)).toEqual({ ok: true, id: 'msg-1' });
    }
    expect(verifyStandardWebhook(headers, `${body} `, [other], delivery.at)).toEqual({
      ok: false,
      reason: 'bad-signature',
    });
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toMatchObject({
      type: 'message.told',
      timestamp: '2026-11-23T10:41:00.000Z',
      data: { messageId: 'msg-1', caseCode: 'FB-7F3K', recipient: { email: 'ana@example.com' } },
    });
  });

  test.each([
    [301, {}, { kind: 'refused' }],
    [400, {}, { kind: 'refused' }],
    [408, {}, { kind: 'retry' }],
    [410, {}, { kind: 'refused' }],
    [429, { 'retry-after': 'Mon, 23 Nov 2026 10:43:00 GMT' }, { kind: 'retry', afterSeconds: 120 }],
    [429, { 'retry-after': '999999999' }, { kind: 'retry', afterSeconds: 86_400 }],
    [502, { 'retry-after': 'soon' }, { kind: 'retry' }],
  ])('answered with %i %o', async (status, headers, wanted) => {
    const server = createServer(
      (_request, response) => void response.writeHead(status, headers).end('x'.repeat(100_000)),
    );
    const url = `http://127.0.0.1:${await listen(server)}/`;
    const channel = createWebhook(
      webhookSettings.parse({ url, secrets: webhookSecret, allowPrivateNetwork: true }),
    );
    opened.push({ close: () => channel.close?.() }, server);
    expect(await channel.send(delivery)).toMatchObject(wanted);
  });

  test('is not posted into a private network unless that is allowed', async () => {
    const server = createServer((_request, response) => void response.end());
    const url = `http://127.0.0.1:${await listen(server)}/`;
    const channel = createWebhook(webhookSettings.parse({ url, secrets: webhookSecret }));
    opened.push({ close: () => channel.close?.() }, server);
    expect((await channel.send(delivery)).kind).toBe('retry');
    expect(await channel.checkSetup()).toHaveLength(1);
  });
});

test('no fixture of a channel names anyone real', () => {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('fixtures/'),
  )) {
    const addresses = readFileSync(new URL(file, folder), 'utf8').match(/[\w.+-]+@[\w.-]+\w/gu) ?? [];
    for (const address of addresses)
      expect(address, file).toMatch(/@([\w-]+\.)*(example(\.(com|org|net))?|localhost)$/u);
  }
});
