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
export function readResource(record: TrailRecord): Resource | undefined {
  const request = dictOf(record.requestParameters) ?? {};
  const answer = dictOf(record.responseElements) ?? {};
  const event = textOf(record.eventName) ?? '';
  return (
    ofSession(event, record, request, answer) ??
    ofKey(record, event, request, answer) ??
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

/** Without a name, a key is made or removed for the one who asks. */
function ofKey(record: TrailRecord, event: string, request: Dict, answer: Dict): Resource | undefined {
  if (!/AccessKey$|LoginProfile$|ServiceSpecificCredential$|SSHPublicKey$|SigningCertificate$/u.test(event))
    return undefined;
  const user = dictOf(record.userIdentity);
  const made =
    dictOf(answer.accessKey) ?? dictOf(answer.loginProfile) ?? dictOf(answer.serviceSpecificCredential);
  const self = user?.type === 'Root' ? resource('root', user.arn ?? 'root') : undefined;
  return (
    resource('iam-user', request.userName ?? made?.userName) ?? self ?? resource('iam-user', user?.userName)
  );
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
