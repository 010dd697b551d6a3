import type { Resource } from '../../../core/event.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';
import { serviceName } from './kinds.ts';
import type { TrailRecord } from './schema.ts';

/** Members of a request that name what it reaches for, nearest first. */
const named: readonly (readonly [string, string])[] = [
  ['roleArn', 'iam-role'],
  ['roleName', 'iam-role'],
  ['userName', 'iam-user'],
  ['groupName', 'group'],
  ['bucketName', 's3-bucket'],
  ['secretId', 'secret'],
  ['functionName', 'lambda-function'],
  ['keyId', 'kms-key'],
  ['dBInstanceIdentifier', 'rds-instance'],
  ['dBSnapshotIdentifier', 'rds-snapshot'],
  ['dBClusterIdentifier', 'rds-cluster'],
  ['instanceId', 'ec2-instance'],
  ['imageId', 'ec2-image'],
  ['snapshotId', 'ec2-snapshot'],
  ['groupId', 'security-group'],
  ['keyName', 'key-pair'],
  ['repositoryName', 'repository'],
  ['trailName', 'trail'],
  ['policyArn', 'iam-policy'],
  ['tableName', 'table'],
  ['queueUrl', 'queue'],
  ['detectorId', 'detector'],
];

/** What was reached for: as the request names it, else as the record's list of resources or its refusal does. */
export function readResource(record: TrailRecord, maskKey: (id: string) => string): Resource | undefined {
  const request = dictOf(record.requestParameters) ?? {};
  const answer = dictOf(record.responseElements) ?? {};
  const event = textOf(record.eventName) ?? '';
  return (
    ofSession(event, record, request, answer) ??
    ofCredential(record, event, request, answer, maskKey) ??
    (serviceName(record) === 'cloudtrail' ? resource('trail', request.name) : undefined) ??
    ofRequest(request) ??
    ofList(record.resources) ??
    ofRefusal(record.errorMessage)
  );
}

/** Requests for credentials that name no role: for whom they are, or for which account. */
function ofSession(event: string, record: TrailRecord, request: Dict, answer: Dict): Resource | undefined {
  const user = dictOf(record.userIdentity);
  if (event === 'GetSessionToken') return resource('iam-user', user?.arn ?? user?.userName);
  if (event === 'GetFederationToken')
    return resource('federated-user', dictOf(answer.federatedUser)?.arn ?? request.name);
  if (event === 'GetSigninToken' || event === 'ConsoleLogin')
    return resource('console', record.recipientAccountId ?? user?.accountId);
  return undefined;
}

/** Where requests and answers name a credential, by what it is here. */
const credentials: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/AccessKey$/u, 'access-key', ['accessKeyId']],
  [/ServiceSpecificCredential$/u, 'key', ['serviceSpecificCredentialId']],
  [/SSHPublicKey$/u, 'public-key', ['sSHPublicKeyId']],
  [/SigningCertificate$/u, 'certificate', ['certificateId']],
  [/LoginProfile$/u, 'login-profile', []],
  [/KeyPair$/u, 'key', ['keyPairId', 'keyName']],
  [/ApiKey$/u, 'api-key', ['apiKey', 'id']],
];

/**
 * The credential itself, so that its end is known as its own; where it was not made, or has no number, the user whose
 * it is. Without a name it is the one who asks.
 */
function ofCredential(
  record: TrailRecord,
  event: string,
  request: Dict,
  answer: Dict,
  maskKey: (id: string) => string,
): Resource | undefined {
  const [, type, ids] = credentials.find(([pattern]) => pattern.test(event)) ?? [];
  if (type === undefined || ids === undefined) return undefined;
  const made = [answer.accessKey, answer.loginProfile, answer.serviceSpecificCredential, answer.sSHPublicKey];
  const inner = made.map(dictOf).find((one) => one !== undefined) ?? dictOf(answer.certificate) ?? answer;
  for (const name of ids) {
    const id = textOf(inner[name]) ?? textOf(request[name]);
    if (id !== undefined) return { type, id: type === 'access-key' ? maskKey(id) : id };
  }
  const user = dictOf(record.userIdentity);
  const self = user?.type === 'Root' ? resource('root', user.arn ?? 'root') : undefined;
  const holder = type === 'login-profile' ? type : 'iam-user';
  return resource(holder, request.userName ?? inner.userName) ?? self ?? resource(holder, user?.userName);
}

function ofRequest(request: Dict): Resource | undefined {
  for (const [member, type] of named) {
    const found = resource(type, request[member]);
    if (found !== undefined) return found;
  }
  return resource('resource', request.resourceArn ?? request.arn ?? request.name);
}

function ofList(resources: unknown): Resource | undefined {
  for (const item of listOf(resources).slice(0, 20)) {
    const one = dictOf(item);
    const found = resource(typeName(textOf(one?.type)), one?.ARN ?? one?.arn);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A refused request keeps its parameters to itself: "… is not authorized to perform: … on resource: arn:…". */
function ofRefusal(message: unknown): Resource | undefined {
  const text = textOf(message)?.slice(0, 4000) ?? '';
  const arn = /\bon resource: (arn:[^\s"]{1,500})/u.exec(text)?.[1];
  return resource(arn?.includes(':role/') === true ? 'iam-role' : 'resource', arn);
}

/** `s3-object` of `AWS::S3::Object`. */
function typeName(type: string | undefined): string {
  const name = (type ?? '')
    .replace(/^AWS::/u, '')
    .replaceAll('::', '-')
    .toLowerCase();
  return /^[a-z][a-z\d-]{0,40}$/u.test(name) ? name : 'resource';
}

function resource(type: string, id: unknown): Resource | undefined {
  const text = textOf(id);
  return text === undefined ? undefined : { type, id: text };
}
