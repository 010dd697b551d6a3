/** Who called: a person through single sign-on, a person's own user, or a workload. */
export type AwsCaller =
  | { readonly kind: 'sso'; readonly email: string }
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'workload'; readonly role: string; readonly session?: string };

const account = '111122223333';

/** A record of CloudTrail that says nothing of anybody: a service looked at something. */
export function ordinaryRecord(at: number) {
  return {
    eventVersion: '1.10',
    eventTime: new Date(at).toISOString(),
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.78',
    userAgent: 'aws-cli/2.17',
    requestID: `req-look-${at}`,
    eventID: `ev-look-${at}`,
    eventType: 'AwsApiCall',
    readOnly: true,
    recipientAccountId: account,
    ...{ userIdentity: identityOf({ kind: 'workload', role: 'inventory' }) },
    requestParameters: {},
    responseElements: null,
  };
}

/** A record of CloudTrail: an access key of a user was made or deleted. */
export function accessKeyRecord(
  eventName: 'CreateAccessKey' | 'DeleteAccessKey',
  key: { readonly id: string; readonly user: string },
  caller: AwsCaller,
  at: number,
) {
  const made = { accessKeyId: key.id, userName: key.user, status: 'Active' };
  const isMade = eventName === 'CreateAccessKey';
  const by = { userIdentity: identityOf(caller) };
  return {
    eventVersion: '1.10',
    eventTime: new Date(at).toISOString(),
    eventSource: 'iam.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.77',
    userAgent: 'aws-cli/2.17',
    requestID: `req-${key.id}-${eventName}-${at}`,
    eventID: `ev-${key.id}-${eventName}-${at}`,
    eventType: 'AwsApiCall',
    recipientAccountId: account,
    ...by,
    requestParameters: isMade ? { userName: key.user } : { userName: key.user, accessKeyId: key.id },
    responseElements: isMade ? { accessKey: made } : null,
  };
}

function identityOf(caller: AwsCaller) {
  if (caller.kind === 'user') {
    return {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: `arn:aws:iam::${account}:user/${caller.login}`,
      accountId: account,
      userName: caller.login,
    };
  }
  const [role, session] =
    caller.kind === 'sso'
      ? ['AWSReservedSSO_Engineer_0123456789abcdef', caller.email]
      : [caller.role, caller.session ?? 'GitHubActions'];
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    accountId: account,
    sessionContext: {
      sessionIssuer: { type: 'Role', userName: role, arn: `arn:aws:iam::${account}:role/${role}` },
    },
  };
}
