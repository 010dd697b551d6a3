import { afterEach, describe, expect, test } from 'vitest';
import { createEmail } from '../src/adapters/channels/email/index.ts';
import type { Delivery, SendResult } from '../src/ports/channel.ts';
import { usualMessage } from './contracts/channel-messages.ts';
import { selfSigned } from './support/certificate.ts';
import { mailSettings, mailPassword as password } from './support/mail-settings.ts';
import { openSmtpSink, type SmtpManner, type SmtpSink } from './support/smtp-sink.ts';

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

  test('a new connection that breaks is left to the retries of the loop', async () => {
    const { sink, channel } = await mailer('drop-at-rcpt');
    expect((await channel.send(delivery)).kind).toBe('retry');
    expect(sink.connections()).toBe(1);
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
      messageTimeoutMs: 3_000,
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
