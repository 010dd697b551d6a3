import { type Dict, isDict, textOf } from '../../../lib/guards.ts';
import { type KeepPlan, type KeptMembers, keepMembers } from '../../../lib/keep-members.ts';
import { limits as readLimits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';
import type { Reading } from './read.ts';

const around: KeepPlan = {
  category: true,
  operationName: true,
  time: true,
  resourceId: true,
  tenantId: true,
  result: true,
  resultType: true,
  resultSignature: true,
  resultDescription: true,
  callerIpAddress: true,
  correlationId: true,
  location: true,
  statusCode: true,
  statusText: true,
};

const signIn: KeepPlan = {
  id: true,
  createdDateTime: true,
  userPrincipalName: true,
  userDisplayName: true,
  userId: true,
  userType: true,
  appId: true,
  appDisplayName: true,
  servicePrincipalName: true,
  servicePrincipalId: true,
  servicePrincipalCredentialKeyId: true,
  federatedCredentialId: true,
  clientCredentialType: true,
  managedIdentityType: true,
  incomingTokenType: true,
  tokenIssuerType: true,
  resourceDisplayName: true,
  resourceId: true,
  resourceTenantId: true,
  homeTenantId: true,
  ipAddress: true,
  userAgent: true,
  clientAppUsed: true,
  sessionId: true,
  uniqueTokenIdentifier: true,
  correlationId: true,
  isInteractive: true,
  authenticationProtocol: true,
  authenticationRequirement: true,
  originalTransferMethod: true,
  conditionalAccessStatus: true,
  crossTenantAccessType: true,
  signInEventTypes: true,
  flaggedForReview: true,
  autonomousSystemNumber: true,
  riskDetail: true,
  riskState: true,
  riskLevelAggregated: true,
  riskLevelDuringSignIn: true,
  riskEventTypes: true,
  riskEventTypes_v2: true,
  result: true,
  status: { errorCode: true, failureReason: true, additionalDetails: true },
  location: { city: true, state: true, countryOrRegion: true },
  deviceDetail: {
    deviceId: true,
    displayName: true,
    operatingSystem: true,
    browser: true,
    isCompliant: true,
    isManaged: true,
    trustType: true,
  },
  mfaDetail: { authMethod: true, authDetail: true },
  networkLocationDetails: { networkType: true, networkNames: true },
  appliedConditionalAccessPolicies: { id: true, displayName: true, result: true },
  authenticationDetails: {
    authenticationMethod: true,
    succeeded: true,
    authenticationStepResultDetail: true,
  },
  conditionalAccessAudiences: { applicationId: true },
};

const audit: KeepPlan = {
  id: true,
  activityDisplayName: true,
  activityDateTime: true,
  operationName: true,
  operationType: true,
  loggedByService: true,
  category: true,
  correlationId: true,
  result: true,
  resultReason: true,
  resultType: true,
  resultDescription: true,
  initiatedBy: {
    user: { id: true, displayName: true, userPrincipalName: true, ipAddress: true, roles: true },
    app: { appId: true, displayName: true, servicePrincipalId: true, servicePrincipalName: true },
  },
  targetResources: {
    id: true,
    type: true,
    displayName: true,
    userPrincipalName: true,
    modifiedProperties: { displayName: true, oldValue: true, newValue: true },
  },
  additionalDetails: { key: true, value: true },
};

const risk: KeepPlan = {
  id: true,
  riskEventType: true,
  riskLevel: true,
  riskState: true,
  riskDetail: true,
  detectionTimingType: true,
  activity: true,
  source: true,
  ipAddress: true,
  userPrincipalName: true,
  userDisplayName: true,
  userId: true,
  servicePrincipalId: true,
  servicePrincipalDisplayName: true,
  detectedDateTime: true,
  location: { city: true, state: true, countryOrRegion: true },
};

const activity: KeepPlan = {
  message: true,
  entity: true,
  statusCode: true,
  accountName: true,
  objectKey: true,
  userAgentHeader: true,
  metricResponseType: true,
  recommendationCategory: true,
  recommendationImpact: true,
  recommendationName: true,
};

const plans = { 'sign-in': signIn, audit, risk, activity } as const;
const limits = { charsMax: 13_000, textCharsMax: 500, itemsMax: 20 };

/** The record as Microsoft wrote it, as far as it is kept, in the form of a diagnostic record. */
export function keptRecord({ kind, record, properties }: Reading): KeptMembers {
  const request = kind === 'activity' ? settingsIn(properties.requestbody) : undefined;
  const uri = kind === 'activity' ? withoutValues(record.uri) : undefined;
  const kept = keepMembers(properties, plans[kind], limits);
  return {
    ...keepMembers(record, around, { ...limits, charsMax: 2500 }),
    properties: request === undefined ? kept : { ...kept, requestbody: request },
    ...(uri === undefined ? {} : { uri }),
  };
}

/** An address with the names of what was asked, and nothing of a signed link that would open it. */
function withoutValues(value: unknown): string | undefined {
  const address = textOf(value);
  if (address === undefined) return undefined;
  const [place = '', query] = address.slice(0, 2000).split('?', 2);
  const names = query?.split('&').map((pair) => pair.split('=', 1)[0]?.slice(0, 30) ?? '');
  return names === undefined ? place : `${place}?${names.join('&')}`;
}

/** The settings that open or close a resource. Anything else of a request may be a password or a script. */
const words = new Set(
  'Enabled Disabled Allow Deny None Blob Container AzureServices SecuredByPerimeter TLS1_0 TLS1_1 TLS1_2'.split(
    ' ',
  ),
);
const levelsMax = 6;

type Settings = { [name: string]: boolean | string | Settings };

function settingsIn(value: unknown): Settings | undefined {
  const text = textOf(value);
  const parsed = text === undefined ? undefined : parseRecord(text, readLimits);
  const body = parsed === undefined ? value : parsed.ok ? parsed.value : undefined;
  return isDict(body) ? settings(body, 0) : undefined;
}

function settings(body: Dict, level: number): Settings | undefined {
  const kept: Settings = {};
  for (const [name, value] of Object.entries(body).slice(0, 60)) {
    if (!/^[A-Za-z]{1,60}$/u.test(name)) continue;
    if (typeof value === 'boolean' || (typeof value === 'string' && words.has(value))) kept[name] = value;
    const below = isDict(value) && level < levelsMax ? settings(value, level + 1) : undefined;
    if (below !== undefined) kept[name] = below;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}
