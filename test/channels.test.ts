import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmail } from '../src/adapters/channels/email/index.ts';
import { createGithub, githubSettings } from '../src/adapters/channels/github/index.ts';
import { createOutbox } from '../src/adapters/channels/outbox/index.ts';
import { createSlack, slackSettings } from '../src/adapters/channels/slack/index.ts';
import { createTeams, teamsSettings } from '../src/adapters/channels/teams/index.ts';
import {
  createWebhook,
  verifyStandardWebhook,
  webhookSettings,
} from '../src/adapters/channels/webhook/index.ts';
import { channels } from '../src/adapters/index.ts';
import { dictOf } from '../src/lib/guards.ts';
import type { Channel, Delivery } from '../src/ports/channel.ts';
import {
  type Arrival,
  type ChannelHarness,
  channelContract,
  type Situation,
  usualMessage,
} from './contracts/channel-contract.ts';
import { showMarkdown } from './support/github-markdown.ts';
import { type GithubManner, openGithubServer, type Written } from './support/github-server.ts';
import { closedPort, listen } from './support/loopback.ts';
import { mailSettings, mailPassword as password } from './support/mail-settings.ts';
import { pour } from './support/pour.ts';
import { openSlackServer, type SlackManner, type SlackPosted } from './support/slack-server.ts';
import { openSmtpSink, type SmtpManner, type SunkMail } from './support/smtp-sink.ts';
import { openTeamsFlow } from './support/teams-flow.ts';

const folder = new URL('../src/adapters/channels/', import.meta.url);

// --- outbox ---------------------------------------------------------------------------------------------------

const noOtherSide = 'there is no other side that could refuse, be silent or be away';
const outbox: ChannelHarness = {
  id: 'outbox',
  secrets: [],
  async open() {
    const inner = createOutbox();
    const arrived: Arrival[] = [];
    const channel: Channel = {
      ...inner,
      async send(delivery) {
        const result = await inner.send(delivery);
        if (result.kind === 'accepted') arrived.push(inStore(delivery, result.reference ?? ''));
        return result;
      },
    };
    return { channel, meet: () => undefined, arrived: () => arrived, close: async () => undefined };
  },
  skip: [
    ...[
      'a temporary refusal is retried',
      'a temporary refusal that names a time is retried after it',
      'a permanent refusal is refused, with a reason',
      'a fault of the far side is retried',
      'silence after the hand-over is uncertain and settled as declared',
      'a connection that breaks after the hand-over is uncertain and settled as declared',
      'an answer that makes no sense is neither accepted nor refused',
      'an answer without end is cut off, and is never a refusal',
      'a far side that cannot be reached is retried and told of in the set-up check',
      'a stop before the hand-over sends nothing and is retried',
    ].map((name) => ({ test: name, reason: noOtherSide })),
    {
      test: 'a recipient without an address has none, and nothing is sent',
      reason: 'everyone can be shown a message',
    },
    {
      test: 'a huge message arrives within bounds',
      reason: 'nothing is rendered: the stored row is the message',
    },
    { test: 'hostile text stays text', reason: 'nothing is rendered: whoever shows the row escapes it' },
  ],
};
function inStore({ message }: Delivery, key: string): Arrival {
  const shown = message.paragraphs.flatMap((part) =>
    'text' in part ? [part.text] : part.facts.map((fact) => fact.value),
  );
  const links = [message.replyUrl ?? '', ...message.links.map(({ url }) => url)];
  return { key, raw: JSON.stringify(message), shown, links, structure: [] };
}

// --- email ----------------------------------------------------------------------------------------------------

const manners: Record<Situation, SmtpManner> = {
  accepts: 'accept',
  temporary: ['rcpt', 451, 'Temporary local problem'],
  'temporary-with-wait': ['rcpt', 450, '4.2.0 Greylisted, please try again in 2 minutes'],
  permanent: ['rcpt', 550, '5.1.1 No such user ana@example.com here'],
  'server-error': ['connect', 421, 'Service not available'],
  'takes-then-silent': 'silent-after-data',
  'takes-then-drops': 'drop-after-data',
  malformed: 'rubbish-greeting',
  'huge-answer': 'pours-after-data',
};
const email: ChannelHarness = {
  id: 'email',
  secrets: [password, Buffer.from(`\0foldback\0${password}`).toString('base64')],
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', accounts: [] },
  async open(where) {
    const sink = await openSmtpSink({
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) =>
        auth.password === password ? done(null, { user: 'foldback' }) : done(new Error('no')),
    });
    return {
      channel: createEmail(mailSettings(where === 'reachable' ? sink.port : await closedPort())),
      meet: (situation) => sink.meet(manners[situation]),
      arrived: () => sink.mails.map(ofMail),
      poured: sink.poured,
      close: sink.close,
    };
  },
  skip: [],
};
function ofMail({ raw, mail }: SunkMail): Arrival {
  const page = mail.html ?? '';
  const links = [...page.matchAll(/\s(?:href|src|background|action)="([^"]*)"/giu)].map((match) =>
    unescaped(match[1] ?? ''),
  );
  // Elements without an attribute only cut words apart or break lines: their number follows the text.
  const elements = [...page.matchAll(/<(?!span>|\/span>|br>|wbr>)\/?([a-z!][a-z0-9]*)/giu)].map(
    (match) => match[1] ?? '',
  );
  return {
    key: mail.messageId ?? '',
    raw,
    shown: [mail.subject ?? '', mail.text ?? '', unescaped(page.replace(/<[^>]*>/gu, ''))],
    links,
    structure: [...mail.headers.map(({ key }) => key), ...elements],
  };
}
const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/gu, (_all, code: string) => String.fromCodePoint(Number(code)));

// --- webhook --------------------------------------------------------------------------------------------------

const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
const answersTo: Record<
  Exclude<Situation, 'takes-then-silent' | 'takes-then-drops' | 'malformed' | 'huge-answer'>,
  [number, Record<string, string>]
> = {
  accepts: [204, {}],
  temporary: [503, {}],
  'temporary-with-wait': [429, { 'retry-after': '120' }],
  permanent: [404, {}],
  'server-error': [500, {}],
};
const webhook: ChannelHarness = {
  id: 'webhook',
  secrets: [webhookSecret],
  async open(where) {
    let situation: Situation = 'accepts';
    const arrived: Arrival[] = [];
    const poured = Promise.withResolvers<number>();
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      const one = ofPost(request.headers, body);
      switch (situation) {
        case 'takes-then-silent':
          arrived.push(one);
          return;
        case 'takes-then-drops':
          arrived.push(one);
          request.socket.destroy();
          return;
        case 'malformed':
          request.socket.end('banana\r\n\r\n');
          return;
        case 'huge-answer':
          arrived.push(one);
          poured.resolve(pour(response));
          return;
        default: {
          const [status, headers] = answersTo[situation];
          if (situation === 'accepts') arrived.push(one);
          response.writeHead(status, headers).end();
        }
      }
    });
    const port = where === 'reachable' ? await listen(server) : await closedPort();
    const channel = createWebhook(
      webhookSettings.parse({
        url: `http://127.0.0.1:${port}/hook`,
        secrets: webhookSecret,
        allowPrivateNetwork: true,
        timeoutMs: 500,
      }),
    );
    return {
      channel,
      meet(next) {
        situation = next;
      },
      arrived: () => arrived,
      poured: () => poured.promise,
      async close() {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  skip: [
    {
      test: 'a recipient without an address has none, and nothing is sent',
      reason: 'one receiver for all: it knows where its people work',
    },
  ],
};
function ofPost(headers: NodeJS.Dict<string | string[]>, body: string): Arrival {
  const plainHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
  const sentAt = Number(plainHeaders['webhook-timestamp']) * 1000;
  const verdict = verifyStandardWebhook(plainHeaders, body, [webhookSecret], sentAt);
  const links: string[] = [];
  const shown: string[] = [];
  const structure = Object.keys(plainHeaders);
  JSON.parse(body, (key: string, value: unknown) => {
    structure.push(key);
    if (typeof value !== 'string') return value;
    if (key === 'url' || key === 'replyUrl') links.push(value);
    else shown.push(value);
    return value;
  });
  return { key: verdict.ok ? verdict.id : '', raw: body, shown, links, structure };
}

// --- slack ----------------------------------------------------------------------------------------------------

// An obvious fake, put together at run time.
const slackToken = ['xoxb', '0000', 'fake', 'of', 'a', 'test'].join('-');
const slackSigning = 'fake0signing0secret0of0a0test000';
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
const slack: ChannelHarness = {
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

// --- github ---------------------------------------------------------------------------------------------------

// An obvious fake, put together at run time.
const githubToken = ['ghs', 'fake0of0a0test'].join('_');
const githubManners: Record<Situation, GithubManner> = {
  accepts: 'usual',
  temporary: { status: 503 },
  'temporary-with-wait': { status: 403, headers: { 'retry-after': '120' } },
  permanent: { status: 410 },
  'server-error': { status: 502 },
  'takes-then-silent': 'takes-then-silent',
  'takes-then-drops': 'takes-then-drops',
  malformed: 'rubbish',
  'huge-answer': 'pours',
};
const github: ChannelHarness = {
  id: 'github',
  secrets: [githubToken],
  keepsAccounts: true,
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', email: 'bo@example.com', accounts: [] },
  async open(where) {
    const server = await openGithubServer({ tokens: [githubToken] });
    const apiUrl = where === 'reachable' ? server.url : `http://127.0.0.1:${await closedPort()}`;
    return {
      channel: createGithub(
        githubSettings.parse({ token: githubToken, apiUrl, allowPrivateNetwork: true, timeoutMs: 500 }),
      ),
      meet: (situation) => server.meet(githubManners[situation]),
      arrived: () => server.written.map(ofComment),
      poured: server.poured,
      close: server.close,
    };
  },
  skip: [],
};
function ofComment({ path, raw, body }: Written): Arrival {
  const { text, links, elements } = showMarkdown(body.body);
  const shown = [text, body.title ?? ''].map((part) => part.replaceAll('\u200b', ''));
  const key = /<!-- foldback:message:(.*?) -->/u.exec(body.body)?.[1] ?? '';
  return { key, raw, shown, links, structure: [path, ...Object.keys(body), ...elements] };
}

// --- teams ----------------------------------------------------------------------------------------------------

const teamsSecret = 'fake-signature-of-a-flow';
const teams: ChannelHarness = {
  id: 'teams',
  secrets: [teamsSecret],
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', accounts: [] },
  async open(where) {
    const flow = await openTeamsFlow();
    const port = where === 'reachable' ? flow.port : await closedPort();
    const url = `http://127.0.0.1:${port}/workflows/x/triggers/manual/paths/invoke?sig=${teamsSecret}`;
    return {
      channel: createTeams(
        teamsSettings.parse({ personUrl: url, allowPrivateNetwork: true, timeoutMs: 500 }),
      ),
      meet: flow.meet,
      arrived: () => flow.posts.map(ofCard),
      poured: flow.poured,
      close: flow.close,
    };
  },
  skip: [],
};
function ofCard(raw: string): Arrival {
  const shown: string[] = [];
  const links: string[] = [];
  const structure: string[] = [];
  const whole: unknown = JSON.parse(raw, (key: string, value: unknown) => {
    structure.push(key);
    if (key === 'type') structure.push(String(value));
    if (key === 'url') links.push(String(value));
    if (['text', 'title', 'fallbackText'].includes(key)) shown.push(String(value));
    return value;
  });
  return { key: dictOf(whole)?.['messageId']?.toString() ?? '', raw, shown, links, structure };
}

// --- all ------------------------------------------------------------------------------------------------------

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
