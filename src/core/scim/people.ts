import { countryOfLanguage, countryPattern } from '../country.ts';
import { type DirectoryEntry, directoryPeople } from '../directory-people.ts';
import type { Json } from '../event.ts';
import type { Person, Team } from '../owner.ts';
import { fold } from '../people-index.ts';
import { enterpriseSchemaId, groupSchema, leaveSchemaId, type ScimUser, userSchema } from './resource.ts';

/** Under this name the people that were pushed stand in the list of people. */
export const pushedDirectory = 'scim';

/** What is stored of a pushed person or group. */
export type PushedEntry = {
  readonly id: string;
  readonly kind: 'user' | 'group';
  readonly isActive: boolean;
  readonly body: { readonly [key: string]: Json };
};

/**
 * People and teams of what was pushed. The department is the team; without one, the smallest group that lists the
 * person: groups that grant access have many. Every group is a team that others may name.
 */
export function pushedPeople(entries: readonly PushedEntry[]): {
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
} {
  const groups = entries.flatMap((entry) => {
    const parsed = entry.kind === 'group' && entry.isActive ? groupSchema.safeParse(entry.body) : undefined;
    return parsed?.success === true ? [{ id: entry.id, group: parsed.data }] : [];
  });
  const groupOf = new Map<string, string>();
  const bySize = groups.toSorted(
    (a, b) =>
      (a.group.members?.length ?? 0) - (b.group.members?.length ?? 0) ||
      (a.group.displayName < b.group.displayName ? -1 : 1),
  );
  for (const { group } of bySize) {
    for (const { value } of group.members ?? []) {
      if (!groupOf.has(value)) groupOf.set(value, group.displayName);
    }
  }
  const users = entries.flatMap((entry) =>
    entry.kind === 'user' ? entryOf(entry, groupOf.get(entry.id)) : [],
  );
  const { persons, teams } = directoryPeople(pushedDirectory, withoutReturned(users));
  const named = new Set(teams.map(({ id }) => id));
  const others = groups
    .map(({ group }) => ({
      id: `${pushedDirectory}:${fold(group.displayName)}`,
      name: group.displayName,
      handles: [],
    }))
    .filter(({ id }) => !named.has(id));
  return { persons, teams: [...teams, ...new Map(others.map((team) => [team.id, team])).values()] };
}

/** Providers delete and add again: whoever is here under the same name or address has come back. */
function withoutReturned(users: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  const here = new Set(users.filter(({ isActive }) => isActive).flatMap(namesOf));
  return users.filter((user) => user.isActive || !namesOf(user).some((name) => here.has(name)));
}

const namesOf = ({ emails }: DirectoryEntry): readonly string[] =>
  emails.flatMap((email) => (email === undefined ? [] : [fold(email)]));

/** Bodies never change: what was read of one is read once. */
const read = new WeakMap<object, ScimUser>();

function userOf(body: PushedEntry['body']): ScimUser | undefined {
  const known = read.get(body);
  if (known !== undefined) return known;
  const parsed = userSchema.safeParse(body);
  if (parsed.success) read.set(body, parsed.data);
  return parsed.data;
}

function entryOf(entry: PushedEntry, group: string | undefined): readonly DirectoryEntry[] {
  const user = userOf(entry.body);
  if (user === undefined) return [];
  const { userName, displayName, name, emails = [], externalId, timezone, preferredLanguage, locale } = user;
  const enterprise = user[enterpriseSchemaId];
  const full = [name?.givenName, name?.familyName].filter((part) => part !== undefined && part !== '');
  const sorted = emails.toSorted((a, b) => Number(b.primary === true) - Number(a.primary === true));
  return [
    {
      id: entry.id,
      name: displayName ?? name?.formatted ?? (full.length > 0 ? full.join(' ') : userName),
      emails: [...sorted.map(({ value }) => value), userName],
      accounts: [{ system: pushedDirectory, name: userName }],
      names: [externalId, enterprise?.employeeNumber],
      team: enterprise?.department ?? group,
      manager: enterprise?.manager?.value,
      isActive: entry.isActive,
      timeZone: timezone,
      language: preferredLanguage ?? locale?.replace('_', '-'),
      country: countryOf(user) ?? countryOfLanguage(locale?.replace('_', '-')),
      away: user[leaveSchemaId]?.away ?? [],
    },
  ];
}

/** Of the address at work; providers write a code (RFC 7643, 4.1.2), and what is none is left out. */
function countryOf({ addresses = [] }: ScimUser): string | undefined {
  const rank = ({ type, primary }: (typeof addresses)[number]) =>
    (type?.toLowerCase() === 'work' ? 2 : 0) + (primary === true ? 1 : 0);
  const [best] = addresses
    .filter(({ country }) => countryPattern.test(country?.trim().toUpperCase() ?? ''))
    .toSorted((a, b) => rank(b) - rank(a));
  return best?.country?.trim().toUpperCase();
}
