import { type Dict, dictOf } from '../../../lib/guards.ts';
import { type KeepPlan, type KeptMembers, keepMembers } from '../../../lib/keep-members.ts';

const user: KeepPlan = { username: true, uid: true, groups: true, extra: { '*': true } };

/** Images and rights, and nothing that runs: commands, arguments and variables carry passwords. */
const container: KeepPlan = {
  name: true,
  image: true,
  securityContext: {
    privileged: true,
    allowPrivilegeEscalation: true,
    runAsUser: true,
    runAsGroup: true,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    procMount: true,
    capabilities: { add: true, drop: true },
  },
  volumeMounts: { name: true, mountPath: true, readOnly: true },
};

const pod: KeepPlan = {
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  serviceAccountName: true,
  automountServiceAccountToken: true,
  nodeName: true,
  securityContext: { runAsUser: true, runAsGroup: true, runAsNonRoot: true },
  volumes: {
    name: true,
    hostPath: { path: true, type: true },
    secret: { secretName: true },
    projected: { sources: { serviceAccountToken: { audience: true, expirationSeconds: true, path: true } } },
  },
  containers: container,
  initContainers: container,
  ephemeralContainers: container,
};

const metadata: KeepPlan = {
  name: true,
  generateName: true,
  namespace: true,
  labels: { '*': true },
  ownerReferences: { kind: true, name: true },
};

const template: KeepPlan = { metadata: { labels: { '*': true } }, spec: pod };

const requestObject: KeepPlan = {
  kind: true,
  apiVersion: true,
  metadata,
  /** Of a secret: what it is for. */
  type: true,
  op: true,
  path: true,
  spec: {
    ...pod,
    /** Of a token request. */
    audiences: true,
    expirationSeconds: true,
    boundObjectRef: { kind: true, name: true },
    /** Of a certificate request. */
    signerName: true,
    usages: true,
    replicas: true,
    schedule: true,
    template,
    jobTemplate: { spec: { template } },
  },
  rules: { verbs: true, apiGroups: true, resources: true, resourceNames: true, nonResourceURLs: true },
  roleRef: { apiGroup: true, kind: true, name: true },
  subjects: { kind: true, apiGroup: true, name: true, namespace: true },
  webhooks: {
    name: true,
    failurePolicy: true,
    clientConfig: { url: true, service: { name: true, namespace: true } },
    rules: { operations: true, apiGroups: true, apiVersions: true, resources: true, scope: true },
  },
};

const event: KeepPlan = {
  kind: true,
  apiVersion: true,
  level: true,
  auditID: true,
  stage: true,
  verb: true,
  user,
  impersonatedUser: user,
  sourceIPs: true,
  userAgent: true,
  objectRef: {
    resource: true,
    subresource: true,
    namespace: true,
    name: true,
    uid: true,
    apiGroup: true,
    apiVersion: true,
  },
  responseStatus: { code: true, status: true, reason: true, message: true },
  requestURI: true,
  requestReceivedTimestamp: true,
  stageTimestamp: true,
  annotations: { '*': true },
};

const around: KeepPlan = {
  category: true,
  resourceId: true,
  logName: true,
  insertId: true,
  timestamp: true,
  resource: { type: true, labels: { '*': true } },
  protoPayload: {
    serviceName: true,
    methodName: true,
    resourceName: true,
    authenticationInfo: { principalEmail: true, authoritySelector: true },
    authorizationInfo: { permission: true, resource: true, granted: true },
    requestMetadata: { callerIp: true, callerSuppliedUserAgent: true },
    status: { code: true, message: true },
  },
};

/** Their requests are data of others: secrets, settings, tokens, reviews of tokens. */
const closed = new Set(['secrets', 'configmaps', 'tokenreviews', 'serviceaccounts/token']);
const closedPlan: KeepPlan = {
  kind: true,
  apiVersion: true,
  metadata: { name: true, namespace: true, generateName: true },
  type: true,
  spec: { audiences: true, expirationSeconds: true, boundObjectRef: { kind: true, name: true } },
};
/** Enough for the largest of these requests, with room for the rest of the event. */
const requestLimits = { charsMax: 7000, textCharsMax: 300, itemsMax: 30 };
const eventLimits = { charsMax: 7000, textCharsMax: 500, itemsMax: 30 };

/**
 * The event as the API server wrote it, as far as it is kept. Answers are never kept; of what was asked for only what
 * says which rights are given, and of secrets, settings and tokens only their names.
 */
export function keptRecord(audit: Dict, outside: Dict, place: string): KeptMembers {
  const request = audit.requestObject;
  const isClosed = closed.has(place) || closed.has(place.split('/')[0] ?? '');
  const kind = dictOf(request)?.kind;
  const plan = isClosed || kind === 'Secret' || kind === 'ConfigMap' ? closedPlan : requestObject;
  return {
    ...keepMembers(audit, event, eventLimits),
    ...keepMembers({ requestObject: request }, { requestObject: plan }, requestLimits),
    ...keepMembers(outside, around, { ...eventLimits, charsMax: 3000 }),
  };
}
