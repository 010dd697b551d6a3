import type { EventKind } from '../../../core/event.ts';
import { type Dict, dictOf, listOf, scalarText, textOf } from '../../../lib/guards.ts';

/** The last two parts of a method's name say what it does, whatever version its interface has. */
const byMethod: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['GenerateAccessToken', 'token.issued'],
  ['GenerateIdToken', 'token.issued'],
  ['SignJwt', 'token.issued'],
  ['SignBlob', 'token.issued'],
  ['ExchangeToken', 'token.issued'],
  ['CreateServiceAccountKey', 'credential.created'],
  ['UploadServiceAccountKey', 'credential.created'],
  ['CreateWorkloadIdentityPoolProviderKey', 'credential.created'],
  ['ApiKeys.CreateKey', 'credential.created'],
  ['hmacKeys.create', 'credential.created'],
  ['EnableServiceAccountKey', 'credential.changed'],
  ['hmacKeys.update', 'credential.changed'],
  ['DeleteServiceAccountKey', 'credential.removed'],
  ['DisableServiceAccountKey', 'credential.removed'],
  ['DeleteWorkloadIdentityPoolProviderKey', 'credential.removed'],
  ['ApiKeys.DeleteKey', 'credential.removed'],
  ['hmacKeys.delete', 'credential.removed'],
  ['DeleteServiceAccount', 'identity.disabled'],
  ['DisableServiceAccount', 'identity.disabled'],
  ['EnableServiceAccount', 'identity.enabled'],
  ['UndeleteServiceAccount', 'identity.enabled'],
  ['ConfigServiceV2.DeleteSink', 'control.disabled'],
  ['AccessContextManager.DeleteServicePerimeter', 'control.disabled'],
  ['AccessContextManager.DeleteAccessPolicy', 'control.disabled'],
  ['OrgPolicy.DeletePolicy', 'control.disabled'],
  ['ClearOrgPolicy', 'control.disabled'],
]);

/** A deployment asks for what it makes: then only the permissions that were asked for say it. */
const byPermission: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['iam.serviceAccountKeys.create', 'credential.created'],
  ['storage.hmacKeys.create', 'credential.created'],
  ['apikeys.keys.create', 'credential.created'],
  ['iam.serviceAccountKeys.delete', 'credential.removed'],
  ['storage.hmacKeys.delete', 'credential.removed'],
  ['apikeys.keys.delete', 'credential.removed'],
  ['iam.serviceAccounts.getAccessToken', 'token.issued'],
  ['iam.serviceAccounts.getOpenIdToken', 'token.issued'],
  ['iam.serviceAccounts.signJwt', 'token.issued'],
  ['iam.serviceAccounts.signBlob', 'token.issued'],
]);

const permissionsMax = 50;

export function kindOf(payload: Dict): EventKind {
  const method = textOf(payload.methodName) ?? '';
  const parts = method.split('.');
  const last = parts.at(-1) ?? '';
  const ofMethod = byMethod.get(`${parts.at(-2) ?? ''}.${last}`) ?? byMethod.get(last);
  return ofRequest(payload, method, last) ?? ofMethod ?? ofPermissions(payload) ?? 'activity.recorded';
}

/** Methods of which the request says whether it gives or takes away. */
function ofRequest(payload: Dict, method: string, last: string): EventKind | undefined {
  const request = dictOf(payload.request) ?? {};
  if (method.endsWith('hmacKeys.update'))
    return stateOf(request) === 'INACTIVE' ? 'credential.removed' : undefined;
  if (/\.subnetworks\.(?:patch|update)$/u.test(method)) return ofFlowLogs(request);
  if (last === 'UpdateSink') return isTrue(dictOf(request.sink)?.disabled) ? 'control.disabled' : undefined;
  return undefined;
}

function stateOf(request: Dict): string | undefined {
  return textOf(request.state ?? dictOf(request.resource)?.state ?? dictOf(request.hmacKeyMetadata)?.state);
}

/** Flow logs of a network are switched by either member. */
function ofFlowLogs(request: Dict): EventKind | undefined {
  const states = [request.enableFlowLogs, dictOf(request.logConfig)?.enable].filter(
    (state) => state !== undefined,
  );
  if (states.length === 0) return undefined;
  return states.some(isTrue) ? 'control.restored' : 'control.disabled';
}

function isTrue(value: unknown): boolean {
  return scalarText(value) === 'true';
}

function ofPermissions(payload: Dict): EventKind | undefined {
  for (const one of listOf(payload.authorizationInfo).slice(0, permissionsMax)) {
    const kind = byPermission.get(textOf(dictOf(one)?.permission) ?? '');
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/**
 * A status other than 0 (google.rpc.Code) failed; so did a request of which every permission was refused. Refused in
 * part without a status says neither.
 */
export function outcomeOf(payload: Dict): 'success' | 'failure' | undefined {
  const code = dictOf(payload.status)?.code;
  if (code !== undefined && code !== null && scalarText(code) !== '0') return 'failure';
  const grants = listOf(payload.authorizationInfo)
    .slice(0, permissionsMax)
    .map((one) => scalarText(dictOf(one)?.granted));
  const hasRefusal = grants.includes('false');
  if (hasRefusal && !grants.includes('true')) return 'failure';
  const isSilent = payload.status === undefined;
  if (hasRefusal && isSilent) return undefined;
  return payload.methodName === undefined && grants.length === 0 ? undefined : 'success';
}
