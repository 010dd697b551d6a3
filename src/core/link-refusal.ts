import type { PeopleOf } from './merge-people.ts';
import type { Person } from './owner.ts';
import { fold } from './people-index.ts';

/** What an operator says of one entry of one directory: this address or account is not theirs. */
export type LinkRefusal = {
  readonly directory: string;
  /** Id of the entry in that directory. */
  readonly entry: string;
  /** `linkKey` of the address or account. */
  readonly account: string;
};

/** The system under which addresses stand among accounts. */
export const emailSystem = 'email';

export function linkKey(system: string, name: string): string {
  return `${fold(system)} ${fold(name)}`;
}

export type Link = { readonly system: string; readonly name: string };

/** Addresses and accounts of one entry, addresses first. */
export function linksOf({ emails, accounts }: Pick<Person, 'emails' | 'accounts'>): readonly Link[] {
  return [...emails.map((name) => ({ system: emailSystem, name })), ...accounts];
}

/** The lists as they are without what operators refused. */
export function withoutRefused(
  lists: readonly PeopleOf[],
  refused: readonly LinkRefusal[],
): readonly PeopleOf[] {
  if (refused.length === 0) return lists;
  const byEntry = Map.groupBy(refused, ({ directory, entry }) => `${directory} ${entry}`);
  return lists.map((list) => ({
    ...list,
    persons: list.persons.map((person) => {
      const own = byEntry.get(`${list.directory} ${person.id}`);
      if (own === undefined) return person;
      const gone = new Set(own.map(({ account }) => account));
      return {
        ...person,
        emails: person.emails.filter((email) => !gone.has(linkKey(emailSystem, email))),
        accounts: person.accounts.filter(({ system, name }) => !gone.has(linkKey(system, name))),
      };
    }),
  }));
}
