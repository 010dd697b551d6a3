import type { Actor, Identity } from '../../../core/event.ts';
import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';
import { hashedText, type VaultEntry } from './schema.ts';

export type Who = {
  readonly actor: Actor;
  readonly identity: Identity | undefined;
  /** The hashed accessor of the token that was used or made. */
  readonly session: string | undefined;
};

/** Ways to log in, as their mounts are usually called, by who comes that way. */
const people = new Set(['userpass', 'ldap', 'oidc', 'github', 'okta', 'radius', 'saml', 'kerberos']);
const workloads = new Set([
  'approle',
  'kubernetes',
  'aws',
  'gcp',
  'azure',
  'cert',
  'alicloud',
  'oci',
  'cf',
  'jwt',
]);
/** Systems in which the same name is an account. */
const systems: Readonly<Record<string, string>> = { github: 'github', okta: 'okta' };

/**
 * Who acted. A display name is `<mount>-<name>`; those of a bare token say nothing of anybody. On a refused request
 * Vault leaves all of it out.
 */
export function readWho(entry: VaultEntry): Who {
  const { auth, request, response } = entry;
  const given = dictOf(response.auth);
  const isLogin = /^auth\/.+\/(?:login|callback)(?:\/|$)/u.test(textOf(request.path) ?? '');
  // Who logs in has no token yet: only the answer says who it is.
  const holder = isLogin && given !== undefined && !isNamed(auth) ? given : auth;
  const session = hashedText(given?.accessor) ?? hashedText(auth.accessor);
  const entity = textOf(holder.entity_id);
  const found = nameIn(holder, isLogin ? textOf(request.mount_type) : undefined);
  if (found === undefined) {
    const identity: Identity | undefined =
      entity === undefined ? undefined : { type: 'vault-entity', id: entity, provider: 'vault' };
    const actor: Actor = entity === undefined ? { type: 'unknown' } : { type: 'unknown', id: entity };
    return { actor, identity, session };
  }
  const { type, name, email, system } = found;
  return {
    actor: {
      type,
      id: entity ?? name,
      name,
      account: { system, name },
      ...(email === undefined ? {} : { email }),
    },
    identity: {
      type: entity === undefined ? 'vault-token' : 'vault-entity',
      id: entity ?? textOf(holder.display_name) ?? name,
      provider: 'vault',
    },
    session,
  };
}

type Found = {
  readonly type: Actor['type'];
  readonly name: string;
  readonly email: string | undefined;
  readonly system: string;
};

function isNamed(auth: Dict): boolean {
  return nameIn(auth, undefined) !== undefined;
}

function nameIn(auth: Dict, mountType: string | undefined): Found | undefined {
  const metadata = dictOf(auth.metadata) ?? {};
  const display = textOf(auth.display_name);
  const [, mount = '', shown] = /^([a-z\d_]+)-(.+)$/u.exec(display ?? '') ?? [];
  const way = mountType ?? mount;
  const account = textOf(metadata.service_account_name);
  const space = textOf(metadata.service_account_namespace);
  const role = textOf(metadata.role_name);
  const listed = [textOf(metadata.email), textOf(metadata.username), shown].find((one) => isAddress(one));
  if (account !== undefined)
    return {
      type: 'workload',
      name: space === undefined ? account : `${space}/${account}`,
      email: undefined,
      system: 'vault',
    };
  const isMachine = workloads.has(way) || workloads.has(display ?? '');
  if (isMachine) {
    const name = role ?? shown ?? textOf(metadata.role);
    return name === undefined ? undefined : { type: 'workload', name, email: undefined, system: 'vault' };
  }
  const name = textOf(metadata.username) ?? listed ?? shown;
  if (name === undefined) return undefined;
  const isPerson = people.has(way) || listed !== undefined;
  return { type: isPerson ? 'person' : 'unknown', name, email: listed, system: systems[way] ?? 'vault' };
}

function isAddress(text: string | undefined): boolean {
  return text !== undefined && /^[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[^\s@<>.]{2,30}$/u.test(text);
}
