import type { Actor, Event, EventKind, Identity } from '../../../core/event.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { isAboutAccount } from './kind.ts';

const workloads =
  /^(?:SystemPrincipal|Application|App|AppInstance|ServiceApp|PublicClientApp|OAuthClient|Client|Agent|API ?Token|Token|Okta)$/iu;
const people = /^(?:User|AppUser|Admin)$/iu;
const accounts = /^(?:User|AppUser)$/iu;
const credentials = /^(?:Token|API ?Token|.*(?:Key|Secret|Credential|Factor|Authenticator).*)$/iu;
const email = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:.]+$/u;

/** Who did it. A request of which only the address is known has no one. */
export function actorOf(value: unknown): Actor {
  const actor = dictOf(value);
  const type = textOf(actor?.type) ?? '';
  if (actor === undefined || /^ip address$/iu.test(type)) return { type: 'unknown' };
  const id = said(actor.id);
  const login = said(actor.alternateId);
  const name = said(actor.displayName);
  if (id === undefined && login === undefined && name === undefined) return { type: 'unknown' };
  const isPerson = people.test(type);
  return {
    // A service application that holds an administrator's role is a user whose login is the id of an application.
    type:
      isPerson && !/^0oa[\dA-Za-z]{10,}$/u.test(login ?? '')
        ? 'person'
        : isPerson || workloads.test(type)
          ? 'workload'
          : 'unknown',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(login !== undefined && email.test(login) && isPerson ? { email: login } : {}),
    ...(login === undefined ? {} : { account: { system: 'okta', name: login } }),
  };
}

/**
 * Whose account: a password that an administrator resets is the other's, and so is an account that is disabled.
 * Otherwise what the actor used.
 */
export function identityOf(kind: EventKind, log: Dict): Identity | undefined {
  const targets = listOf(log.target).filter(isDict);
  if (isAboutAccount(kind)) {
    const target = targets.find((one) => accounts.test(typeOf(one))) ?? targets[0];
    const found = target === undefined ? undefined : identityFrom(target);
    if (found !== undefined) return found;
  }
  const actor = dictOf(log.actor);
  if (actor !== undefined)
    return /^ip address$/iu.test(textOf(actor.type) ?? '') ? undefined : identityFrom(actor);
  const account = targets.find((target) => accounts.test(typeOf(target)));
  return account === undefined ? undefined : identityFrom(account);
}

/**
 * What was reached for: the credential that was made or removed, by its id, so that both meet; else an application,
 * of a token its scopes, or what is not a person's account.
 */
export function resourceOf(kind: EventKind, log: Dict, identity: Identity | undefined): Event['resource'] {
  const targets = listOf(log.target).filter(isDict);
  if (kind === 'credential.created' || kind === 'credential.removed') {
    const target = targets.find((one) => credentials.test(typeOf(one)));
    const id = said(target?.id) ?? said(target?.displayName);
    if (target !== undefined && id !== undefined) return { type: kebab(typeOf(target)), id };
  }
  const applications = targets.filter((target) => /^App(?:Instance|lication)?$/iu.test(typeOf(target)));
  const scopes = kind === 'token.issued' && applications.length === 0 ? scopesOf(log) : undefined;
  if (scopes !== undefined) return { type: 'oauth-scopes', id: scopes };
  const places = [...applications, ...targets.filter((target) => !accounts.test(typeOf(target))), ...targets];
  for (const target of places) {
    const id = said(target.displayName) ?? said(target.alternateId) ?? said(target.id);
    const isIdentity = identity !== undefined && identityFrom(target)?.id === identity.id;
    if (id !== undefined && !isIdentity) return { type: kebab(typeOf(target)), id };
  }
  return undefined;
}

/** In one order, whatever order they were asked for in. */
function scopesOf(log: Dict): string | undefined {
  const data = dictOf(dictOf(log.debugContext)?.debugData);
  const scopes = textOf(data?.grantedScopes) ?? textOf(data?.requestedScopes);
  const names = scopes?.split(/[\s,]+/u).filter((name) => name !== '') ?? [];
  return names.length === 0 ? undefined : [...new Set(names)].toSorted().join(' ');
}

function identityFrom(entity: Dict): Identity | undefined {
  const type = typeOf(entity);
  const login = said(entity.alternateId);
  const id = accounts.test(type) ? (login ?? said(entity.id)) : (said(entity.id) ?? login);
  if (id === undefined) return undefined;
  return { type: kebab(type), id, provider: 'okta' };
}

function typeOf(entity: Dict): string {
  return textOf(entity.type) ?? 'account';
}

/** `unknown` is how Okta writes that it does not know. */
function said(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  return text === undefined || text === '' || /^(?:unknown|null)$/iu.test(text) ? undefined : text;
}

/** `AppInstance` → `app-instance`: the vendor's word in our spelling; what is no word of a vendor is an `entity`. */
function kebab(type: string): string {
  if (!/^[A-Za-z]{1,30}(?: [A-Za-z]{1,30})?$/u.test(type)) return 'entity';
  return type
    .replace(/([a-z])([A-Z])/gu, '$1-$2')
    .replace(' ', '-')
    .toLowerCase();
}
