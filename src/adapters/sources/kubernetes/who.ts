import type { Actor, Identity, OwnerLead } from '../../../core/event.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';

export type Who = {
  readonly actor: Actor;
  readonly identity?: Identity;
  readonly leads: readonly OwnerLead[];
};

const nobody: Who = { actor: { type: 'unknown' }, leads: [] };
const unauthenticated = new Set(['system:anonymous', 'system:unauthenticated']);
/** People use these too. */
const sharedLogins = new Set(['system:admin', 'system:masters']);

/**
 * Who asked, and as which account. A user that impersonates another (Impersonate-User) is the actor, the other account
 * the identity. Without authentication nobody is named.
 */
export function whoOf(audit: Dict): Who {
  const user = dictOf(audit.user);
  const actor = actorOf(textOf(user?.username));
  if (actor === undefined) return nobody;
  const used = textOf(dictOf(audit.impersonatedUser)?.username) ?? textOf(user?.username);
  return {
    actor,
    ...(used === undefined ? {} : { identity: identityOf(used) }),
    leads: callerLeads(user),
  };
}

/** The forms of a user name: https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
function actorOf(username: string | undefined): Actor | undefined {
  if (username === undefined || username.trim() === '' || unauthenticated.has(username)) return undefined;
  const named = { id: username, account: { system: 'kubernetes', name: username } };
  const account = serviceAccountOf(username);
  if (account !== undefined) return { type: 'workload', ...named, name: account };
  const node = /^system:node:(.+)$/u.exec(username)?.[1];
  if (node !== undefined) return { type: 'workload', ...named, name: node };
  if (/^(?:system|eks|aks|gke):/u.test(username) && !sharedLogins.has(username))
    return { type: 'workload', ...named, name: username };
  const email = emailOf(username);
  if (email !== undefined) return { type: isWorkloadAddress(email) ? 'workload' : 'person', ...named, email };
  // A certificate, an ARN or an id of a directory: of a person or a program, the log does not say.
  return { type: 'unknown', ...named, name: username };
}

export function serviceAccountOf(username: string): string | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/u.exec(username);
  return match === null ? undefined : `${match[1]}/${match[2]}`;
}

function identityOf(username: string): Identity {
  const type =
    serviceAccountOf(username) !== undefined
      ? 'service-account'
      : username.startsWith('system:node:')
        ? 'node'
        : 'cluster-account';
  return { type, id: username, provider: 'kubernetes' };
}

/** With a prefix of the installation's choice before it (`oidc:ana@example.com`), or as the session of a role. */
function emailOf(username: string): string | undefined {
  return /^(?:.*[:#/])?([^\s:#/@]+@[^\s:#/@]+\.[^\s:#/@.]+)$/u.exec(username.slice(0, 300))?.[1];
}

function isWorkloadAddress(email: string): boolean {
  return email.endsWith('.gserviceaccount.com');
}

/** EKS tells which session of the cloud stands behind an account of the cluster. */
function callerLeads(user: Dict | undefined): readonly OwnerLead[] {
  const extra = user?.extra;
  if (!isDict(extra)) return [];
  const arn = textOf(listOf(extra.arn)[0]);
  if (arn === undefined) return [];
  const email = emailOf(arn);
  return [
    {
      kind: 'session-caller',
      account: { system: 'aws', name: arn },
      ...(email === undefined ? {} : { email }),
    },
  ];
}
