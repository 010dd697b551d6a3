import { expect, test } from 'vitest';
import { sourceContext } from '../../../../test/support/source-context.ts';
import type { Event } from '../../../core/event.ts';
import { isRejection } from '../../../ports/source.ts';
import { map } from './map.ts';

function events(record: unknown): readonly Event[] {
  const mapped = map(record, sourceContext);
  return isRejection(mapped) ? [] : mapped;
}

const claim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const activity = (more: object = {}) => ({
  time: '2024-05-01T10:00:00.1234567Z',
  category: 'Administrative',
  operationName: 'Microsoft.Storage/storageAccounts/write',
  resourceId: '/subscriptions/1/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts/shop',
  resultType: 'Success',
  ...more,
});
const signIn = (properties: object, more: object = {}) => ({
  time: '2024-05-01T10:00:00Z',
  category: 'SignInLogs',
  operationName: 'Sign-in activity',
  properties,
  ...more,
});
const audit = (operationName: string, targetResources: readonly object[], more: object = {}) => ({
  category: 'AuditLogs',
  operationName,
  properties: {
    result: 'success',
    initiatedBy: { user: { id: '1', userPrincipalName: 'ana@example.com' } },
    targetResources,
    ...more,
  },
});

test.each([
  [{ [`${claim}upn`]: 'ana@example.com', name: 'Ana Sol' }, 'person'],
  [{ name: 'ana@example.com' }, 'person'],
  [{ appid: '00000000-0000-4000-8000-000000000001' }, 'workload'],
  [{ appid: '00000000-0000-4000-8000-000000000001', idtyp: 'app', name: 'robot' }, 'workload'],
  [{ [`${claim}emailaddress`]: 'Microsoft.Advisor' }, 'workload'],
  [{ name: 'Ana Sol' }, 'unknown'],
])('claims %j are of a %s', (claims, type) => {
  expect(events(activity({ identity: { claims } }))[0]?.actor.type).toBe(type);
});

test('a shared key, a signed link and a record without an identity name nobody', () => {
  const storage = { category: 'StorageRead', operationName: 'GetBlob', properties: { accountName: 'shop' } };
  const records = [
    activity(),
    activity({ ...storage, identity: { type: 'AccountKey' } }),
    activity({ ...storage, uri: 'https://shop.example/a?sv=1&sig=not-a-real-signature' }),
  ];
  const found = records.flatMap(events);
  expect(found.map((event) => event.actor)).toEqual(Array.from({ length: 3 }, () => ({ type: 'unknown' })));
  expect(found.map((event) => event.identity?.type)).toEqual([
    undefined,
    'storage-account-key',
    'shared-access-signature',
  ]);
  expect(JSON.stringify(found)).not.toContain('not-a-real');
});

test('the same Azure resource is one, however its id is written', () => {
  const ids = [activity(), activity({ resourceId: activity().resourceId.toUpperCase() })].map(
    (record) => events(record)[0]?.resource,
  );
  expect(ids[0]).toEqual(ids[1]);
  expect(ids[0]?.type).toBe('storageaccounts');
});

test('an operation that begins is nothing yet', () => {
  for (const resultType of ['Start', 'Started', 'Accept', 'Accepted'])
    expect(map(activity({ resultType }), sourceContext)).toEqual([]);
});

test('a program asks for a token, a person signs in', () => {
  const robot = { servicePrincipalId: '2', servicePrincipalName: 'robot', appId: '3' };
  const [token] = events(signIn(robot, { category: 'ServicePrincipalSignInLogs' }));
  expect(token).toMatchObject({ kind: 'token.issued', actor: { type: 'workload', id: '2', name: 'robot' } });
  const [person] = events(signIn({ userPrincipalName: 'ana@example.com', userId: '1' }));
  expect(person).toMatchObject({
    kind: 'activity.recorded',
    actor: { type: 'person', email: 'ana@example.com' },
  });
});

test('a sign-in that waits for a second factor neither succeeded nor failed', () => {
  const outcomes = [0, '0', 50126, '50126', 50074, 50140].map(
    (errorCode) => events(signIn({ userId: '1', status: { errorCode } }))[0]?.outcome,
  );
  expect(outcomes).toEqual(['success', 'success', 'failure', 'failure', undefined, undefined]);
});

test('the login of a guest and the id of nothing are no address and no person', () => {
  const [guest] = events(signIn({ userPrincipalName: 'bo_example.com#EXT#@acme.example', userId: '1' }));
  expect(guest?.actor).not.toHaveProperty('email');
  const [nothing] = events(signIn({ userId: '00000000-0000-0000-0000-000000000000' }));
  expect(nothing?.actor).toEqual({ type: 'unknown' });
});

test('what became of an account, key or policy is told by its changed members', () => {
  const change = (displayName: string, oldValue: string, newValue: string) => ({
    modifiedProperties: [{ displayName, oldValue, newValue }],
  });
  const policy = (state: string) => `{"state":"${state}"}`;
  const key = '[KeyIdentifier=00000000-0000-4000-8000-000000000001,KeyType=Password]';
  const kinds = [
    audit('Update user', [change('AccountEnabled', '[true]', '[false]')]),
    audit('Update user', [change('AccountEnabled', '[false]', '[true]')]),
    audit('Update user', [change('Department', 'a', 'b')]),
    audit('Update application – Certificates and secrets management ', [change('KeyDescription', '[]', key)]),
    audit('Update application – Certificates and secrets management ', [change('KeyDescription', key, '[]')]),
    audit('Update conditional access policy', [
      change('ConditionalAccessPolicy', policy('enabled'), policy('disabled')),
    ]),
    audit('Update conditional access policy', [
      change('ConditionalAccessPolicy', policy('disabled'), policy('enabled')),
    ]),
    audit('Add service principal', [{}]),
  ].map((record) => events(record)[0]?.kind);
  expect(kinds).toEqual([
    'identity.disabled',
    'identity.enabled',
    'activity.recorded',
    'credential.created',
    'credential.removed',
    'control.disabled',
    'control.restored',
    'activity.recorded',
  ]);
});

test('who resets another’s password is the actor, and the other’s account is the identity', () => {
  const [event] = events(
    audit('Reset user password', [{ id: '5', type: 'User', userPrincipalName: 'bo@example.com' }]),
  );
  expect(event?.actor.email).toBe('ana@example.com');
  expect(event?.identity).toEqual({ type: 'user', id: 'bo@example.com', provider: 'entra' });
});

test('of a request only settings are kept', () => {
  const requestbody = JSON.stringify({
    properties: {
      allowSharedKeyAccess: true,
      defaultAction: 'Allow',
      script: 'curl -u not-a-real-value',
      secrets: ['x'],
    },
  });
  const [event] = events(activity({ properties: { requestbody } }));
  expect(event?.record.properties).toEqual({
    requestbody: { properties: { allowSharedKeyAccess: true, defaultAction: 'Allow' } },
  });
});

test('a cluster’s log and what is no record of these are refused', () => {
  for (const record of [
    {},
    { category: 'kube-audit', operationName: 'x', properties: { log: '{}' } },
    { value: 1 },
  ])
    expect(map(record, sourceContext)).toHaveProperty('rejected');
});
