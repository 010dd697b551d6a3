import type { Json } from '../../../core/event.ts';
import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

/** Members of a log entry that are kept. */
const members = [
  'insertId',
  'logName',
  'timestamp',
  'receiveTimestamp',
  'severity',
  'resource',
  'labels',
  'operation',
  'protoPayload',
] as const;
type Member = (typeof members)[number];

/** A log entry of Cloud Logging whose payload is an audit record. */
export type AuditEntry = { readonly [Name in Member]?: Json };

const byLower = new Map<string, Member>(members.map((name) => [name.toLowerCase(), name]));

/**
 * The log entry within what was delivered: itself, or in a message of Pub/Sub (`message.data`, base64 of JSON).
 * `nothing` is a message without an audit record.
 */
export function unwrap(value: unknown): Dict | 'nothing' | undefined {
  if (!isDict(value)) return undefined;
  const message = dictOf(value.message);
  const data = textOf(message?.data);
  if (data === undefined || typeof value.subscription !== 'string') return isEntry(value) ? value : undefined;
  if (data.length > limits.recordCharsMax) return 'nothing';
  const parsed = parseRecord(Buffer.from(data, 'base64').toString('utf8'), limits);
  return parsed.ok && isDict(parsed.value) && isEntry(parsed.value) ? parsed.value : 'nothing';
}

/** Also one of which little is left: the bare payload, or an entry without one. */
function isEntry(value: Dict): boolean {
  if (payloadIn(value) !== undefined || isMarked(value)) return true;
  if (textOf(value.methodName) !== undefined) return true;
  return isAuditLog(value) || typeof dictOf(value.operation)?.producer === 'string';
}

/** How surely it is an audit record that Google writes: 0 … 1. Those of its Kubernetes are another source's. */
export function likeness(value: unknown): number {
  const entry = unwrap(value);
  if (entry === undefined || entry === 'nothing') return 0;
  const payload = payloadIn(entry);
  if (isKubernetes(payload ?? entry)) return 0;
  if (payload === undefined) {
    if (isAuditLog(entry) || isMarked(entry)) return 0.9;
    // Nothing but a name of a method, with the version of its interface in it.
    return /(?:^|\.)v\d\w*\./u.test(textOf(entry.methodName) ?? '') ? 0.6 : 0;
  }
  const isAudit = [payload['@type'], payload.at_sign_type, payload.at_type].some(
    (type) => textOf(type)?.endsWith('google.cloud.audit.AuditLog') === true,
  );
  if (isAudit || isAuditLog(entry) || isMarked(entry)) return 0.95;
  return 'methodName' in payload || 'authorizationInfo' in payload || 'authenticationInfo' in payload
    ? 0.9
    : 0;
}

/** What is kept of an entry, under Google's names. A bare payload becomes an entry's. */
export function readEntry(value: Dict): AuditEntry {
  const entry: { -readonly [Name in Member]?: Json } = {};
  for (const key in value) {
    const name = byLower.get(key.toLowerCase());
    const found = value[key];
    if (name !== undefined && isJson(found) && (key === name || !(name in entry))) entry[name] = found;
  }
  if (entry.protoPayload !== undefined || textOf(value.methodName) === undefined) return entry;
  const { methodName, serviceName, status, resourceName } = value;
  return { ...entry, protoPayload: jsonOf({ methodName, serviceName, status, resourceName }) };
}

export function payloadIn(entry: Dict): Dict | undefined {
  return dictOf(entry.protoPayload) ?? dictOf(entry.protopayload);
}

function isKubernetes(payload: Dict): boolean {
  const method = textOf(payload.methodName) ?? '';
  return payload.serviceName === 'k8s.io' || method.startsWith('io.k8s.');
}

function isAuditLog(entry: Dict): boolean {
  return (textOf(entry.logName) ?? textOf(entry.logname) ?? '').includes('cloudaudit.googleapis.com');
}

/** Panther writes beside every record which log it is of. */
function isMarked(entry: Dict): boolean {
  return entry.p_log_type === 'GCP.AuditLog';
}

function jsonOf(value: Dict): { readonly [key: string]: Json } {
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) if (isJson(item)) kept[key] = item;
  return kept;
}

/** What `JSON.parse` made is JSON: only `undefined` is not. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}
