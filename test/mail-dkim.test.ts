import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { composeMail } from '../src/adapters/channels/email/compose.ts';
import { createEmail, emailSettings } from '../src/adapters/channels/email/index.ts';
import type { Delivery } from '../src/ports/channel.ts';
import { hostileText, usualMessage } from './contracts/channel-messages.ts';
import { closeAfterTest } from './support/http-servers.ts';
import { mailSettings } from './support/mail-settings.ts';
import { openSmtpSink } from './support/smtp-sink.ts';
import { verifyDkim } from './support/verify-dkim.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const delivery: Delivery = {
  messageId: 'msg-1',
  recipient: { id: 'p', kind: 'person', name: 'Ana', email: 'ana@example.com', accounts: [] },
  message: usualMessage,
  attempt: 1,
  at: Date.UTC(2026, 10, 23, 10, 41),
};

test.each([
  ['as it is in a file', pem],
  ['on one line', pem.replaceAll('\n', '\\n')],
])('a mail arrives with a signature that holds, the key %s', async (_name, dkimKey) => {
  const sink = await openSmtpSink({
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
  });
  const over = { dkimKey, dkimSelector: 'fb1', listUnsubscribe: 'https://foldback.example.com/u' };
  const channel = createEmail(mailSettings(sink.port, over));
  closeAfterTest({ close: () => channel.close?.() });
  closeAfterTest(sink);
  for (const message of [
    usualMessage,
    { ...usualMessage, subject: hostileText, footer: `.\r\n..\r\n${hostileText}` },
  ]) {
    expect((await channel.send({ ...delivery, message })).kind).toBe('accepted');
    const raw = sink.mails.at(-1)?.raw ?? '';
    const verdict = verifyDkim(raw, publicKey);
    expect(verdict).toMatchObject({ domain: 'corp.example', selector: 'fb1', isGood: true });
    for (const name of ['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post'])
      expect(verdict.headers).toContain(name);
    expect(verifyDkim(raw.replace('Subject:', 'Subject: x'), publicKey).isGood).toBe(false);
    expect(verifyDkim(`${raw}x`, publicKey).isGood).toBe(false);
  }
});

test('without a key nothing is signed, and no half of a key is taken', async () => {
  const plain = mailSettings(25);
  expect((await composeMail(delivery, 'ana@example.com', plain)).toString()).not.toContain('DKIM-Signature');
  const base = { host: 'mail.example.com', from: 'foldback@example.com' };
  for (const over of [{ dkimKey: pem }, { dkimSelector: 'a' }, { dkimSelector: 'a', dkimKey: 'not a key' }])
    expect(emailSettings.safeParse({ ...base, ...over }).success).toBe(false);
});
