import { createPublicKey, verify as isSigned, type KeyObject, X509Certificate } from 'node:crypto';
import { type Dict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import type { Webhook } from '../../../ports/source.ts';
import { isSnsMessage } from './schema.ts';

/** SNS tries again for hours; a message from before that is somebody's copy. */
const ageMsMax = 24 * 60 * 60 * 1000;
/** Clocks differ. */
const aheadMsMax = 15 * 60 * 1000;

/** What is signed, in this order (SNS developer guide, "Verifying the signatures of Amazon SNS messages"). */
const signedMembers = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  others: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

const digests: Readonly<Record<string, string>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' };

/**
 * The signature of SNS, checked with certificates from the configuration: nothing is fetched. AWS signs for every
 * customer with one certificate, so a signature tells nothing without the topic: a secret is a certificate with the
 * ARNs of the topics that it may speak for above it. A message of another topic is refused, whoever signed it.
 */
export const webhook: Webhook = {
  auth: 'sns',
  verify(delivery, secrets) {
    const trusted = secrets.map((text) => ({
      topics: topicsIn(text),
      keys: keysIn(text, delivery.receivedAt),
    }));
    if (!trusted.some(({ topics, keys }) => topics.length > 0 && keys.length > 0))
      return { ok: false, reason: 'no-secret' };
    const parsed = parseRecord(Buffer.from(delivery.body).toString('utf8'), limits);
    const message = parsed.ok ? parsed.value : undefined;
    const signature = isSnsMessage(message) ? textOf(message.Signature) : undefined;
    if (!isSnsMessage(message) || signature === undefined) return { ok: false, reason: 'missing-signature' };
    const digest = digests[textOf(message.SignatureVersion) ?? ''];
    const topic = textOf(message.TopicArn) ?? '';
    const keys = trusted.filter(({ topics }) => topics.includes(topic)).flatMap((one) => one.keys);
    if (digest === undefined || !isOfRegion(message, topic)) return { ok: false, reason: 'bad-signature' };
    const text = Buffer.from(signedText(message));
    const given = Buffer.from(signature, 'base64');
    if (!keys.some((key) => isSigned(digest, text, key, given)))
      return { ok: false, reason: 'bad-signature' };
    const sentAt = instantOf(message.Timestamp);
    const age = sentAt === undefined ? Number.POSITIVE_INFINITY : delivery.receivedAt - sentAt;
    if (age > ageMsMax || age < -aheadMsMax) return { ok: false, reason: 'replayed' };
    const deliveryId = textOf(message.MessageId) ?? '';
    const confirm = message.Type === 'SubscriptionConfirmation' ? textOf(message.SubscribeURL) : undefined;
    return confirm !== undefined && confirmPattern.test(confirm)
      ? { ok: true, deliveryId, confirm }
      : { ok: true, deliveryId };
  },
};

const topicPattern = /\barn:aws[a-z-]{0,10}:sns:[a-z\d-]{1,40}:\d{12}:[\w-]{1,256}(?:\.fifo)?/gu;
const host = String.raw`^https:\/\/sns\.([a-z\d-]{1,40})\.amazonaws\.com(?:\.cn)?\/`;
const certificatePattern = new RegExp(String.raw`${host}[\w-]{1,200}\.pem$`, 'u');
const confirmPattern = new RegExp(String.raw`${host}\?[\w=&%.:-]{1,2000}$`, 'u');

function topicsIn(text: string): readonly string[] {
  return text.match(topicPattern) ?? [];
}

/** A message of a topic is signed in the topic's region, with a certificate that AWS publishes there. */
function isOfRegion(message: Dict, topic: string): boolean {
  const region = certificatePattern.exec(textOf(message.SigningCertURL) ?? '')?.[1];
  return region !== undefined && region === topic.split(':')[3];
}

function signedText(message: Dict): string {
  const members = message.Type === 'Notification' ? signedMembers.Notification : signedMembers.others;
  return members
    .filter((name) => typeof message[name] === 'string')
    .map((name) => `${name}\n${textOf(message[name]) ?? ''}\n`)
    .join('');
}

const pemPattern = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[\w+/=\s]{1,20000}-----END \1-----/gu;

/** The keys of certificates that are valid now, and bare public keys. What cannot be read is none. */
function keysIn(text: string, now: number): readonly KeyObject[] {
  return (text.match(pemPattern) ?? []).flatMap((pem) => {
    try {
      if (pem.startsWith('-----BEGIN PUBLIC KEY')) return [createPublicKey(pem)];
      const certificate = new X509Certificate(pem);
      const isValid = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
      return isValid ? [certificate.publicKey] : [];
    } catch {
      return [];
    }
  });
}
