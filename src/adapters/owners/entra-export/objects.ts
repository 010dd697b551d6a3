import { type DirectoryEntry, directoryPeople } from '../../../core/directory-people.ts';
import type { OwnedThing } from '../../../core/owned-things.ts';
import type { OwnerRef, Person, Team } from '../../../core/owner.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

const prefix = 'entra-export';

/**
 * Users, service principals and applications as Microsoft Graph gives them (`{"value": […]}` or a list), and users as
 * rows of the portal's CSV. Told apart by their members: an application has `appId`.
 */
export function readObjects(documents: readonly unknown[]): {
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
  readonly things: readonly OwnedThing[];
} {
  const objects = documents.flatMap(flat);
  const applications = objects.filter((object) => textOf(object.appId) !== undefined);
  const users = objects.filter((object) => !applications.includes(object)).flatMap(entryOf);
  const people = directoryPeople(prefix, users);
  const ids = new Set(users.map(({ id }) => id));
  return { ...people, things: applications.map((application) => thingOf(application, ids)) };
}

function flat(document: unknown): readonly Dict[] {
  if (Array.isArray(document)) return document.flatMap(flat);
  const root = dictOf(document);
  if (root === undefined) return [];
  return Array.isArray(root.value) ? root.value.flatMap(flat) : [root];
}

function entryOf(user: Dict): readonly DirectoryEntry[] {
  const login = textOf(user.userPrincipalName);
  const id = textOf(user.id) ?? textOf(user.objectId) ?? login;
  if (id === undefined) return [];
  const proxies = listOf(user.proxyAddresses).flatMap((text) =>
    typeof text === 'string' && /^smtp:/iu.test(text) ? [text.slice(5)] : [],
  );
  const manager = dictOf(user.manager);
  const names = [login, id, textOf(user.onPremisesSamAccountName)];
  return [
    {
      id,
      name: textOf(user.displayName) ?? login ?? id,
      emails: [textOf(user.mail), isGuest(login) ? undefined : login, ...texts(user.otherMails), ...proxies],
      accounts: names.slice(0, 2).flatMap((name) => (name === undefined ? [] : [{ system: 'entra', name }])),
      names,
      team: textOf(user.department),
      manager:
        textOf(manager?.id) ??
        textOf(manager?.userPrincipalName) ??
        textOf(manager?.mail) ??
        textOf(user.manager) ??
        textOf(user.managerId),
      isActive: !isNo(user.accountEnabled),
      language: textOf(user.preferredLanguage),
      country: textOf(user.usageLocation),
    },
  ];
}

/** `ana_example.com#EXT#@tenant.onmicrosoft.com` reaches nobody. */
const isGuest = (login: string | undefined): boolean => login?.includes('#EXT#') === true;

/** The CSV writes `False`. What is left out says nothing. */
function isNo(value: unknown): boolean {
  return value === false || (typeof value === 'string' && /^(?:false|no|disabled)$/iu.test(value.trim()));
}

const texts = (value: unknown): readonly string[] => listOf(value).flatMap((item) => textOf(item) ?? []);

function thingOf(application: Dict, users: ReadonlySet<string>): OwnedThing {
  const appId = textOf(application.appId) ?? '';
  const names = [
    textOf(application.id),
    textOf(application.displayName),
    ...texts(application.servicePrincipalNames),
  ];
  const claims = listOf(application.owners).flatMap((item) => {
    const owner = ownerOf(item, users);
    return owner === undefined
      ? []
      : [{ kind: 'app-owner', owner, detail: 'The export of Entra lists this owner of the application.' }];
  });
  return {
    identity: { type: 'service-principal', id: appId, provider: 'entra' },
    names: names.filter((name) => name !== undefined),
    claims,
  };
}

/** An owner may itself be a service principal: nobody who can be asked. */
function ownerOf(item: unknown, users: ReadonlySet<string>): OwnerRef | undefined {
  const owner = dictOf(item);
  const id = textOf(owner?.id) ?? textOf(item);
  if (id !== undefined && users.has(id)) return { kind: 'person', id: `${prefix}:${id}` };
  const email = textOf(owner?.mail) ?? textOf(owner?.userPrincipalName);
  return email?.includes('@') === true && !isGuest(email) ? { kind: 'stranger', email } : undefined;
}
