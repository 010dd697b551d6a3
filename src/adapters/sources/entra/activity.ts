import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';
import type { Reading } from './read.ts';
import { account, emailOf, nobody, outcomeOf, person, type Said, said, workload } from './said.ts';

const claimNames = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** What was done to resources of Azure. Often nobody is named: then the owner comes from the resource. */
export function activity({ record, properties }: Reading): Said {
  const operation = textOf(record.operationName) ?? '';
  const actor = actorOf(record);
  return {
    kind: kindOf(operation),
    actor,
    identity: identityOf(record, properties, actor),
    resource: resourceOf(record, properties),
    outcome:
      outcomeOf(record.resultType, properties.metricResponseType, record.resultSignature) ??
      ofStatus(record.statusCode ?? properties.statusCode),
    address: said(record.callerIpAddress)?.replace(/^(\d+(?:\.\d+){3}):\d+$/u, '$1'),
    userAgent: said(properties.userAgentHeader),
  };
}

/** An operation is told when it begins and when it ends; only the end says what became of it. */
export function isBeginning({ record }: Reading): boolean {
  return /^(?:start(?:ed)?|accept(?:ed)?|inprogress)$/iu.test(textOf(record.resultType) ?? '');
}

const controls =
  /^microsoft\.(?:authorization\/(?:locks|policyassignments)|insights\/(?:diagnosticsettings|metricalerts|alertrules|activitylogalerts|scheduledqueryrules|actiongroups)|network\/(?:firewallpolicies|azurefirewalls|networksecuritygroups|networkwatchers(?:\/flowlogs)?)|storage\/storageaccounts\/blobservices\/containers\/immutabilitypolicies|security\/pricings)\/delete$/u;
/** Links and credentials that are made at the moment and end by themselves. */
const shortLived =
  /\/(?:listaccountsas|listservicesas|begingetaccess|listclusteradmincredential|listclusterusercredential|listclustermonitoringusercredential)\/action$/u;

function kindOf(operation: string): EventKind {
  const name = operation.slice(0, 300).toLowerCase();
  if (controls.test(name)) return 'control.disabled';
  if (shortLived.test(name)) return 'token.issued';
  if (/\/(?:regeneratekeys?|rotatekeys?)\/action$/u.test(name)) return 'credential.changed';
  if (name.endsWith('/federatedidentitycredentials/write')) return 'credential.created';
  if (name.endsWith('/federatedidentitycredentials/delete')) return 'credential.removed';
  if (name === 'microsoft.managedidentity/userassignedidentities/delete') return 'identity.disabled';
  return 'activity.recorded';
}

/** The claims of the token that was used; of a shared key or a signed link nobody. */
function actorOf(record: Dict): Actor {
  const identity = dictOf(record.identity);
  const claims = dictOf(identity?.claims);
  const requester = dictOf(identity?.requester);
  const caller = said(identity?.caller);
  const appId = said(claims?.appid) ?? said(requester?.appId);
  const id = said(claims?.[objectId]) ?? said(claims?.oid) ?? said(requester?.objectId);
  const name = said(claims?.name);
  const logins = [
    claims?.[`${claimNames}upn`],
    claims?.upn,
    claims?.unique_name,
    claims?.[`${claimNames}emailaddress`],
    claims?.[`${claimNames}name`],
    requester?.upn,
    caller,
    name,
  ].map(said);
  const login = logins.find((one) => emailOf(one) !== undefined);
  if (login !== undefined && claims?.idtyp !== 'app')
    return person({ id, login, name: name === login ? undefined : name });
  // A service of Microsoft's writes its name where a person's address would stand.
  const service = logins.find((one) => one !== undefined && /^Microsoft\.[A-Za-z.]+$/u.test(one));
  if (service !== undefined) return workload({ name: service, id });
  if (name !== undefined && claims?.idtyp !== 'app')
    return { type: 'unknown', name, ...(id === undefined ? {} : { id }) };
  const principal = id ?? (caller !== undefined && guid.test(caller) ? caller : undefined);
  if (principal === undefined && appId === undefined) return nobody;
  return workload({ id: principal, appId });
}

function identityOf(record: Dict, properties: Dict, actor: Actor): Identity | undefined {
  const how = textOf(dictOf(record.identity)?.type) ?? '';
  const store = said(properties.accountName);
  if (how === 'AccountKey') return account('storage-account-key', store);
  if (how === 'SAS' || /[?&]sig=/iu.test(textOf(record.uri) ?? ''))
    return account('shared-access-signature', store);
  return actor.type === 'person'
    ? account('user', actor.account?.name ?? actor.id)
    : account('service-principal', actor.id ?? actor.name);
}

/** In small letters: Azure writes the same resource in any. */
function resourceOf(record: Dict, properties: Dict): Event['resource'] {
  const object = said(properties.objectKey);
  if (object !== undefined) return { type: 'blobs', id: object };
  const id = said(record.resourceId)?.toLowerCase();
  if (id === undefined) return undefined;
  // `…/providers/<namespace>/<type>/<name>/<type>/<name>`: the last type.
  const path = id.split('/providers/').at(-1)?.split('/').slice(1) ?? [];
  const type = path.filter((_, at) => at % 2 === 0).at(-1) ?? '';
  return { type: /^[a-z][a-z\d-]{0,60}$/u.test(type) ? type : 'azure-resource', id };
}

function ofStatus(code: unknown): Event['outcome'] {
  const number = typeof code === 'string' && /^\d{3}$/u.test(code) ? Number(code) : code;
  if (typeof number !== 'number' || number < 100 || number > 599) return undefined;
  return number < 400 ? 'success' : 'failure';
}
