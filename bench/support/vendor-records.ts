import { random } from './mixed-events.ts';
import { actionOf, type BenchLog, benchLogs, pick, whereOf } from './sigma-rules.ts';

export type BenchEvent = {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly occurredAt: number;
  readonly record: Readonly<Record<string, unknown>>;
};

/** Events with records as sources keep them: some thirty fields, some of them deep. Deterministic. */
export function* vendorEvents(count: number): Generator<BenchEvent, void, undefined> {
  const next = random(11);
  const number = (below: number) => Math.floor(next() * below);
  for (let n = 0; n < count; n += 1) {
    const log = pick(benchLogs, ({ share }) => share, next());
    if (log === undefined) throw new Error('no log sources');
    const seed = {
      n,
      action: actionOf(log, number(log.actions * 4)),
      where: whereOf(log, number(100)),
      word: number(1000),
    };
    yield {
      id: n.toString(16).padStart(32, '0'),
      source: log.source,
      kind: 'finding.reported',
      occurredAt: 1_760_000_000_000 + n * 1000,
      record: recordOf(log, seed),
    };
  }
}

type Seed = { readonly n: number; readonly action: string; readonly where: string; readonly word: number };

function recordOf(log: BenchLog, { n, action, where, word }: Seed): Readonly<Record<string, unknown>> {
  const user = `person${n % 300}@example.com`;
  const ip = `${n % 7 === 0 ? '10' : '192'}.0.2.${n % 250}`;
  const text = `Example-Agent/1.${n % 40} (word-${word}; linux) lib/${n % 9} stop`;
  const time = new Date(1_760_000_000_000 + n * 1000).toISOString();
  switch (`${log.logsource.product}/${log.logsource.service}`) {
    case 'aws/cloudtrail':
      return {
        eventVersion: '1.09',
        userIdentity: {
          type: n % 3 === 0 ? 'IAMUser' : 'AssumedRole',
          principalId: `AROAEXAMPLE${n % 300}:${user}`,
          arn: `arn:aws:sts::123456789012:assumed-role/deploy/${user}`,
          accountId: '123456789012',
          sessionContext: {
            sessionIssuer: { type: 'Role', userName: 'deploy' },
            attributes: { mfaAuthenticated: 'false' },
          },
        },
        eventTime: time,
        eventSource: where,
        eventName: action,
        awsRegion: 'eu-west-1',
        sourceIPAddress: ip,
        userAgent: text,
        ...(n % 11 === 0 ? { errorCode: 'AccessDenied', errorMessage: 'not authorized' } : {}),
        requestParameters: {
          name: `thing-${word}`,
          policy: { statement: [{ effect: 'Allow', action: '*' }] },
          tags: ['a', 'b'],
        },
        responseElements: null,
        eventID: `id-${n}`,
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: '123456789012',
      };
    case 'azure/auditlogs':
      return {
        time,
        category: 'AuditLogs',
        operationName: action,
        resultSignature: 'None',
        correlationId: `id-${n}`,
        properties: {
          activityDisplayName: action,
          loggedByService: 'Core Directory',
          result: 'success',
          category: where,
          initiatedBy: { user: { userPrincipalName: `${user}/word-${word}`, ipAddress: ip } },
          targetResources: [{ displayName: user, modifiedProperties: [{ displayName: 'x', newValue: 'y' }] }],
        },
      };
    case 'azure/activitylogs':
      return {
        time,
        category: 'Administrative',
        operationName: action,
        resourceId: where,
        resultType: 'Success',
        callerIpAddress: `${ip} word-${word}`,
        correlationId: `id-${n}`,
        location: 'westeurope',
        properties: { requestbody: '{}', eventCategory: 'Administrative' },
      };
    case 'azure/signinlogs':
      return {
        time,
        category: 'SignInLogs',
        operationName: 'Sign-in activity',
        resultType: action,
        callerIpAddress: ip,
        properties: {
          userPrincipalName: user,
          userAgent: text,
          conditionalAccessStatus: where,
          status: { errorCode: word, failureReason: 'Other.' },
          deviceDetail: { deviceId: '', operatingSystem: 'Linux' },
          location: { city: 'Lisbon', countryOrRegion: 'PT' },
        },
      };
    case 'okta/okta':
      return {
        eventType: action,
        displayMessage: 'Something happened',
        severity: 'INFO',
        published: time,
        actor: { id: `00u${n % 300}`, type: 'User', alternateId: user, displayName: user },
        client: { ipAddress: ip, userAgent: { rawUserAgent: text, os: 'Linux' } },
        outcome: { result: where },
        target: [
          { type: 'AppInstance', displayName: `app ${word}` },
          { type: 'User', alternateId: user },
        ],
        debugContext: {
          debugData: { requestUri: `/api/v1/word-${word}/x`, behaviors: '{New Device=NEGATIVE}' },
        },
        securityContext: { isProxy: false },
      };
    case 'github/audit':
      return {
        action,
        actor: user,
        repo: `acme/word-${word}`,
        org: where,
        created_at: 1_760_000_000_000 + n,
        actor_ip: ip,
      };
    case 'gcp/gcp.audit':
      return {
        logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
        insertId: `id-${n}`,
        protoPayload: {
          methodName: action,
          serviceName: where,
          resourceName: `projects/acme/word-${word}/x`,
          authenticationInfo: { principalEmail: user },
          authorizationInfo: [{ permission: 'x.y.z', granted: true }],
          requestMetadata: { callerIp: ip, callerSuppliedUserAgent: text },
        },
        resource: { type: 'gce_instance', labels: { project_id: 'acme' } },
        timestamp: time,
      };
    default:
      return {
        kind: 'Event',
        verb: where,
        auditID: `id-${n}`,
        requestURI: `/api/v1/namespaces/word-${word}/pods`,
        user: { username: user, groups: ['system:authenticated'] },
        sourceIPs: [ip],
        userAgent: text,
        objectRef: { resource: action, namespace: 'default', name: `pod-${n % 50}` },
        responseStatus: { code: 201 },
      };
  }
}
