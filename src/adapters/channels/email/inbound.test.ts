import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inboundBytesMax, parseReplyMail } from './inbound.ts';

const parse = (lines: readonly string[]) => parseReplyMail(Buffer.from(lines.join('\r\n')), 'corp.example');

const reply = [
  'From: Ana Lima <ana@example.com>',
  'To: foldback@corp.example',
  'Subject: Re: A key of yours is in shop-api',
  'Message-ID: <abc@example.com>',
  'In-Reply-To: <msg-1@corp.example>',
  'References: <case.FB-7F3K@corp.example>',
  ' <msg-1@corp.example>',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Done, please close. I accept the risk.',
];

test('an answer gives who wrote about which case, and none of its words', async () => {
  const mail = await parse(reply);
  expect(mail).toEqual({
    kind: 'mail',
    from: 'ana@example.com',
    caseCode: 'FB-7F3K',
    messageId: 'msg-1',
    isAutomatic: false,
    isBounce: false,
    bounces: [],
  });
  expect(JSON.stringify(mail)).not.toContain('Done');
});

describe('a machine is told by', () => {
  test.each([
    'Auto-Submitted: auto-replied',
    'Auto-Submitted: auto-generated; owner-email="x"',
    'Precedence: bulk',
    'X-Autoreply: yes',
    'X-Failed-Recipients: ana@example.com',
    'List-Id: <news.example.com>',
    'Return-Path: <>',
  ])('%s', async (header) => {
    expect(await parse([header, ...reply])).toMatchObject({ isAutomatic: true, isBounce: false });
  });
  test.each(['MAILER-DAEMON@example.com', 'no-reply@example.com', 'bounces+1@example.com'])(
    'its name %s',
    async (name) => {
      expect(await parse([`From: ${name}`, ...reply.slice(1)])).toMatchObject({ isAutomatic: true });
    },
  );
  test('nothing in a mail of a person', async () => {
    expect(await parse(['Auto-Submitted: no', ...reply])).toMatchObject({ isAutomatic: false });
  });
});

const report = (action: string) => [
  'From: MAILER-DAEMON@mx.example.com',
  'To: foldback@corp.example',
  'Auto-Submitted: auto-replied',
  'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Could not deliver.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.com',
  '',
  'Final-Recipient: rfc822; ana@example.com',
  `Action: ${action}`,
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1',
  ' no such user',
  '',
  'Original-Recipient: rfc822;bo@example.com',
  'Final-Recipient: rfc822;bo@internal.example.com',
  `Action: ${action}`,
  'Status: 5.2.2',
  '',
  '--b',
  'Content-Type: text/rfc822-headers',
  '',
  'Message-ID: <msg-1@corp.example>',
  'References: <case.FB-7F3K@corp.example>',
  'X-Foldback-Case: FB-7F3K',
  '',
  '--b--',
];

test('a delivery report gives whom which message did not reach', async () => {
  expect(await parse(report('failed'))).toEqual({
    kind: 'mail',
    from: 'MAILER-DAEMON@mx.example.com',
    caseCode: 'FB-7F3K',
    messageId: 'msg-1',
    isAutomatic: true,
    isBounce: true,
    bounces: [
      { address: 'ana@example.com', status: '5.1.1' },
      { address: 'bo@example.com', status: '5.2.2' },
    ],
  });
});

test('a whole returned mail is read no further than its header', async () => {
  const lines = report('failed').map((line) =>
    line === 'Content-Type: text/rfc822-headers' ? 'Content-Type: message/rfc822' : line,
  );
  const forged = [...lines.slice(0, -2), '', 'Message-ID: <msg-other@corp.example>', '--b--'];
  expect(await parse(forged)).toMatchObject({ isBounce: true, messageId: 'msg-1' });
});

test('a report of a delay is automatic but no bounce', async () => {
  expect(await parse(report('delayed'))).toMatchObject({ isAutomatic: true, isBounce: false, bounces: [] });
});

test('two senders are no sender', async () => {
  const mail = await parse(['From: eve@example.com', ...reply]);
  expect(mail).not.toHaveProperty('from');
});

test('ids of another domain are about no case', async () => {
  const mail = await parseReplyMail(Buffer.from(reply.join('\r\n')), 'other.example');
  expect(mail).not.toHaveProperty('caseCode');
  expect(mail).not.toHaveProperty('messageId');
});

describe('a mail that is too much', () => {
  test('in size is not read', async () => {
    expect(await parseReplyMail(Buffer.alloc(inboundBytesMax + 1), 'corp.example')).toMatchObject({
      kind: 'unreadable',
    });
  });
  test('in headers is not read', async () => {
    expect(await parse([`X-Long: ${'x'.repeat(100_000)}`, ...reply])).toMatchObject({ kind: 'unreadable' });
  });
  test('in depth is not read', async () => {
    const nested = Array.from({ length: 50 }, (_, index) => [
      `Content-Type: multipart/mixed; boundary="n${index}"`,
      '',
      `--n${index}`,
    ]);
    expect(await parse(['From: a@example.com', ...nested.flat(), '', 'x'])).toMatchObject({
      kind: 'unreadable',
    });
  });
});

test('no bytes make the parser throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      expect(['mail', 'unreadable']).toContain((await parseReplyMail(bytes, 'corp.example')).kind);
    }),
  );
});
