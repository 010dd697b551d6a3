import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event.ts';
import { isRejection, type MapContext } from '../../../ports/source.ts';
import { map } from './map.ts';
import { likeness } from './schema.ts';

const context: MapContext = {
  receivedAt: Date.UTC(2024, 5, 1),
  fingerprint: (kind, parts) => [{ kind, keyId: 'test', value: parts.join('/') }],
  eventId: (parts) => parts.join('/'),
};

const entry = (protoPayload: object, more: object = {}) => ({
  insertId: 'i',
  logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2024-05-01T08:15:00Z',
  protoPayload,
  ...more,
});

function eventOf(value: unknown): Event {
  const result = map(value, context);
  const [event] = isRejection(result) ? [] : result;
  if (event === undefined) throw new Error('no event');
  return event;
}
const who = (authenticationInfo: object) => eventOf(entry({ methodName: 'x.get', authenticationInfo })).actor;

describe('who acted', () => {
  test('a service account is a workload by its address, its subject or its key; other addresses are people', () => {
    expect(who({ principalEmail: 'ana@example.com' }).type).toBe('person');
    expect(who({ principalEmail: 'x@acme.iam.gserviceaccount.com' }).type).toBe('workload');
    expect(who({ principalEmail: 'x@example.com', serviceAccountKeyName: '//iam/keys/1' }).type).toBe(
      'workload',
    );
    expect(who({ principalSubject: 'serviceAccount:x@example.com' }).type).toBe('workload');
    expect(who({ principalEmail: 'not an address' }).type).toBe('unknown');
  });

  test('without an address or subject it is nobody', () => {
    expect(who({})).toEqual({ type: 'unknown' });
    expect(who({ principalEmail: '' })).toEqual({ type: 'unknown' });
  });

  test('a federated workload is its claim, and a person of a workforce is not one', () => {
    const pools = 'principal://iam.googleapis.com/locations/global/workforcePools/p/subject/ana@example.com';
    expect(who({ principalSubject: pools })).toMatchObject({ type: 'person', email: 'ana@example.com' });
    const subject = 'repo:acme/shop:ref:refs/heads/main';
    const principalSubject = `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/${subject}`;
    const event = eventOf(entry({ methodName: 'x', authenticationInfo: { principalSubject } }));
    expect(event.actor.type).toBe('workload');
    expect([event.joins?.subject, event.where.repository]).toEqual([subject, 'acme/shop']);
  });
});

describe('what was done', () => {
  const info = (...granted: readonly unknown[]) => granted.map((one) => ({ permission: 'x', granted: one }));
  const outcome = (payload: object) => eventOf(entry({ methodName: 'x', ...payload })).outcome;

  test('what was refused as a whole failed, and in part alone it is left open', () => {
    expect(outcome({ authorizationInfo: info(false, false), status: {} })).toBe('failure');
    expect(outcome({ authorizationInfo: info(true), status: { code: 7 } })).toBe('failure');
    expect(outcome({ authorizationInfo: info(true, false) })).toBeUndefined();
    expect(outcome({ authorizationInfo: info(true) })).toBe('success');
    expect(outcome({ status: { message: 'OK' } })).toBe('success');
  });

  test('a deployment that makes a key is one that makes a key', () => {
    const authorizationInfo = [{ permission: 'iam.serviceAccountKeys.create', granted: true }];
    const event = eventOf(
      entry({ methodName: 'v2.deploymentmanager.deployments.insert', authorizationInfo }),
    );
    expect(event.kind).toBe('credential.created');
  });

  test('a key has one provider id from its making to its end', () => {
    const name = `projects/acme/serviceAccounts/x@acme.iam.gserviceaccount.com/keys/${'0a'.repeat(20)}`;
    const made = eventOf(
      entry({ methodName: 'google.iam.admin.v1.CreateServiceAccountKey', response: { name } }),
    );
    const ended = eventOf(
      entry({ methodName: 'google.iam.admin.v1.DeleteServiceAccountKey', request: { name } }),
    );
    expect([made.kind, ended.kind]).toEqual(['credential.created', 'credential.removed']);
    expect(made.fingerprints.map(({ value }) => value)).toEqual([
      `gcp/service-account-key/${'0a'.repeat(20)}`,
    ]);
    expect(ended.fingerprints).toEqual(made.fingerprints);
    expect(made.resource).toEqual({ type: 'service-account-key', id: '0a'.repeat(20) });
    expect(ended.resource).toEqual(made.resource);
  });
});

test('what was signed, private keys and key strings do not survive', () => {
  const secret = ['not-a-real', 'key-Yw5Kd9Hs4Jf6Gg1Q'].join('-');
  const request = { payload: secret, variables: [{ key: 'DB_PASSWORD', value: secret }] };
  const response = { private_key_data: secret, keyString: secret, signedJwt: secret };
  const event = eventOf(entry({ methodName: 'SignJwt', request, response }));
  expect(JSON.stringify(event)).not.toContain('Yw5Kd9Hs4J');
});

test('an entry by Pub/Sub is the entry, and other messages are nothing', () => {
  const plain = entry({ methodName: 'SignJwt' });
  const pushed = (value: unknown) => ({
    message: { data: Buffer.from(JSON.stringify(value)).toString('base64'), messageId: '1' },
    subscription: 'projects/acme/subscriptions/s',
  });
  expect(eventOf(pushed(plain))).toEqual(eventOf(plain));
  expect(map(pushed({ hello: 'world' }), context)).toEqual([]);
});

test('records of Kubernetes are left to their own source', () => {
  expect(likeness(entry({ methodName: 'io.k8s.core.v1.pods.create', serviceName: 'k8s.io' }))).toBe(0);
  expect(likeness(entry({ methodName: 'SignJwt' }))).toBeGreaterThan(0.5);
});
