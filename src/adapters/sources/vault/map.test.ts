import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event.ts';
import { isRejection, type MapContext } from '../../../ports/source.ts';
import { map } from './map.ts';

const context: MapContext = {
  receivedAt: Date.UTC(2024, 5, 1),
  fingerprint: (kind, parts) => [{ kind, keyId: 'test', value: parts.join('/') }],
  eventId: (parts) => parts.join('/'),
};
const hash = (digit: string) => `hmac-sha256:${digit.repeat(64)}`;

const entry = (more: object = {}, request: object = {}) => ({
  time: '2024-05-01T08:15:00Z',
  type: 'response',
  auth: { token_type: 'default' },
  request: { id: 'r1', operation: 'update', path: 'auth/token/create', ...request },
  response: {},
  ...more,
});

function eventOf(value: unknown): Event {
  const result = map(value, context);
  const [event] = isRejection(result) ? [] : result;
  if (event === undefined) throw new Error('no event');
  return event;
}
const who = (auth: object) => eventOf(entry({ auth })).actor;

describe('who acted', () => {
  test('on a refused request nobody is named, whatever the token', () => {
    const refused = eventOf(entry({ error: 'permission denied' }));
    expect([refused.actor, refused.outcome, refused.kind]).toEqual([
      { type: 'unknown' },
      'failure',
      'token.issued',
    ]);
    expect(who({ token_type: 'root' })).toEqual({ type: 'unknown' });
    expect(who({ display_name: 'root', policies: ['root'] })).toEqual({ type: 'unknown' });
    expect(who({ display_name: 'token' })).toEqual({ type: 'unknown' });
  });

  test('people and workloads are told by the way they came', () => {
    expect(who({ display_name: 'ldap-ben', metadata: { username: 'ben' } })).toMatchObject({
      type: 'person',
      name: 'ben',
    });
    expect(who({ display_name: 'oidc-ana@example.com' })).toMatchObject({
      type: 'person',
      email: 'ana@example.com',
    });
    expect(who({ display_name: 'github-octo-ana' })).toMatchObject({
      type: 'person',
      account: { system: 'github', name: 'octo-ana' },
    });
    expect(who({ display_name: 'approle', metadata: { role_name: 'deploy' } })).toMatchObject({
      type: 'workload',
      name: 'deploy',
    });
    const metadata = { service_account_name: 'app', service_account_namespace: 'shop' };
    expect(who({ display_name: 'kubernetes-shop-app', metadata })).toMatchObject({
      type: 'workload',
      name: 'shop/app',
    });
    expect(who({ display_name: 'token-nightly' })).toMatchObject({ type: 'unknown', name: 'nightly' });
  });

  test('an entity without a name is known by its number', () => {
    expect(who({ entity_id: 'e1' })).toEqual({ type: 'unknown', id: 'e1' });
  });

  test('a login is of the one who was let in, and its token joins what is done with it', () => {
    const given = { display_name: 'ldap-ben', metadata: { username: 'ben' }, accessor: hash('a') };
    const login = eventOf(
      entry({ auth: {}, response: { auth: given } }, { path: 'auth/ldap/login/ben', mount_type: 'ldap' }),
    );
    const later = eventOf(entry({ auth: given }, { path: 'kv/data/x', operation: 'read' }));
    expect([login.kind, login.actor.name]).toEqual(['token.issued', 'ben']);
    expect(login.joins?.session).toBe(later.joins?.session);
  });
});

describe('what was done', () => {
  const kind = (path: string, operation: string, more: object = {}) =>
    eventOf(entry({}, { path, operation, ...more })).kind;

  test('only an answer says what became of a request', () => {
    const asked = eventOf(entry({ type: 'request' }));
    expect([asked.kind, asked.outcome]).toEqual(['activity.recorded', undefined]);
    expect(eventOf(entry({ type: 'request', error: 'permission denied' })).outcome).toBe('failure');
    expect(asked.id).not.toBe(eventOf(entry()).id);
    expect(asked.joins?.request).toBe(eventOf(entry()).joins?.request);
  });

  test('engines that make credentials issue tokens; reading a stored secret is activity', () => {
    expect(kind('database/creds/shop', 'read', { mount_type: 'database' })).toBe('token.issued');
    expect(kind('aws/sts/deploy', 'update', { mount_type: 'aws' })).toBe('token.issued');
    expect(kind('kv/data/creds/shop', 'read', { mount_type: 'kv' })).toBe('activity.recorded');
  });

  test('an audit device that goes is a control taken away, and one that comes is one restored', () => {
    expect(kind('sys/audit/file', 'delete')).toBe('control.disabled');
    expect(kind('sys/audit/file', 'update')).toBe('control.restored');
  });

  test('renewing is not issuing, and revoking removes', () => {
    expect(kind('auth/token/renew-self', 'update')).toBe('activity.recorded');
    expect(kind('auth/token/revoke-accessor', 'update')).toBe('credential.removed');
    expect(kind('auth/approle/role/x/secret-id', 'update')).toBe('credential.created');
  });
});

test('of a device that writes in clear nothing that was sent, answered or hidden is kept', () => {
  const secret = ['not-a-real', 'value-Yw5Kd9Hs4Jf6Gg1Q'].join('-');
  const event = eventOf(
    entry(
      {
        auth: { client_token: secret, accessor: secret, token_type: 'service' },
        error: `error converting input {"name":"${secret}"} for field "data"`,
        response: { data: { value: secret }, wrap_info: { token: secret }, auth: { client_token: secret } },
      },
      {
        path: 'auth/userpass/users/ben',
        client_token: secret,
        headers: { 'x-vault-token': [secret], 'user-agent': ['curl/8'] },
        data: { password: secret, disabled: false, token_ttl: 60 },
      },
    ),
  );
  expect(JSON.stringify(event)).not.toContain('Yw5Kd9Hs4J');
  expect(event.record.request).toMatchObject({ data: { disabled: false, token_ttl: 60 } });
  expect(event.record.error).toBe('error converting input');
  expect(event.network?.userAgent).toBe('curl/8');
});
