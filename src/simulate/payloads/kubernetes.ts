type Account = { readonly name: string; readonly team: string };

/** A record of a cluster's audit log: a service account made, or somebody deleted, a secret with a lasting token. */
export function tokenSecretRecord(
  verb: 'create' | 'delete',
  account: Account,
  secret: string,
  by: string,
  at: number,
) {
  const time = new Date(at).toISOString().replace('Z', '000Z');
  const path = `/api/v1/namespaces/${account.team}/secrets`;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    stage: 'ResponseComplete',
    auditID: `audit-${secret}-${verb}`,
    verb,
    user: { username: by, groups: ['system:authenticated'] },
    sourceIPs: ['192.0.2.79'],
    userAgent: 'controller/v1.30.0',
    requestURI: verb === 'create' ? path : `${path}/${secret}`,
    objectRef: { resource: 'secrets', namespace: account.team, name: secret, apiVersion: 'v1' },
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    ...(verb === 'create'
      ? {
          requestObject: {
            kind: 'Secret',
            apiVersion: 'v1',
            metadata: {
              name: secret,
              namespace: account.team,
              annotations: { 'kubernetes.io/service-account.name': account.name },
            },
            type: 'kubernetes.io/service-account-token',
          },
        }
      : {}),
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  };
}
