import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmail, emailSettings } from '../src/adapters/channels/email/index.ts';
import { createOutbox } from '../src/adapters/channels/outbox/index.ts';
import {
  createWebhook,
  verifyStandardWebhook,
  webhookSettings,
} from '../src/adapters/channels/webhook/index.ts';
import { channels } from '../src/adapters/index.ts';
import type { Channel, Delivery, SendResult } from '../src/ports/channel.ts';
import {
  type Arrival,
  type ChannelHarness,
  channelContract,
  type Situation,
  usualMessage,
} from './contracts/channel-contract.ts';
import { selfSigned } from './support/certificate.ts';
import { openSmtpSink, type SmtpManner, type SmtpSink, type SunkMail } from './support/smtp-sink.ts';

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

const password = randomBytes(12).toString('hex');
const manners: Record<Situation, SmtpManner> = {
  accepts: 'accept',
  temporary: ['rcpt', 451, 'Temporary local problem'],
  'temporary-with-wait': ['rcpt', 450, '4.2.0 Greylisted, please try again in 2 minutes'],
  permanent: ['rcpt', 550, '5.1.1 No such user ana@example.com here'],
  'server-error': ['connect', 421, 'Service not available'],
  'takes-then-silent': 'silent-after-data',
  'takes-then-drops': 'drop-after-data',
  malformed: 'rubbish-greeting',
};
const mailSettings = (port: number, over: Record<string, unknown> = {}) =>
  emailSettings.parse({
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'foldback@corp.example',
    user: 'foldback',
    password,
    connectTimeoutMs: 2_000,
    silenceTimeoutMs: 500,
    ...over,
  });
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
  const elements = [...page.matchAll(/<(?!span>|\/span>|br>)\/?([a-z!][a-z0-9]*)/giu)].map(
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
  Exclude<Situation, 'takes-then-silent' | 'takes-then-drops' | 'malformed'>,
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

// --- all ------------------------------------------------------------------------------------------------------

const harnesses = [outbox, email, webhook];
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
    webhook: {
      url: 'https://hooks.example.com/x',
      secrets: `${webhookSecret} ${webhookSecret}`,
      allowPrivateNetwork: 'false',
    },
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
    ['webhook', { url: 'https://hooks.example.com', secrets: [] }],
    ['webhook', { url: 'https://hooks.example.com', secrets: ['whsec_'] }],
    ['webhook', { url: 'https://hooks.example.com', secrets: ['whsec_c2hvcnQ='] }],
    ['webhook', { url: 'ftp://hooks.example.com', secrets: [webhookSecret] }],
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

describe('mail', () => {
  async function mailer(manner: SmtpManner = 'accept', over: Record<string, unknown> = {}) {
    const sink = await openSmtpSink({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
    });
    const channel = createEmail(mailSettings(sink.port, over));
    opened.push({ close: () => channel.close?.() }, sink);
    sink.meet(manner);
    return { sink, channel };
  }
  async function outcome(manner: SmtpManner): Promise<{ result: SendResult; sink: SmtpSink }> {
    const { sink, channel } = await mailer(manner);
    return { result: await channel.send(delivery), sink };
  }

  const table: readonly (readonly [string, SmtpManner, SendResult['kind'], number?])[] = [
    ['421 as a greeting', ['connect', 421, 'busy'], 'retry'],
    ['554 as a greeting', ['connect', 554, 'no service here'], 'retry'],
    ['421 at MAIL', ['mail', 421, 'closing'], 'retry'],
    ['451 at MAIL', ['mail', 451, 'later'], 'retry'],
    ['550 at MAIL', ['mail', 550, 'sender refused'], 'refused'],
    ['530 at MAIL', ['mail', 530, 'authentication required'], 'retry'],
    ['450 greylisting without a time', ['rcpt', 450, 'Greylisted'], 'retry', 300],
    [
      '451 greylisting with seconds',
      ['rcpt', 451, 'greylisting in action, come back in 90 seconds'],
      'retry',
      90,
    ],
    ['452 at RCPT', ['rcpt', 452, 'mailbox full'], 'retry'],
    ['550 at RCPT', ['rcpt', 550, 'no such user'], 'refused'],
    ['553 at RCPT', ['rcpt', 553, 'bad mailbox name'], 'refused'],
    ['421 after the body', ['data', 421, 'closing'], 'retry'],
    ['451 after the body', ['data', 451, 'later'], 'retry'],
    ['550 after the body', ['data', 550, 'looks like spam'], 'refused'],
    ['a drop at RCPT', 'drop-at-rcpt', 'retry'],
    ['a drop after the body', 'drop-after-data', 'uncertain'],
    ['rubbish after the body', 'rubbish-after-data', 'uncertain'],
    ['silence after the body', 'silent-after-data', 'uncertain'],
    ['silence instead of a greeting', 'silent-greeting', 'retry'],
  ];
  for (const [name, manner, kind, afterSeconds] of table) {
    test(`${name} is judged by where it happened: ${kind}`, async () => {
      const { result } = await outcome(manner);
      expect(result.kind).toBe(kind);
      if (afterSeconds !== undefined) expect(result).toMatchObject({ afterSeconds });
      if ('reason' in result) expect(result.reason).not.toContain('@');
    });
  }

  test('a refused log-in is about the set-up: retried, and told without the password', async () => {
    const sink = await openSmtpSink({
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) =>
        done(Object.assign(new Error(`no ${auth.password}`), { responseCode: 535 })),
    });
    const channel = createEmail(mailSettings(sink.port));
    opened.push({ close: () => channel.close?.() }, sink);
    const result = await channel.send(delivery);
    expect(result.kind).toBe('retry');
    const problems = await channel.checkSetup();
    expect(problems).toHaveLength(1);
    expect(JSON.stringify([result, problems])).not.toContain(password);
  });

  test('a server that offers no log-in gets no password and no mail', async () => {
    const sink = await openSmtpSink({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const channel = createEmail(mailSettings(sink.port));
    opened.push({ close: () => channel.close?.() }, sink);
    expect((await channel.send(delivery)).kind).toBe('retry');
    expect(sink.mails).toHaveLength(0);
  });

  test('a connection is kept, and a stale one costs a new one but no mail', async () => {
    const { sink, channel } = await mailer();
    await channel.send(delivery);
    await channel.send({ ...delivery, messageId: 'msg-2' });
    expect(sink.connections()).toBe(1);
    sink.dropAll();
    expect((await channel.send({ ...delivery, messageId: 'msg-3' })).kind).toBe('accepted');
    expect(sink.connections()).toBe(2);
    expect(sink.mails.map((mail) => mail.mail.messageId)).toEqual([
      '<msg-1@corp.example>',
      '<msg-2@corp.example>',
      '<msg-3@corp.example>',
    ]);
  });

  test('a break after the hand-over over a kept connection is not repeated', async () => {
    const { sink, channel } = await mailer();
    await channel.send(delivery);
    sink.meet('drop-after-data');
    expect((await channel.send({ ...delivery, messageId: 'msg-2' })).kind).toBe('uncertain');
    expect(sink.mails).toHaveLength(2);
    expect(sink.connections()).toBe(1);
  });

  test('a break inside the body is retried only where the server cannot have it', async () => {
    const { sink, channel } = await mailer('drop-in-data');
    const text = Array.from({ length: 40 }, () => ({ kind: 'text', text: 'word '.repeat(800) }) as const);
    const result = await channel.send({ ...delivery, message: { ...usualMessage, paragraphs: text } });
    expect(sink.mails.length > 0 ? ['uncertain'] : ['uncertain', 'retry']).toContain(result.kind);
  });

  test('a stop while the server is silent after the body is uncertain', async () => {
    const { sink, channel } = await mailer('silent-after-data', { silenceTimeoutMs: 20_000 });
    const stop = new AbortController();
    const sending = channel.send({ ...delivery, signal: stop.signal });
    await expect.poll(() => sink.mails.length).toBe(1);
    stop.abort();
    expect((await sending).kind).toBe('uncertain');
  });

  test('one message has a deadline of its own', async () => {
    const { channel } = await mailer('silent-after-data', {
      silenceTimeoutMs: 20_000,
      messageTimeoutMs: 300,
    });
    expect((await channel.send(delivery)).kind).toBe('uncertain');
  });

  test('carries the headers that stop holiday answers, thread by case and name the list', async () => {
    const { sink, channel } = await mailer('accept', {
      replyTo: 'security@corp.example',
      bounceTo: 'bounce@corp.example',
      listUnsubscribe: 'https://foldback.example.com/u/OPAQUE',
    });
    await channel.send(delivery);
    const mail = sink.mails[0];
    expect(mail?.from).toBe('bounce@corp.example');
    expect(mail?.to).toEqual(['ana@example.com']);
    const wanted = {
      from: '"Foldback" <foldback@corp.example>',
      'reply-to': '"Foldback" <security@corp.example>',
      'message-id': '<msg-1@corp.example>',
      'in-reply-to': '<case.FB-7F3K@corp.example>',
      references: '<case.FB-7F3K@corp.example>',
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'x-foldback-case': 'FB-7F3K',
      'list-id': '<foldback.corp.example>',
      'list-unsubscribe': '<https://foldback.example.com/u/OPAQUE>',
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      date: 'Mon, 23 Nov 2026 10:41:00 +0000',
    };
    const found = Object.fromEntries(
      Object.keys(wanted).map((name) => [name, mail?.header(name)?.replaceAll('"', '')]),
    );
    expect(found).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, value.replaceAll('"', '')])),
    );
    expect(mail?.mail.html).not.toMatch(
      /<(img|link|script|iframe|object|video|form|input)\b|url\(|@import/iu,
    );
    expect(mail?.raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  });

  test.each([
    'ana@example.com, eve@example.com',
    'ana@example.com\r\nRCPT TO:<eve@example.com>',
    '<ana@example.com>',
    'ana@example.com> NOTIFY=NEVER',
    'Ana <ana@example.com>',
    'group:ana@example.com;',
    'ana',
    '@example.com',
    `${'a'.repeat(65)}@example.com`,
    'ana@exa mple.com',
    'ana@example..com',
  ])('is not sent to %j', async (address) => {
    const { sink, channel } = await mailer();
    const recipient = { ...delivery.recipient, email: address };
    expect(channel.address(recipient)).toBeUndefined();
    expect((await channel.send({ ...delivery, recipient })).kind).toBe('refused');
    expect(sink.connections()).toBe(0);
  });

  test('is only sent through a server whose certificate holds, and never falls back to plain text', async () => {
    const certificate = selfSigned(['localhost']);
    const sink = await openSmtpSink({ ...certificate, disabledCommands: ['AUTH'], hideSTARTTLS: false });
    const plainSink = await openSmtpSink();
    const settings = { host: 'localhost', tls: 'starttls', user: undefined, password: undefined };
    const trusted = createEmail(mailSettings(sink.port, { ...settings, ca: certificate.cert }));
    const untrusted = createEmail(mailSettings(sink.port, settings));
    const stripped = createEmail(mailSettings(plainSink.port, settings));
    opened.push(
      ...[trusted, untrusted, stripped].map((channel) => ({ close: () => channel.close?.() })),
      sink,
      plainSink,
    );
    expect((await untrusted.send(delivery)).kind).toBe('retry');
    expect((await stripped.send(delivery)).kind).toBe('retry');
    expect([...sink.mails, ...plainSink.mails]).toHaveLength(0);
    expect(await trusted.send(delivery)).toMatchObject({ kind: 'accepted' });
  });
});

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

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return address !== null && typeof address !== 'string' ? address.port : 0;
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address !== 'string' ? address.port : 0;
}

test('no fixture of a channel names anyone real', () => {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('fixtures/'),
  )) {
    const addresses = readFileSync(new URL(file, folder), 'utf8').match(/[\w.+-]+@[\w.-]+\w/gu) ?? [];
    for (const address of addresses)
      expect(address, file).toMatch(/@([\w-]+\.)*(example(\.(com|org|net))?|localhost)$/u);
  }
});
