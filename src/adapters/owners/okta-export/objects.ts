import { type DirectoryEntry, directoryPeople } from '../../../core/directory-people.ts';
import type { OwnedThing, OwnerClaim } from '../../../core/owned-things.ts';
import type { Person, Team } from '../../../core/owner.ts';
import { ownerOfText } from '../../../core/owner-text.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

const prefix = 'okta-export';

/** Statuses in which nobody can be asked: deactivated, and suspended until somebody says otherwise. */
const gone = new Set(['DEPROVISIONED', 'DEACTIVATED', 'SUSPENDED', 'INACTIVE']);

/**
 * Users and applications as Okta's API gives them (lists), and users as rows of the console's CSV. Told apart by their
 * members: an application has `label` and `signOnMode`, or credentials of a client.
 */
export function readObjects(documents: readonly unknown[]): {
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
  readonly things: readonly OwnedThing[];
} {
  const objects = documents.flatMap((document) => (Array.isArray(document) ? document : [document]));
  const dicts = objects.flatMap((object: unknown): readonly Dict[] => {
    const dict = dictOf(object);
    return dict === undefined ? [] : [dict];
  });
  const applications = dicts.filter(isApplication);
  const users = dicts.filter((object) => !isApplication(object)).flatMap(entryOf);
  return { ...directoryPeople(prefix, users), things: applications.map(thingOf) };
}

const isApplication = (object: Dict): boolean =>
  textOf(object.label) !== undefined || clientId(object) !== undefined;

const clientId = (object: Dict): string | undefined =>
  textOf(dictOf(dictOf(object.credentials)?.oauthClient)?.client_id) ?? textOf(object.client_id);

function entryOf(user: Dict): readonly DirectoryEntry[] {
  // The CSV has the members of the profile as columns.
  const profile = dictOf(user.profile) ?? user;
  const login = textOf(profile.login);
  const id = textOf(user.id) ?? login ?? textOf(profile.email);
  if (id === undefined) return [];
  const full = [textOf(profile.firstName), textOf(profile.lastName)].filter((part) => part !== undefined);
  const status = (textOf(user.status) ?? '').trim().toUpperCase();
  return [
    {
      id,
      name: textOf(profile.displayName) ?? (full.length > 0 ? full.join(' ') : (login ?? id)),
      emails: [textOf(profile.email), login, textOf(profile.secondEmail)],
      accounts: [login, id].flatMap((name) => (name === undefined ? [] : [{ system: 'okta', name }])),
      names: [textOf(profile.employeeNumber)],
      team: textOf(profile.department),
      manager: textOf(profile.managerId) ?? textOf(profile.manager),
      isActive: !gone.has(status),
      timeZone: textOf(profile.timezone),
      country: textOf(profile.countryCode),
      language: textOf(profile.preferredLanguage) ?? textOf(profile.locale)?.replace('_', '-'),
    },
  ];
}

function thingOf(application: Dict): OwnedThing {
  const profile = dictOf(application.profile) ?? {};
  const given = [profile.owner, profile.ownerEmail, ...listOf(application.owners), application.owner];
  const claims = given.flatMap((item): readonly OwnerClaim[] => {
    const text = textOf(item) ?? textOf(dictOf(item)?.email) ?? textOf(dictOf(item)?.login);
    const owner = text === undefined ? undefined : ownerOfText(text);
    return owner === undefined
      ? []
      : [{ kind: 'app-owner', owner, detail: 'The export of Okta lists this owner of the application.' }];
  });
  const client = clientId(application);
  const id = textOf(application.id) ?? client ?? textOf(application.label) ?? '';
  const names = [client, textOf(application.label), textOf(application.name)];
  return {
    identity: { type: 'application', id, provider: 'okta' },
    names: names.filter((name) => name !== undefined),
    claims,
  };
}
