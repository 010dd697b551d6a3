import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

export type LogKind = 'sign-in' | 'audit' | 'risk' | 'activity';

/** A record in the form of Azure Monitor's diagnostic settings, with the names as Microsoft spells them. */
export type Reading = { readonly kind: LogKind; readonly record: Dict; readonly properties: Dict };

/** Members of a diagnostic record that are read here; some collectors write their names in small letters. */
const members = [
  'time',
  'resourceId',
  'operationName',
  'category',
  'tenantId',
  'result',
  'resultType',
  'resultSignature',
  'resultDescription',
  'callerIpAddress',
  'correlationId',
  'identity',
  'location',
  'properties',
  'uri',
  'statusCode',
  'statusText',
];
const riskCategories = /^(?:UserRiskEvents|RiskyUsers|ServicePrincipalRiskEvents|RiskyServicePrincipals)$/u;
const activityCategories =
  /^(?:Administrative|Policy|Security|ServiceHealth|Alert|Autoscale|Recommendation|ResourceHealth|AuditEvent|Storage(?:Read|Write|Delete))$/u;

/**
 * What a record is, and the record in one form: diagnostic records as they are; objects of Microsoft Graph
 * (`auditLogs/signIns`, `directoryAudits`) and of the activity log's own interface put into it. Undefined when it is
 * none of these.
 */
export function readRecord(given: Dict): Reading | undefined {
  if (isDict(given.operationName)) return ofInterface(given);
  const graph = ofGraph(given);
  if (graph !== undefined) return graph;
  const record = Object.fromEntries(members.map((name) => [name, given[name] ?? given[name.toLowerCase()]]));
  const properties = propertiesOf(record.properties);
  const kind = kindOf(record, properties);
  return kind === undefined ? undefined : { kind, record, properties };
}

function kindOf(record: Dict, properties: Dict): LogKind | undefined {
  const category = textOf(record.category) ?? '';
  if (/SignInLogs$/u.test(category)) return 'sign-in';
  if (category === 'AuditLogs' || isDict(properties.initiatedBy)) return 'audit';
  if (riskCategories.test(category)) return 'risk';
  // A cluster's log is another source's.
  if (category.startsWith('kube-') || 'log' in properties) return undefined;
  const operation = textOf(record.operationName);
  if (operation === undefined) return undefined;
  if (activityCategories.test(category)) return 'activity';
  const isAzure =
    /^\/(?:subscriptions|tenants|providers)\//iu.test(textOf(record.resourceId) ?? '') ||
    textOf(properties.accountName) !== undefined;
  return isAzure || (/^microsoft\.[^/]+\//iu.test(operation) && 'resultType' in record)
    ? 'activity'
    : undefined;
}

/** From 0 no to 1 surely. */
export function likeness(value: unknown): number {
  if (!isDict(value)) return 0;
  const [listed] = [value.records, value.value].flatMap(listOf);
  if (listed !== undefined) return likeness(listed);
  const reading = readRecord(value);
  if (reading === undefined) return 0;
  return reading.kind === 'activity' && textOf(reading.record.category) === undefined ? 0.7 : 0.95;
}

/** https://learn.microsoft.com/graph/api/resources/signin and …/directoryaudit */
function ofGraph(given: Dict): Reading | undefined {
  if ('category' in given && 'properties' in given) return undefined;
  const common = { correlationId: given.correlationId, properties: given };
  if (textOf(given.activityDisplayName) !== undefined && isDict(given.initiatedBy)) {
    const record = {
      ...common,
      category: 'AuditLogs',
      operationName: given.activityDisplayName,
      time: given.activityDateTime,
    };
    return { kind: 'audit', record, properties: given };
  }
  if (textOf(given.createdDateTime) === undefined || textOf(given.appId) === undefined) return undefined;
  if (!isDict(given.status) || !('conditionalAccessStatus' in given || 'signInEventTypes' in given))
    return undefined;
  const record = {
    ...common,
    category: graphCategory(given),
    operationName: 'Sign-in activity',
    time: given.createdDateTime,
    callerIpAddress: given.ipAddress,
  };
  return { kind: 'sign-in', record, properties: given };
}

function graphCategory(signIn: Dict): string {
  const types = listOf(signIn.signInEventTypes);
  if (types.includes('servicePrincipal')) return 'ServicePrincipalSignInLogs';
  if (types.includes('managedIdentity')) return 'ManagedIdentitySignInLogs';
  return types.includes('nonInteractiveUser') ? 'NonInteractiveUserSignInLogs' : 'SignInLogs';
}

/** The activity log's own interface, as `az monitor activity-log list` prints it: names are `{value, localizedValue}`. */
function ofInterface(given: Dict): Reading | undefined {
  const operation = textOf(dictOf(given.operationName)?.value);
  if (operation === undefined || !('eventTimestamp' in given)) return undefined;
  const properties = propertiesOf(given.properties);
  const record = {
    time: given.eventTimestamp,
    resourceId: given.resourceId,
    operationName: operation,
    category: dictOf(given.category)?.value ?? 'Administrative',
    tenantId: given.tenantId,
    resultType: dictOf(given.status)?.value,
    resultSignature: dictOf(given.subStatus)?.value,
    callerIpAddress: dictOf(given.httpRequest)?.clientIpAddress,
    correlationId: given.correlationId,
    identity: { claims: given.claims, caller: given.caller },
    properties,
  };
  return { kind: 'activity', record, properties };
}

/** Some exports write the properties as a text. */
function propertiesOf(value: unknown): Dict {
  if (typeof value !== 'string' || !value.startsWith('{')) return dictOf(value) ?? {};
  const parsed = parseRecord(value, limits);
  return (parsed.ok ? dictOf(parsed.value) : undefined) ?? {};
}
