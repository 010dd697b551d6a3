import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

const topic = 'arn:aws:sns:eu-central-1:111122223333:audit';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = `${topic}\n${publicKey.export({ type: 'spki', format: 'pem' }).toString()}`;

let store: Store;
let doors: Doors;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store, over: { sourceSecrets: (id) => (id === 'cloudtrail' ? [secret] : []) } });
});
afterAll(() => store?.close());

const at = new Date(monday - 60_000).toISOString();

function delivery(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const message: Readonly<Record<string, string>> = {
    MessageId: '22222222-0000-4000-8000-000000000001',
    Timestamp: at,
    TopicArn: topic,
    SignatureVersion: '2',
    SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123.pem',
    ...more,
  };
  const names = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names
    .flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`]))
    .join('');
  return { ...message, Signature: sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64') };
}

/** SNS says that its JSON is plain text. */
const send = (message: Readonly<Record<string, string>>) =>
  doors.ask('/v1/sources/cloudtrail', {
    body: JSON.stringify(message),
    type: 'text/plain; charset=UTF-8',
    headers: { 'x-amz-sns-message-type': message.Type ?? '' },
  });

const record = {
  eventID: 'e1',
  eventTime: at,
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  userIdentity: { type: 'IAMUser', userName: 'ben', arn: 'arn:aws:iam::111122223333:user/ben' },
};

test('a record by SNS is stored once, without a token, and a changed one is refused', async () => {
  const detail = { 'detail-type': 'AWS API Call via CloudTrail', detail: record };
  const json = delivery({ Type: 'Notification', Message: JSON.stringify(detail) });
  const first = await send(json);
  expect([first.status, first.json]).toEqual([202, { accepted: 1, duplicates: 0 }]);
  expect((await send(json)).json).toEqual({ accepted: 0, duplicates: 1 });
  const changed = { ...json, Message: JSON.stringify({ ...detail, detail: { ...record, eventID: 'e2' } }) };
  expect((await send(changed)).status).toBe(401);
});

test('the question whether deliveries are wanted is told to the operator, and nothing is called or stored', async () => {
  const SubscribeURL = `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=0123abcd`;
  const json = delivery({
    Type: 'SubscriptionConfirmation',
    MessageId: '22222222-0000-4000-8000-000000000002',
    Message: 'You have chosen to subscribe.',
    SubscribeURL,
    Token: '0123abcd',
  });
  const answer = await send(json);
  expect([answer.status, answer.json]).toEqual([202, { accepted: 0, duplicates: 0 }]);
  const said = doors.logged.map((line) => JSON.parse(line)).find((line) => line.open !== undefined);
  expect([said?.source, said?.open]).toEqual(['cloudtrail', SubscribeURL]);
});
