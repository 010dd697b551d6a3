/** Payloads in the shapes of their vendors, of invented people and things; times are ISO 8601. */

type Phish = 'Email Sent' | 'Clicked Link' | 'Submitted Data' | 'Email Reported';
const browsers = {
  reader: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  scanner: 'Mozilla/5.0 (compatible; mailscanner-bot/2.1)',
};

export function gophish(
  message: Phish,
  email: string,
  campaign: number,
  time: string,
  by: keyof typeof browsers = 'reader',
) {
  const payload = {
    rid: [`r${campaign}${email.slice(0, 3)}`],
    ...(message === 'Submitted Data' ? { password: ['x'] } : {}),
  };
  const browser = { address: '192.0.2.77', 'user-agent': browsers[by] };
  const details = message === 'Email Sent' ? '' : JSON.stringify({ payload, browser });
  return { campaign_id: campaign, email, time, message, details };
}

export function oktaPasswordChanged(email: string, published: string) {
  const account = { id: '00u1', type: 'User', alternateId: email, displayName: email };
  return {
    uuid: `pw-${published}`,
    published,
    eventType: 'user.account.update_password',
    version: '0',
    severity: 'INFO',
    displayMessage: 'User update password for Okta',
    actor: account,
    outcome: { result: 'SUCCESS' },
    target: [account],
    client: { ipAddress: '192.0.2.77' },
  };
}

export function cloudtrailKey(
  eventName: 'CreateAccessKey' | 'DeleteAccessKey',
  user: string,
  eventTime: string,
  /** Four letters that tell one key from another. */
  name = 'ABCD',
) {
  const accessKeyId = ['AKIA', 'XXXXX', name, 'EXAMPLE'].join('');
  const key = { accessKeyId, userName: user, status: 'Active' };
  return {
    eventVersion: '1.10',
    eventTime,
    eventSource: 'iam.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.77',
    userAgent: 'aws-cli/2.17',
    requestID: `req-${eventTime}`,
    eventID: `ev-${eventTime}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/ana',
      accountId: '111122223333',
      userName: 'ana@example.com',
    },
    requestParameters: eventName === 'CreateAccessKey' ? { userName: user } : { userName: user, accessKeyId },
    responseElements: eventName === 'CreateAccessKey' ? { accessKey: key } : null,
  };
}

export function githubAudit(
  action: string,
  actor: string,
  at: number,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    _document_id: `doc-${action}-${at}`,
    '@timestamp': at,
    created_at: at,
    action,
    actor,
    org: 'acme',
    repo: 'acme/shop',
    ...more,
  };
}

export function githubSender(login: string) {
  return { login, id: 7, type: 'User' };
}

export const githubRepository = { id: 1, full_name: 'acme/shop', name: 'shop', default_branch: 'main' };

export function agentCall(tool: string, time: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: `call-${tool}-${time}`,
    time,
    session: 's-1',
    agent: { id: 'release-agent', version: '2.0.1' },
    sponsor: { name: 'Ana', email: 'ana@example.com', verified: true },
    purpose: 'Prepares releases',
    tools: ['read_file', 'open_change'],
    tool,
    arguments: {},
    decision: 'allowed',
    ...more,
  };
}

/** An agent's papers, as a governance toolkit keeps them. */
export function agentPapers(id: string, time: string) {
  return {
    did: id,
    name: id,
    sponsor_email: 'ana@example.com',
    sponsor_verified: true,
    organization: 'example',
    capabilities: ['read'],
    created_at: time,
    updated_at: time,
    status: 'revoked',
    revocation_reason: 'switched off',
  };
}
