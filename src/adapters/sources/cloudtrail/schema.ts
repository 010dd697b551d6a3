import type { Json } from '../../../core/event.ts';
import { type Dict, isDict, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

/** Members of a record that are kept. `tlsDetails` only weighs. */
const members = [
  'eventVersion',
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'requestID',
  'eventID',
  'eventType',
  'eventCategory',
  'apiVersion',
  'readOnly',
  'managementEvent',
  'recipientAccountId',
  'resources',
  'sharedEventID',
  'sessionCredentialFromConsole',
  'vpcEndpointId',
  'vpcEndpointAccountId',
] as const;
type Member = (typeof members)[number];

/** Members of `userIdentity` that are read; the others stay as they are. */
const identityMembers = [
  'type',
  'principalId',
  'arn',
  'accountId',
  'accessKeyId',
  'userName',
  'invokedBy',
  'identityProvider',
  'sessionContext',
  'onBehalfOf',
] as const;

/** A CloudTrail record under the names that AWS gives its members, whoever handed it on. */
export type TrailRecord = { readonly [Name in Member]?: Json };

const byLower = lowerNames(members);
const identityByLower = lowerNames(identityMembers);

/**
 * The record within what was delivered: itself, in an EventBridge event (`detail`), in an SNS notification
 * (`Message`, a JSON text), or one in the other. `nothing` is a delivery that holds no record, such as the
 * confirmation of a subscription or the news of a file.
 */
export function unwrap(value: unknown, wrappersLeft = 2): Dict | 'nothing' | undefined {
  if (!isDict(value)) return undefined;
  if (isTrailRecord(value)) return value;
  if (wrappersLeft === 0) return undefined;
  if (isDict(value.detail) && typeof value['detail-type'] === 'string') {
    return unwrap(value.detail, wrappersLeft - 1) ?? 'nothing';
  }
  if (!isSnsMessage(value)) return undefined;
  const text = textOf(value.Message);
  const parsed = text === undefined || value.Type !== 'Notification' ? undefined : parseRecord(text, limits);
  return parsed?.ok === true ? (unwrap(parsed.value, wrappersLeft - 1) ?? 'nothing') : 'nothing';
}

/** The body of a delivery by Amazon SNS: a notification, or a question whether it is wanted. */
export function isSnsMessage(value: unknown): value is Dict {
  return (
    isDict(value) &&
    typeof value.TopicArn === 'string' &&
    typeof value.MessageId === 'string' &&
    /^(?:Notification|SubscriptionConfirmation|UnsubscribeConfirmation)$/u.test(textOf(value.Type) ?? '')
  );
}

/** Also one of which little is left. A notification of S3 about a file has the same frame and another source. */
function isTrailRecord(value: Dict): boolean {
  const source = member(value, 'eventSource');
  if (source !== undefined) return typeof source === 'string' && source.endsWith('.amazonaws.com');
  return isMarked(value) || (typeof member(value, 'eventType') === 'string' && !('actor' in value));
}

/** Whether it surely is a record of CloudTrail. */
export function isSurelyTrailRecord(value: Dict): boolean {
  const source = textOf(member(value, 'eventSource')) ?? '';
  const hasName = textOf(member(value, 'eventName')) !== undefined;
  return (source.endsWith('.amazonaws.com') && hasName) || isMarked(value);
}

/** Panther writes beside every record which log it is of. */
function isMarked(value: Dict): boolean {
  return value.p_log_type === 'AWS.CloudTrail';
}

/** What is kept of a record, under AWS's names. Stores that fold names to small letters are read too. */
export function readTrailRecord(value: Dict): TrailRecord {
  const record = pick(value, byLower);
  const identity = record.userIdentity;
  return !isJsonDict(identity)
    ? record
    : { ...record, userIdentity: { ...identity, ...pick(identity, identityByLower) } };
}

function member(value: Dict, name: Member): unknown {
  return value[name] ?? value[name.toLowerCase()];
}

function lowerNames(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

function pick(value: Dict, names: ReadonlyMap<string, string>): { readonly [key: string]: Json } {
  const picked: Record<string, Json> = {};
  for (const key in value) {
    const name = names.get(key.toLowerCase());
    const found = value[key];
    // The name as AWS writes it counts where both are there.
    if (name !== undefined && isJson(found) && (key === name || !(name in picked))) picked[name] = found;
  }
  return picked;
}

function isJsonDict(value: Json | undefined): value is { readonly [key: string]: Json } {
  return isDict(value);
}

/** What `JSON.parse` made is JSON: only `undefined` is not. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
