import type { EventKind } from '../../../core/event.ts';
import { dictOf, textOf } from '../../../lib/guards.ts';
import type { VaultEntry } from './schema.ts';

type Rule = { readonly kind: EventKind; readonly path: RegExp; readonly operation?: RegExp };

const writes = /^(?:create|update|patch)$/u;
const reads = /^(?:read|create|update)$/u;
const deletes = /^delete$/u;

/** The first that fits says what an answered request was. Paths as the documentation of each engine has them. */
const rules: readonly Rule[] = [
  { kind: 'credential.removed', path: /^auth\/token\/revoke/u, operation: writes },
  { kind: 'credential.removed', path: /^sys\/(?:leases\/)?revoke/u, operation: writes },
  { kind: 'token.issued', path: /^auth\/token\/create(?:-orphan)?(?:\/|$)/u, operation: writes },
  { kind: 'token.issued', path: /^auth\/.+\/(?:login|callback)(?:\/|$)/u },
  { kind: 'credential.removed', path: /^auth\/.+\/role\/[^/]+\/secret-id(?:-accessor)?\/destroy$/u },
  {
    kind: 'credential.created',
    path: /^auth\/.+\/role\/[^/]+\/(?:custom-)?secret-id$/u,
    operation: writes,
  },
  { kind: 'credential.created', path: /^auth\/.+\/users?\/[^/]+$/u, operation: /^create$/u },
  { kind: 'credential.changed', path: /^auth\/.+\/users?\/[^/]+(?:\/password)?$/u, operation: writes },
  { kind: 'identity.disabled', path: /^auth\/.+\/users?\/[^/]+$/u, operation: deletes },
  { kind: 'identity.disabled', path: /^identity\/entity\/(?:id|name)\/[^/]+$/u, operation: deletes },
  { kind: 'control.disabled', path: /^sys\/audit\/.+/u, operation: deletes },
  { kind: 'control.disabled', path: /^identity\/mfa\/login-enforcement\/.+/u, operation: deletes },
  { kind: 'control.restored', path: /^sys\/audit\/.+/u, operation: writes },
];

/** Engines that make credentials when they are asked, and what they call the asking. */
const engines =
  /^(?:aws|azure|gcp|database|mongodbatlas|rabbitmq|consul|nomad|kubernetes|ldap|terraform|ssh)$/u;
const asking = /(?:^|\/)(?:creds|sts|token|sign|static-account\/[^/]+\/token|roleset\/[^/]+\/token)(?:\/|$)/u;

/** An entry of an arriving request says only that it was asked: its answer says what it was. */
export function kindOf(entry: VaultEntry): EventKind {
  const { request, response, type } = entry;
  if (type === 'request') return 'activity.recorded';
  const path = textOf(request.path) ?? '';
  const operation = textOf(request.operation) ?? '';
  const rule = rules.find((one) => one.path.test(path) && one.operation?.test(operation) !== false);
  if (rule !== undefined) return rule.kind;
  if (/^identity\/entity/u.test(path) && dictOf(request.data)?.disabled === true) return 'identity.disabled';
  const mount = textOf(request.mount_type) ?? textOf(response.mount_type) ?? '';
  if (engines.test(mount) && asking.test(path) && reads.test(operation)) return 'token.issued';
  if (mount === 'gcp' && /\/key(?:\/|$)/u.test(path)) return 'credential.created';
  if (mount === 'pki' && /\/(?:issue|sign)\//u.test(`/${path}`) && writes.test(operation))
    return 'credential.created';
  return 'activity.recorded';
}

/** Whether it was let through: an arriving request says only that it was not. */
export function outcomeOf(entry: VaultEntry): 'success' | 'failure' | undefined {
  const { auth, response, error, type } = entry;
  const isFailed =
    error !== undefined ||
    response.status === 'failure' ||
    dictOf(auth.policy_results)?.allowed === false ||
    dictOf(response.data)?.error !== undefined;
  if (isFailed) return 'failure';
  return type === 'response' ? 'success' : undefined;
}
