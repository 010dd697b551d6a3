import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { Reading } from './read.ts';
import { account, kebab, nobody, outcomeOf, person, type Said, said, workload } from './said.ts';

/** By the whole name of the activity, in small letters, with plain dashes. */
const kinds: Readonly<Record<string, EventKind>> = {
  'add service principal credentials': 'credential.created',
  'add federated identity credential': 'credential.created',
  'admin registered temporary access pass method for user': 'credential.created',
  'remove service principal credentials': 'credential.removed',
  'delete federated identity credential': 'credential.removed',
  'reset user password': 'credential.changed',
  'change user password': 'credential.changed',
  'reset password (self-service)': 'credential.changed',
  'reset password (by admin)': 'credential.changed',
  'change password (self-service)': 'credential.changed',
  'user registered security info': 'credential.changed',
  'user registered all required security info': 'credential.changed',
  'user changed default security info': 'credential.changed',
  'user deleted security info': 'credential.changed',
  'admin registered security info': 'credential.changed',
  'admin updated security info': 'credential.changed',
  'admin deleted security info': 'credential.changed',
  'disable account': 'identity.disabled',
  'delete user': 'identity.disabled',
  'hard delete user': 'identity.disabled',
  'remove service principal': 'identity.disabled',
  'hard delete service principal': 'identity.disabled',
  'delete application': 'identity.disabled',
  'enable account': 'identity.enabled',
  'restore user': 'identity.enabled',
  'delete conditional access policy': 'control.disabled',
  'delete named location': 'control.disabled',
  'delete policy': 'control.disabled',
  'disable strong authentication': 'control.disabled',
  'enable strong authentication': 'control.restored',
};

/** The directory's own log: who changed what of which account, application or policy. */
export function audit({ record, properties }: Reading): Said {
  const initiator = dictOf(properties.initiatedBy);
  const targets = listOf(properties.targetResources).filter(isDict);
  const operation = textOf(record.operationName) ?? textOf(properties.activityDisplayName) ?? '';
  const kind = kindOf(operation, targets);
  const target = targets[0];
  const isAboutAccount = kind === 'credential.changed' || kind.startsWith('identity.');
  const used = usedBy(initiator);
  const about = target === undefined ? undefined : entity(target);
  const resource = keyIn(target, kind) ?? (target === undefined ? undefined : resourceOf(target));
  return {
    kind,
    actor: actorOf(initiator),
    identity: isAboutAccount ? (about ?? used) : used,
    resource,
    outcome: outcomeOf(properties.result, record.result, record.resultType, record.resultSignature),
    address: said(dictOf(initiator?.user)?.ipAddress) ?? said(record.callerIpAddress),
    userAgent: detail(properties, 'User-Agent'),
    ownId: said(properties.id),
  };
}

function actorOf(initiator: Dict | undefined): Actor {
  const user = dictOf(initiator?.user);
  const found = person({
    id: said(user?.id),
    name: said(user?.displayName),
    login: said(user?.userPrincipalName),
  });
  if (found.type !== 'unknown') return found;
  const app = dictOf(initiator?.app);
  if (app === undefined) return nobody;
  const name = said(app.displayName) ?? said(app.servicePrincipalName);
  return workload({ id: said(app.servicePrincipalId), name, appId: said(app.appId) });
}

function usedBy(initiator: Dict | undefined): Identity | undefined {
  const user = dictOf(initiator?.user);
  const app = dictOf(initiator?.app);
  return (
    account('user', said(user?.userPrincipalName) ?? said(user?.id)) ??
    account('service-principal', said(app?.servicePrincipalId) ?? said(app?.appId))
  );
}

function entity(target: Dict): Identity | undefined {
  return account(
    typeOf(target),
    said(target.userPrincipalName) ?? said(target.id) ?? said(target.displayName),
  );
}

function resourceOf(target: Dict): Event['resource'] {
  const id = said(target.displayName) ?? said(target.userPrincipalName) ?? said(target.id);
  return id === undefined ? undefined : { type: typeOf(target), id };
}

function typeOf(target: Dict): string {
  return kebab(textOf(target.type) ?? 'Entity');
}

/** A name with another dash or a beginning is the same activity: Microsoft writes both. */
function kindOf(operation: string, targets: readonly Dict[]): EventKind {
  const name = operation.slice(0, 200).trim().toLowerCase().replace(/[–—]/gu, '-').replace(/\.$/u, '');
  const known = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (known !== undefined) return known;
  const [changed] = targets.map((target) => listOf(target.modifiedProperties).filter(isDict));
  if (/certificates and secrets management/u.test(name)) return keyChange(changed ?? []);
  if (/^update conditional access policy$/u.test(name)) return stateChange(changed ?? [], /"state":"(\w+)"/u);
  if (/^update (?:user|service principal)$/u.test(name)) return enabledChange(changed ?? []);
  return 'activity.recorded';
}

function changeOf(changed: readonly Dict[], name: RegExp, member: 'oldValue' | 'newValue'): string {
  return textOf(changed.find((one) => name.test(textOf(one.displayName) ?? ''))?.[member]) ?? '';
}

/** Each key of an application is written as `[KeyIdentifier=…,KeyType=…]`. */
function keyChange(changed: readonly Dict[]): EventKind {
  const keys = (member: 'oldValue' | 'newValue') =>
    changeOf(changed, /^KeyDescription$/u, member).split('KeyIdentifier=').length;
  return keys('newValue') < keys('oldValue') ? 'credential.removed' : 'credential.created';
}

function stateChange(changed: readonly Dict[], state: RegExp): EventKind {
  const before = state.exec(changeOf(changed, /^ConditionalAccessPolicy$/u, 'oldValue'))?.[1];
  const after = state.exec(changeOf(changed, /^ConditionalAccessPolicy$/u, 'newValue'))?.[1];
  if (before === 'enabled' && after !== undefined && after !== 'enabled') return 'control.disabled';
  return after === 'enabled' && before !== undefined && before !== 'enabled'
    ? 'control.restored'
    : 'activity.recorded';
}

function enabledChange(changed: readonly Dict[]): EventKind {
  const after = changeOf(changed, /^AccountEnabled$/u, 'newValue');
  if (/false/iu.test(after)) return 'identity.disabled';
  return /true/iu.test(after) ? 'identity.enabled' : 'activity.recorded';
}

/** The key that was added or removed, where the log names it: both meet in its id. */
function keyIn(target: Dict | undefined, kind: EventKind): Event['resource'] {
  if (kind !== 'credential.created' && kind !== 'credential.removed') return undefined;
  const changed = listOf(target?.modifiedProperties).filter(isDict);
  const ids = (member: 'oldValue' | 'newValue') =>
    [...changeOf(changed, /^KeyDescription$/u, member).matchAll(/KeyIdentifier=([\da-f-]{36})/giu)].flatMap(
      ([, id]) => (id === undefined ? [] : [id.toLowerCase()]),
    );
  const [more, fewer] = [ids('newValue'), ids('oldValue')];
  const found =
    kind === 'credential.created'
      ? more.find((id) => !fewer.includes(id))
      : fewer.find((id) => !more.includes(id));
  return found === undefined ? undefined : { type: 'key', id: found };
}

function detail(properties: Dict, key: string): string | undefined {
  const found = listOf(properties.additionalDetails).find((one) => dictOf(one)?.key === key);
  return said(dictOf(found)?.value);
}
