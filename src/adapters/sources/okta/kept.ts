import { type Dict, dictOf, isDict } from '../../../lib/guards.ts';
import { type KeepPlan, type KeptMembers, keepMembers } from '../../../lib/keep-members.ts';

const entity: KeepPlan = { id: true, type: true, alternateId: true, displayName: true };
const place: KeepPlan = { city: true, state: true, country: true, postalCode: true };
/** Without coordinates: the country says enough. */
const address: KeepPlan = { ip: true, version: true, geographicalContext: place };

/** The members of a log event, spelled as Okta spells them. */
export const logEvent: KeepPlan = {
  eventType: true,
  legacyEventType: true,
  displayMessage: true,
  severity: true,
  published: true,
  uuid: true,
  version: true,
  actor: entity,
  outcome: { result: true, reason: true },
  target: {
    ...entity,
    detailEntry: {
      signOnModeType: true,
      methodTypeUsed: true,
      policyType: true,
      policyRuleFactorMode: true,
      expiry: true,
      subject: true,
      publicclientapp: true,
    },
  },
  client: {
    id: true,
    ipAddress: true,
    device: true,
    zone: true,
    userAgent: { rawUserAgent: true, os: true, browser: true },
    geographicalContext: place,
  },
  securityContext: { asNumber: true, asOrg: true, isp: true, domain: true, isProxy: true },
  authenticationContext: {
    externalSessionId: true,
    credentialType: true,
    credentialProvider: true,
    authenticationProvider: true,
    authenticationStep: true,
    interface: true,
  },
  debugContext: {
    debugData: {
      requestId: true,
      requestUri: true,
      url: true,
      threatSuspected: true,
      threatDetections: true,
      risk: true,
      behaviors: true,
      logOnlySecurityData: true,
      factor: true,
      factorIntent: true,
      pushOnlyResponseType: true,
      pushWithNumberChallengeResponseType: true,
      grantType: true,
      requestedScopes: true,
      grantedScopes: true,
      clientAuthType: true,
      privilegeGranted: true,
      privilegeRevoked: true,
      loginResult: true,
      initiationType: true,
      signOnMode: true,
      origin: true,
      targetEventHookIds: true,
    },
  },
  device: { id: true, name: true, managed: true, registered: true, os_platform: true },
  request: { ipChain: address },
  transaction: { id: true, type: true, detail: { requestApiTokenId: true, rootApiTokenId: true } },
};

const limits = { charsMax: 14_000, textCharsMax: 500, itemsMax: 20 };

export function keptRecord(log: Dict): KeptMembers {
  return keepMembers(log, logEvent, limits);
}

/**
 * A log event whose members are spelled as Okta spells them, also of a collector that writes their names in small
 * letters, with the diagnostic data as Okta sends them: texts, and addresses without what may be a one-time token.
 */
export function asSent(log: Dict): Dict {
  const context = dictOf(log.debugContext) ?? dictOf(log.debugcontext);
  const data = dictOf(context?.debugData) ?? dictOf(context?.debugdata);
  const named = Object.fromEntries(
    Object.keys(logEvent).map((name) => [name, log[name] ?? log[name.toLowerCase()]]),
  );
  if (data === undefined) return named;
  const debugData = {
    ...data,
    behaviors: asText(data.behaviors),
    logOnlySecurityData: asText(data.logOnlySecurityData),
    requestUri: withoutTokens(data.requestUri),
    url: withoutTokens(data.url),
  };
  return { ...named, debugContext: { debugData } };
}

/** Collectors take `{New IP=POSITIVE, …}` apart. */
function asText(value: unknown): unknown {
  if (!isDict(value)) return value;
  const pairs = Object.entries(value).flatMap(([name, item]) =>
    item === null ? [name] : typeof item === 'string' ? [`${name}=${item}`] : [],
  );
  return `{${pairs.toSorted().join(', ')}}`;
}

function withoutTokens(address: unknown): unknown {
  if (typeof address !== 'string') return undefined;
  return address.split('?', 1)[0]?.replace(/\/(tokens?|reset_password|verify)\/[^/]+/giu, '/$1/…');
}
