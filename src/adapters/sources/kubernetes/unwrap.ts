import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import { gkeEvent } from './gke.ts';

/** An audit event in the members of `audit.k8s.io/v1`, whoever delivered it. */
export type Found = {
  readonly audit: Dict;
  /** What the deliverer adds: the cluster's own name, the form of another cloud. */
  readonly around: Dict;
  /** Says when, where the event itself does not. */
  readonly deliveredAt: unknown;
};

/** `silent`: a line of another log of the same stream. `foreign`: a record of another kind of log. */
export type Unwrapped =
  | { readonly kind: 'found'; readonly found: readonly Found[] }
  | { readonly kind: 'silent' }
  | { readonly kind: 'foreign'; readonly reason: string; readonly pointer?: string };

const silent: Unwrapped = { kind: 'silent' };
const none: Dict = {};

/**
 * What a record holds: an event or a list of them; a line or batch of CloudWatch (EKS); a diagnostic record of Azure,
 * where the event is a text (AKS); an entry of Cloud Logging, where it has another form (GKE).
 */
export function unwrap(record: Dict): Unwrapped {
  if (isAuditEvent(record)) return one(record, none, undefined);
  if (isDict(record.protoPayload)) {
    const found = gkeEvent(record, record.protoPayload);
    return found === undefined
      ? foreign('serviceName is not k8s.io', '/protoPayload/serviceName')
      : one(found.audit, found.around, record.timestamp);
  }
  const properties = dictOf(record.properties);
  if (properties !== undefined && 'log' in properties) return ofAzure(record, properties.log);
  if (typeof record.message === 'string' && 'timestamp' in record)
    return ofText(record.message, none, record.timestamp);
  const list = [record.items, record.logEvents].find(Array.isArray);
  if (list !== undefined) return all(list);
  // CloudWatch asks with this whether a destination is there.
  if (record.messageType === 'CONTROL_MESSAGE') return silent;
  return foreign('it is not an event of audit.k8s.io');
}

/** An event of the audit log, and not one of the cluster's own events, which are also called `Event`. */
function isAuditEvent(value: Dict): boolean {
  if (value.kind !== 'Event' || 'involvedObject' in value) return false;
  const version = textOf(value.apiVersion);
  if (version !== undefined) return version.startsWith('audit.k8s.io/');
  return 'verb' in value || ('user' in value && 'sourceIPs' in value);
}

function all(list: readonly unknown[]): Unwrapped {
  const found: Found[] = [];
  let wrong: Unwrapped | undefined;
  for (const item of list) {
    const inner = isDict(item) && !('items' in item || 'logEvents' in item) ? unwrap(item) : undefined;
    if (inner?.kind === 'found') found.push(...inner.found);
    else if (inner?.kind !== 'silent') wrong ??= inner ?? foreign('an item is not an event of audit.k8s.io');
  }
  return found.length === 0 && wrong !== undefined ? wrong : { kind: 'found', found };
}

/** https://learn.microsoft.com/azure/aks/monitor-aks-reference: categories `kube-audit`, `kube-audit-admin`, `guard`. */
function ofAzure(record: Dict, log: unknown): Unwrapped {
  const category = textOf(record.category) ?? 'kube-audit';
  if (!/^(?:kube-|guard|cluster-autoscaler|cloud-controller|csi-)/u.test(category))
    return foreign('category is not one of a cluster', '/category');
  if (!category.startsWith('kube-audit') && category !== 'guard') return silent;
  const around = { category, resourceId: record.resourceId };
  if (isDict(log)) return one(log, around, record.time);
  if (typeof log !== 'string') return foreign('log is neither text nor object', '/properties/log');
  return ofText(log, around, record.time);
}

/** The API server writes other lines into the same stream. */
function ofText(text: string, around: Dict, deliveredAt: unknown): Unwrapped {
  if (!text.trimStart().startsWith('{')) return silent;
  const parsed = parseRecord(text, limits);
  if (!parsed.ok) return foreign(`the event is ${parsed.reason}`);
  return isDict(parsed.value) && isAuditEvent(parsed.value) ? one(parsed.value, around, deliveredAt) : silent;
}

function one(audit: Dict, around: Dict, deliveredAt: unknown): Unwrapped {
  return { kind: 'found', found: [{ audit, around, deliveredAt }] };
}

function foreign(reason: string, pointer?: string): Unwrapped {
  return { kind: 'foreign', reason, ...(pointer === undefined ? {} : { pointer }) };
}

/** From 0 no to 1 surely: whether a record is of a cluster's audit log. */
export function likeness(value: unknown): number {
  if (!isDict(value)) return 0;
  if (isAuditEvent(value)) return textOf(value.apiVersion) === undefined ? 0.8 : 0.97;
  if (isDict(value.protoPayload)) return value.protoPayload.serviceName === 'k8s.io' ? 0.97 : 0;
  const category = textOf(value.category);
  if (category !== undefined && isDict(value.properties) && 'log' in value.properties)
    return category.startsWith('kube-audit') ? 0.97 : /^(?:kube-|guard)/u.test(category) ? 0.7 : 0;
  const message = textOf(value.message);
  if (message !== undefined && 'timestamp' in value)
    return message.slice(0, 400).includes('audit.k8s.io') && ofText(message, none, undefined).kind === 'found'
      ? 0.95
      : 0;
  if (/^\/aws\/eks\//u.test(textOf(value.logGroup) ?? '') && 'logEvents' in value) return 0.9;
  const [first] = [value.items, value.logEvents, value.events, value.records].flatMap(listOf);
  return first === undefined ? 0 : likeness(first);
}
