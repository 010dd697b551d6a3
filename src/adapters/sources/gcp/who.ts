import type { Actor, Identity, OwnerLead } from '../../../core/event.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

export type Who = {
  readonly actor: Actor;
  readonly identity: Identity | undefined;
  readonly leads: readonly OwnerLead[];
  /** The claim of a federated workload, as its own provider makes it. */
  readonly subject: string | undefined;
};

const nobody: Who = { actor: { type: 'unknown' }, identity: undefined, leads: [], subject: undefined };
const callersMax = 3;

/** Who acted (Cloud Audit Logs, `AuthenticationInfo`). Google leaves the address out where a reader may not see it. */
export function readWho(payload: Dict): Who {
  const info = dictOf(payload.authenticationInfo) ?? {};
  const principal = textOf(info.principalSubject);
  const name = textOf(info.principalEmail) ?? plainSubject(principal);
  if (name === undefined) return principal === undefined ? ofSerialPort(payload) : ofFederated(principal);
  const type = typeOf(name, principal, info);
  const email = isAddress(name) ? name : undefined;
  return {
    actor: { type, id: name, name, ...(email === undefined ? {} : { email }) },
    identity: { type: identityTypes[type], id: name, provider: 'gcp' },
    leads: callers(info),
    subject: undefined,
  };
}

const identityTypes: Readonly<Record<Actor['type'], string>> = {
  person: 'google-account',
  workload: 'service-account',
  agent: 'service-account',
  unknown: 'google-account',
};

function typeOf(name: string, principal: string | undefined, info: Dict): Actor['type'] {
  if (principal?.startsWith('serviceAccount:') === true || textOf(info.serviceAccountKeyName) !== undefined)
    return 'workload';
  if (isServiceAccount(name)) return 'workload';
  return isAddress(name) || principal?.startsWith('user:') === true ? 'person' : 'unknown';
}

/** Also the accounts that Google makes for its own services, and those of clusters. */
export function isServiceAccount(name: string): boolean {
  return (
    /@(?:[\w.-]+\.)?(?:gserviceaccount|serviceaccount(?:\.gcp)?)\.com$/u.test(name.slice(0, 400)) ||
    name.startsWith('system:') ||
    name.startsWith('service-agent-manager@')
  );
}

/**
 * A federated identity: `principal://iam.googleapis.com/projects/…/workloadIdentityPools/<pool>/subject/<subject>` of a
 * workload, `…/locations/global/workforcePools/<pool>/subject/<subject>` of a person.
 */
function ofFederated(principal: string): Who {
  const subject = textOf(/\/subject\/(.+)$/u.exec(principal)?.[1]);
  const name = subject ?? principal;
  const isPerson = principal.includes('/workforcePools/');
  const email = isPerson && isAddress(name) ? name : undefined;
  return {
    ...nobody,
    actor: {
      type: isPerson ? 'person' : principal.includes('/workloadIdentityPools/') ? 'workload' : 'unknown',
      id: principal,
      name,
      ...(email === undefined ? {} : { email }),
    },
    identity: { type: isPerson ? 'workforce-identity' : 'workload-identity', id: principal, provider: 'gcp' },
    subject: isPerson ? undefined : subject,
  };
}

/** The serial port is opened with a key of OS Login, whose user stands in the request alone. */
function ofSerialPort(payload: Dict): Who {
  const name = textOf(dictOf(payload.request)?.username);
  if (name === undefined || !/(?:^|-)ssh-serialport\./u.test(textOf(payload.serviceName) ?? ''))
    return nobody;
  return {
    ...nobody,
    actor: { type: 'person', id: name, name, account: { system: 'gcp-os-login', name } },
    identity: { type: 'os-login-account', id: name, provider: 'gcp' },
  };
}

/** Who used the service account: those who were let in before, the first of them first. */
function callers(info: Dict): readonly OwnerLead[] {
  return listOf(info.serviceAccountDelegationInfo)
    .map(dictOf)
    .map(
      (one) =>
        textOf(dictOf(one?.firstPartyPrincipal)?.principalEmail) ??
        plainSubject(textOf(one?.principalSubject)),
    )
    .filter((name) => name !== undefined)
    .filter((name) => isAddress(name) && !isServiceAccount(name))
    .slice(0, callersMax)
    .map((email) => ({ kind: 'session-caller', email }));
}

/** `ana@example.com` of `user:ana@example.com`. */
function plainSubject(principal: string | undefined): string | undefined {
  return textOf(/^(?:user|serviceAccount):(.+)$/u.exec(principal ?? '')?.[1]);
}

function isAddress(text: string): boolean {
  return /^[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[^\s@<>.]{2,30}$/u.test(text);
}
