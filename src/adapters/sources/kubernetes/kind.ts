import type { EventKind } from '../../../core/event.ts';
import { type Dict, dictOf } from '../../../lib/guards.ts';

/** What stands between a request and the cluster; without it, requests pass that it would have refused. */
const controls = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'networkpolicies',
  'podsecuritypolicies',
]);
/** Groups of policy engines: every object of theirs is a rule. */
const controlGroups = new Set(['constraints.gatekeeper.sh', 'templates.gatekeeper.sh', 'kyverno.io']);
const deletes = new Set(['delete', 'deletecollection']);

export type ObjectRef = {
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly group: string;
};

/**
 * What was done to an object, in the words of events. Reading, and changing anything else, is recorded only. So is
 * making a service account: since Kubernetes 1.24 no token comes with it, and before a secret was told of as well.
 */
export function kindOf(verb: string, object: ObjectRef, request: Dict | undefined): EventKind {
  const { resource, subresource, group } = object;
  if (verb === 'create') {
    if (resource === 'serviceaccounts' && subresource === 'token') return 'token.issued';
    if (resource === 'secrets' && isTokenSecret(request)) return 'credential.created';
  }
  // The signer makes a certificate for whoever asked as soon as somebody approves.
  if (resource === 'certificatesigningrequests' && subresource === 'approval') {
    const conditions = dictOf(request?.status)?.conditions;
    const isDenied = Array.isArray(conditions) && conditions.some((one) => dictOf(one)?.type === 'Denied');
    return isDenied || verb === 'get' ? 'activity.recorded' : 'credential.created';
  }
  if (deletes.has(verb) && subresource === '') {
    // All its tokens end with it.
    if (resource === 'serviceaccounts') return 'identity.disabled';
    if (resource === 'secrets') return 'credential.removed';
    if (controls.has(resource) || controlGroups.has(group)) return 'control.disabled';
  }
  return 'activity.recorded';
}

/** Such a secret is filled with a token that never expires. */
function isTokenSecret(request: Dict | undefined): boolean {
  return request?.type === 'kubernetes.io/service-account-token';
}
