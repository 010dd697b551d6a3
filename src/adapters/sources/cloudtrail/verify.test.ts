import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { webhook } from './verify.ts';

const receivedAt = Date.UTC(2024, 5, 1, 12);
const topic = 'arn:aws:sns:eu-central-1:111122223333:audit';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const secret = `${topic}\n${pem}`;

const certificateUrl = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem';
const notification = {
  Type: 'Notification',
  MessageId: '22222222-0000-4000-8000-000000000001',
  TopicArn: topic,
  Subject: 'AWS Notification Message',
  Message: '{"detail-type":"x","detail":{}}',
  Timestamp: '2024-06-01T11:59:00.000Z',
  SignatureVersion: '2',
  SigningCertURL: certificateUrl,
};
const question = {
  Type: 'SubscriptionConfirmation',
  MessageId: '22222222-0000-4000-8000-000000000002',
  TopicArn: topic,
  Message: 'You have chosen to subscribe to the topic.',
  SubscribeURL: `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=0123abcd`,
  Token: '0123abcd',
  Timestamp: '2024-06-01T11:59:00.000Z',
  SignatureVersion: '1',
  SigningCertURL: certificateUrl,
};

type Message = Readonly<Record<string, string>>;

function signed(message: Message, key: KeyObject = privateKey): Message {
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const given = names.filter((name) => message[name] !== undefined);
  const body = given.map((name) => `${name}\n${message[name] ?? ''}\n`).join('');
  const digest = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  return { ...message, Signature: sign(digest, Buffer.from(body), key).toString('base64') };
}

/** DER (X.690): a tag, a length, what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const held = Buffer.concat(parts);
  const size = held.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), held]);
}

/** A certificate that signs itself (RFC 5280), valid in the given years. */
function certificate(from: number, to: number): string {
  const sha256WithRsa = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const commonName = der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('sns.example')));
  const name = der(0x30, der(0x31, commonName));
  const year = (value: number) => der(0x17, Buffer.from(`${String(value).slice(2)}0101000000Z`));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    name,
    der(0x30, year(from), year(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('RSA-SHA256', body, privateKey));
  const text = der(0x30, body, sha256WithRsa, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/.{64}/gu, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const verify = (message: unknown, secrets: readonly string[] = [secret], at = receivedAt) =>
  webhook.verify({ headers: {}, body: Buffer.from(JSON.stringify(message)), receivedAt: at }, secrets);

describe('deliveries by SNS', () => {
  test('a message of a listed topic with AWS’s signature is taken, in both versions', () => {
    const taken = { ok: true, deliveryId: notification.MessageId };
    expect(verify(signed(notification))).toEqual(taken);
    expect(verify(signed({ ...notification, SignatureVersion: '1' }))).toEqual(taken);
    const { Subject: _subject, ...plain } = notification;
    expect(verify(signed(plain))).toEqual(taken);
  });

  test('another customer’s topic is refused though AWS signed it', () => {
    const foreign = { ...notification, TopicArn: 'arn:aws:sns:eu-central-1:999988887777:audit' };
    expect(verify(signed(foreign))).toEqual({ ok: false, reason: 'bad-signature' });
  });

  test('without a certificate, or without a topic above it, nothing is taken', () => {
    for (const secrets of [
      [],
      [''],
      [topic],
      [pem],
      [topic, pem],
      ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ])
      expect(verify(signed(notification), secrets)).toEqual({ ok: false, reason: 'no-secret' });
  });

  test('a certificate counts while it is valid, and any of several will do', () => {
    const [past, now] = [certificate(2020, 2023), certificate(2023, 2026)];
    expect(verify(signed(notification), [`${topic}\n${now}`]).ok).toBe(true);
    expect(verify(signed(notification), [`${topic}\n${past}${now}`]).ok).toBe(true);
    expect(verify(signed(notification), [`${topic}\n${past}`])).toEqual({ ok: false, reason: 'no-secret' });
  });

  test('whatever of it is changed, it is refused', () => {
    const good = signed(notification);
    for (const name of ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn'])
      expect(verify({ ...good, [name]: `${good[name]}x` })).toEqual({ ok: false, reason: 'bad-signature' });
    expect(verify({ ...good, Signature: 'AAAA' })).toEqual({ ok: false, reason: 'bad-signature' });
    expect(verify({ ...good, SignatureVersion: '3' })).toEqual({ ok: false, reason: 'bad-signature' });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(verify(signed(notification, other))).toEqual({ ok: false, reason: 'bad-signature' });
  });

  test('the certificate’s address is AWS’s, in the region of the topic', () => {
    for (const url of [
      'https://sns.eu-central-1.amazonaws.com.evil.example/x.pem',
      'http://sns.eu-central-1.amazonaws.com/x.pem',
      'https://evil.example/sns.eu-central-1.amazonaws.com/x.pem',
      'https://sns.us-east-1.amazonaws.com/x.pem',
    ])
      expect(verify({ ...signed(notification), SigningCertURL: url }).ok).toBe(false);
  });

  test('a day old or without a signature it is refused', () => {
    const late = receivedAt + 25 * 3600 * 1000;
    expect(verify(signed(notification), [secret], late)).toEqual({ ok: false, reason: 'replayed' });
    for (const value of [notification, {}, [], null, 'x'])
      expect(verify(value)).toEqual({ ok: false, reason: 'missing-signature' });
  });

  test('a question whether deliveries are wanted is handed to the operator, with AWS’s address only', () => {
    expect(verify(signed(question))).toMatchObject({ ok: true, confirm: question.SubscribeURL });
    const elsewhere = { ...question, SubscribeURL: 'https://evil.example/?Action=ConfirmSubscription' };
    expect(verify(signed(elsewhere))).not.toHaveProperty('confirm');
  });
});
