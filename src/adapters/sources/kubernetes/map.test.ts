import { expect, test } from 'vitest';
import { sourceContext } from '../../../../test/support/source-context.ts';
import type { Event } from '../../../core/event.ts';
import { isRejection } from '../../../ports/source.ts';
import { map } from './map.ts';

function events(record: unknown): readonly Event[] {
  const mapped = map(record, sourceContext);
  return isRejection(mapped) ? [] : mapped;
}

const audit = (more: object = {}) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'ana@example.com' },
  objectRef: { resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'robot' },
  responseStatus: { code: 201 },
  ...more,
});

test.each([
  ['system:serviceaccount:shop:robot', 'workload', 'shop/robot'],
  ['system:node:worker-1', 'workload', 'worker-1'],
  ['system:kube-controller-manager', 'workload', 'system:kube-controller-manager'],
  ['eks:addon-manager', 'workload', 'eks:addon-manager'],
  ['robot@acme.iam.gserviceaccount.com', 'workload', undefined],
  ['ana@example.com', 'person', undefined],
  ['oidc:ana@example.com', 'person', undefined],
  ['kubernetes-admin', 'unknown', 'kubernetes-admin'],
  ['system:admin', 'unknown', 'system:admin'],
])('%s is a %s', (username, type, name) => {
  const [event] = events(audit({ user: { username } }));
  expect(event?.actor).toMatchObject({ type, id: username, ...(name === undefined ? {} : { name }) });
});

test('without authentication nobody is named, and no account was used', () => {
  for (const user of [undefined, {}, { username: '' }, { username: 'system:anonymous' }]) {
    const [event] = events(audit({ user }));
    expect(event?.actor).toEqual({ type: 'unknown' });
    expect(event).not.toHaveProperty('identity');
  }
});

test('who impersonates is the actor, and the other account was used', () => {
  const [event] = events(audit({ impersonatedUser: { username: 'system:serviceaccount:shop:robot' } }));
  expect(event?.actor.id).toBe('ana@example.com');
  expect(event?.identity).toMatchObject({ type: 'service-account', id: 'system:serviceaccount:shop:robot' });
});

test('a request is one event, however many stages tell of it', () => {
  const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete'];
  const told = stages.flatMap((stage) => events(audit({ stage, auditID: 'one' })));
  expect(told).toHaveLength(2);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
});

test('a request that takes the audit id of another does not become it', () => {
  const ids = [
    {},
    { verb: 'get' },
    { objectRef: { resource: 'pods' } },
    { user: { username: 'bo@example.com' } },
  ].map((more) => events(audit({ auditID: 'one', ...more }))[0]?.id);
  expect(new Set(ids).size).toBe(4);
});

test('a denied request keeps its kind and says that it failed', () => {
  const outcomes = [101, 201, 403, 404, 500].map(
    (code) => events(audit({ responseStatus: { code } }))[0]?.outcome,
  );
  expect(outcomes).toEqual(['success', 'success', 'failure', 'failure', 'failure']);
  expect(events(audit({ responseStatus: { code: 403 } }))[0]?.kind).toBe('token.issued');
  expect(events(audit({ responseStatus: undefined }))[0]).not.toHaveProperty('outcome');
});

test('nothing of a secret, of settings or of a token is kept, whatever the level of the log', () => {
  const value = 'not-a-real-value-8Zt3LmX7';
  const holds = { data: { key: value }, stringData: { key: value }, metadata: { annotations: { a: value } } };
  for (const resource of ['secrets', 'configmaps', 'tokenreviews', 'serviceaccounts', 'pods']) {
    const record = audit({
      objectRef: { resource },
      requestObject: { ...holds, spec: { token: value, containers: [{ env: [{ value }], args: [value] }] } },
      responseObject: { ...holds, status: { token: value } },
    });
    expect(JSON.stringify(events(record))).not.toContain(value);
  }
});

test('a cluster of GKE is read like any other', () => {
  const entry = (more: object) => ({
    protoPayload: {
      serviceName: 'k8s.io',
      methodName: 'io.k8s.authorization.rbac.v1.rolebindings.create',
      resourceName: 'rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/robots',
      authenticationInfo: { principalEmail: 'ana@example.com' },
      ...more,
    },
    timestamp: '2024-05-01T10:00:00Z',
  });
  const [made] = events(entry({ status: {} }));
  expect(made).toMatchObject({
    action: 'create rolebindings',
    resource: { type: 'rolebindings', id: 'shop/robots' },
    outcome: 'success',
    record: { verb: 'create', objectRef: { namespace: 'shop' }, responseStatus: { code: 200 } },
  });
  const [denied] = events(entry({ status: { code: 7 } }));
  expect(denied).toMatchObject({ outcome: 'failure', record: { responseStatus: { code: 403 } } });
  expect(map(entry({ serviceName: 'compute.googleapis.com' }), sourceContext)).toHaveProperty('rejected');
});

test('other lines of the same stream are nothing, and what is broken is refused', () => {
  const azure = (category: string, log: unknown) => ({ category, properties: { log } });
  expect(map(azure('kube-apiserver', 'I0501 ready'), sourceContext)).toEqual([]);
  expect(map({ timestamp: 1, message: 'I0501 ready' }, sourceContext)).toEqual([]);
  expect(map({ messageType: 'CONTROL_MESSAGE', logGroup: '' }, sourceContext)).toEqual([]);
  expect(map(azure('kube-audit', '{"kind":'), sourceContext)).toHaveProperty('rejected');
  expect(map(azure('Administrative', '{}'), sourceContext)).toHaveProperty('rejected');
  expect(map({ kind: 'Event', apiVersion: 'v1', involvedObject: {} }, sourceContext)).toHaveProperty(
    'rejected',
  );
});
