import { expect, test } from 'vitest';
import { sourceContext } from '../../../../test/support/source-context.ts';
import type { Event } from '../../../core/event.ts';
import { isRejection } from '../../../ports/source.ts';
import { map } from './map.ts';

function events(record: unknown): readonly Event[] {
  const mapped = map(record, sourceContext);
  return isRejection(mapped) ? [] : mapped;
}

const ana = { id: '00u1', type: 'User', alternateId: 'ana@example.com', displayName: 'Ana Sol' };
const bo = { id: '00u2', type: 'User', alternateId: 'bo@example.com', displayName: 'Bo Lind' };
const log = (eventType: string, more: object = {}) => ({
  eventType,
  actor: ana,
  outcome: { result: 'SUCCESS' },
  published: '2024-05-01T10:00:00.000Z',
  ...more,
});

test('who resets another’s password is the actor, and the other’s account is the identity', () => {
  const [event] = events(log('user.account.reset_password', { target: [bo] }));
  expect(event).toMatchObject({
    kind: 'credential.changed',
    actor: { type: 'person', email: 'ana@example.com' },
    identity: { type: 'user', id: 'bo@example.com' },
  });
});

test('an address, and what Okta does not know, is nobody', () => {
  const address = {
    id: '198.51.100.7',
    type: 'IP address',
    alternateId: 'unknown',
    displayName: '198.51.100.7',
  };
  const unknown = { id: 'unknown', type: 'User', alternateId: 'unknown', displayName: 'unknown' };
  for (const actor of [address, unknown, {}, null, undefined]) {
    const [event] = events(log('security.threat.detected', { actor }));
    expect(event?.actor).toEqual({ type: 'unknown' });
    expect(event).not.toHaveProperty('identity');
  }
});

test('applications are workloads, also those that hold a role as a user', () => {
  const types = [
    { id: '0oa1', type: 'PublicClientApp', alternateId: '0oaexample00000000001' },
    { id: '0oa1', type: 'User', alternateId: '0oaexample00000000001' },
    { id: 'unknown', type: 'SystemPrincipal', alternateId: 'system@okta.com' },
  ].map((actor) => events(log('app.oauth2.token.grant', { actor }))[0]?.actor.type);
  expect(types).toEqual(['workload', 'workload', 'workload']);
});

test('names in small letters give the same event as Okta’s own', () => {
  const own = log('policy.rule.delete', {
    displayMessage: 'Delete rule',
    authenticationContext: { externalSessionId: 's1' },
    debugContext: { debugData: { requestId: 'r1' } },
    target: [{ id: '0pr1', type: 'PolicyRule', displayName: 'Second factor' }],
  });
  const small = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
  expect(events(small)).toEqual(events(own));
  expect(events(own)[0]).toMatchObject({
    kind: 'control.disabled',
    resource: { type: 'policy-rule', id: 'Second factor' },
    joins: { session: 's1', request: 'r1' },
  });
});

test('the scopes of a token are what was reached for, in one order', () => {
  const scopes = ['b a', 'a,b', 'a b a'].map((grantedScopes) => {
    const debugContext = { debugData: { grantedScopes } };
    return events(log('app.oauth2.as.token.grant.access_token', { debugContext }))[0]?.resource;
  });
  expect(scopes).toEqual(Array.from({ length: 3 }, () => ({ type: 'oauth-scopes', id: 'a b' })));
});

test('only what Okta says was let through is a success', () => {
  const outcomes = ['SUCCESS', 'ALLOW', 'DENY', 'FAILURE', 'CHALLENGE', 'SKIPPED', 'toString', undefined].map(
    (result) => events(log('user.session.start', { outcome: { result } }))[0]?.outcome,
  );
  expect(outcomes).toEqual(['success', 'success', 'failure', 'failure', ...Array(4).fill(undefined)]);
});

test('a new client secret and one-time addresses are not kept, wherever they stand', () => {
  const value = 'not-a-real-value-8Zt3LmX7';
  const [event] = events(
    log('app.oauth2.credentials.lifecycle.create', {
      target: [
        { id: 'ocs1', type: 'ClientSecret', displayName: value, detailEntry: { clientSecret: value } },
      ],
      debugContext: {
        debugData: {
          clientSecret: value,
          requestUri: `/tokens/${value}/verify`,
          url: `/a?stateToken=${value}`,
        },
      },
    }),
  );
  expect(JSON.stringify(event)).not.toContain('8Zt3');
});

test('an event hook gives its events, and one that is none is left out', () => {
  const hook = (list: readonly unknown[]) => ({ eventType: 'com.okta.event_hook', data: { events: list } });
  expect(events(hook([log('zone.delete'), null, {}]))).toHaveLength(1);
  expect(map(hook([{}]), sourceContext)).toHaveProperty('rejected');
  expect(map({ actor: ana }, sourceContext)).toHaveProperty('rejected');
});
