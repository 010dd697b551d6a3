import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event.ts';
import { isRejection, type MapContext } from '../../../ports/source.ts';
import { map } from './map.ts';

const context: MapContext = {
  receivedAt: Date.UTC(2024, 5, 1),
  fingerprint: (kind, parts) => [{ kind, keyId: 'test', value: parts.join('/') }],
  eventId: (parts) => parts.join('/'),
};

const keyId = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');
const user = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ben', userName: 'ben' };
const record = (more: object = {}) => ({
  eventID: 'e1',
  eventTime: '2024-05-01T08:15:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  recipientAccountId: '111122223333',
  userIdentity: user,
  ...more,
});
const session = (name: string, more: object = {}) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::111122223333:assumed-role/ops/${name}`,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/teams/ops', userName: 'ops' },
  },
  ...more,
});

function eventOf(value: unknown): Event {
  const result = map(value, context);
  const [event] = isRejection(result) ? [] : result;
  if (event === undefined) throw new Error('no event');
  return event;
}
const who = (userIdentity: object, more: object = {}) => eventOf(record({ userIdentity, ...more })).actor;

describe('who acted', () => {
  test('the session’s name is the person where somebody chose it, and the role where a program made it up', () => {
    expect(who(session('ana.costa@example.com'))).toMatchObject({
      type: 'person',
      email: 'ana.costa@example.com',
    });
    expect(who(session('ana.costa'))).toMatchObject({ type: 'person', name: 'ana.costa' });
    for (const madeUp of ['botocore-session-1714550400', 'aws-go-sdk-1714550400115152000', '1714550400'])
      expect(who(session(madeUp))).toEqual({
        type: 'workload',
        id: 'arn:aws:iam::111122223333:role/teams/ops',
        name: 'ops',
      });
    expect(who(session('i-0abcdef1234567890'))).toMatchObject({
      type: 'workload',
      name: 'i-0abcdef1234567890',
    });
    expect(who(session('GitHubActions')).type).toBe('workload');
  });

  test('a name that tells neither a person nor a program leaves the type open', () => {
    expect(who(session('session')).type).toBe('unknown');
    expect(who(user).type).toBe('unknown');
  });

  test('a second factor, a browser or the console tell a person', () => {
    const attributes = { mfaAuthenticated: 'true' };
    expect(who({ ...user, sessionContext: { attributes } }).type).toBe('person');
    expect(who(user, { userAgent: 'Mozilla/5.0 (X11)' }).type).toBe('person');
    expect(who({ ...user, invokedBy: 'signin.amazonaws.com' }).type).toBe('person');
  });

  test('a service acts on the authority of an account, which is a lead', () => {
    const event = eventOf(record({ userIdentity: { ...user, invokedBy: 'cloudformation.amazonaws.com' } }));
    expect(event.actor).toMatchObject({
      type: 'workload',
      id: 'cloudformation.amazonaws.com',
      account: { name: 'ben' },
    });
    expect(event.leads).toEqual([{ kind: 'session-caller', account: { system: 'aws', name: 'ben' } }]);
  });

  test('what was typed instead of a user’s name is nobody', () => {
    const typed = { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accountId: '111122223333' };
    expect(who(typed, { eventName: 'ConsoleLogin' })).toEqual({ type: 'unknown' });
    expect(who({})).toEqual({ type: 'unknown' });
  });

  test('the source identity says who opened the session', () => {
    const named = session('botocore-session-1', { sessionContext: { sourceIdentity: 'ana@example.com' } });
    expect(eventOf(record({ userIdentity: named })).leads).toMatchObject([
      { kind: 'session-caller', email: 'ana@example.com' },
    ]);
  });
});

describe('what was done', () => {
  const kind = (eventSource: string, eventName: string, requestParameters: object = {}) =>
    eventOf(record({ eventSource: `${eventSource}.amazonaws.com`, eventName, requestParameters })).kind;

  test('only what clearly takes a control away is one that was taken away', () => {
    const block = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const put = (more: object) =>
      kind('s3', 'PutBucketPublicAccessBlock', { PublicAccessBlockConfiguration: { ...block, ...more } });
    expect(put({ BlockPublicPolicy: false })).toBe('control.disabled');
    expect(put({})).toBe('control.restored');
    expect(kind('s3', 'PutBucketPublicAccessBlock')).toBe('activity.recorded');
    expect(kind('cloudtrail', 'StopLogging')).toBe('control.disabled');
    expect(kind('s3', 'DeleteBucketPolicy')).toBe('activity.recorded');
  });

  test('a name that another service uses too means nothing of itself', () => {
    expect(kind('iam', 'DeleteUser')).toBe('identity.disabled');
    expect(kind('transfer', 'DeleteUser')).toBe('activity.recorded');
  });

  test('a failed request keeps its kind, and a dry run has no outcome', () => {
    const denied = eventOf(record({ eventName: 'CreateAccessKey', errorCode: 'AccessDenied' }));
    expect([denied.kind, denied.outcome]).toEqual(['credential.created', 'failure']);
    expect(eventOf(record({ errorCode: 'Client.DryRunOperation' })).outcome).toBeUndefined();
  });

  test('a key has one provider id from its making to its end, and no other request has it', () => {
    const made = eventOf(
      record({ eventName: 'CreateAccessKey', responseElements: { accessKey: { accessKeyId: keyId } } }),
    );
    const ended = ['UpdateAccessKey', 'DeleteAccessKey'].map((eventName) =>
      eventOf(record({ eventName, requestParameters: { accessKeyId: keyId, status: 'Inactive' } })),
    );
    expect(made.fingerprints).toEqual([
      { kind: 'provider-id', keyId: 'test', value: `aws/access-key/${keyId}` },
    ]);
    for (const event of ended) {
      expect(event.kind).toBe('credential.removed');
      expect(event.fingerprints).toEqual(made.fingerprints);
      expect(event.resource).toEqual(made.resource);
    }
    expect(made.resource?.type).toBe('access-key');
    expect(made.resource?.id).not.toContain(keyId.slice(0, 8));
    expect(eventOf(record({ userIdentity: { ...user, accessKeyId: keyId } })).fingerprints).toEqual([]);
  });
});

describe('what is kept', () => {
  test('no token, password, private half or key id survives, and one key keeps one mask', () => {
    const secret = ['not-a-real-token', 'Yw5Kd9Hs4Jf6Gg1Q'].join('-');
    const event = eventOf(
      record({
        userIdentity: { ...user, accessKeyId: keyId },
        requestParameters: {
          accessKeyId: keyId,
          masterUserPassword: secret,
          userData: secret,
          environment: [{ name: 'DB_PASSWORD', value: secret }],
        },
        responseElements: { keyMaterial: secret, credentials: { accessKeyId: keyId, sessionToken: secret } },
      }),
    );
    const text = JSON.stringify(event.record);
    expect(text).not.toContain('Yw5Kd9Hs4J');
    expect(text).not.toContain(keyId.slice(0, 12));
    const masks = [event.record.userIdentity, event.record.requestParameters].map(
      (part) => JSON.stringify(part).match(/"accessKeyId":"([^"]+)"/u)?.[1],
    );
    expect(masks[0]).toMatch(/^\[secret:aws /u);
    expect(masks[0]).toBe(masks[1]);
  });

  test('names in small letters are AWS’s names again, and what a store adds is left out', () => {
    const event = eventOf({
      eventsource: 'sts.amazonaws.com',
      eventname: 'AssumeRole',
      useridentity: { type: 'IAMUser', username: 'ben' },
      p_row_id: '1',
    });
    expect([event.kind, event.actor.name]).toEqual(['token.issued', 'ben']);
    expect(Object.keys(event.record).toSorted()).toEqual(['eventName', 'eventSource', 'userIdentity']);
  });
});

describe('how it arrives', () => {
  test('by file, EventBridge or SNS one record is one event', () => {
    const wrapped = { 'detail-type': 'AWS API Call via CloudTrail', detail: record() };
    const notified = {
      Type: 'Notification',
      MessageId: 'm',
      TopicArn: 'arn:aws:sns:eu-central-1:111122223333:audit',
      Message: JSON.stringify(wrapped),
    };
    expect(eventOf(wrapped)).toEqual(eventOf(record()));
    expect(eventOf(notified)).toEqual(eventOf(record()));
  });

  test('a subscription’s question and news of a file are nothing, and other records are refused', () => {
    const asked = {
      Type: 'SubscriptionConfirmation',
      MessageId: 'm',
      TopicArn: 't',
      Token: 'x',
      SubscribeURL: 'u',
    };
    expect(map(asked, context)).toEqual([]);
    const file = { ...asked, Type: 'Notification', Message: '{"s3Bucket":"b","s3ObjectKey":["k"]}' };
    expect(map(file, context)).toEqual([]);
    expect(map({ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }, context)).toMatchObject({
      rejected: 'not a CloudTrail record',
    });
  });
});
