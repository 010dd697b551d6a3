import type { Person, Team } from './owner.ts';

/** People and teams in memory, found by any of their names in constant time. */
export type IndexedPeople = {
  person(id: string): Person | undefined;
  team(id: string): Team | undefined;
  byEmail(email: string): Person | undefined;
  byAccount(system: string, name: string): Person | undefined;
  teamByHandle(handle: string): Team | undefined;
  find(text: string): Person | undefined;
  duty(): readonly Person[];
  all(): readonly Person[];
  teams(): readonly Team[];
};

/** Further ids under which a person or team goes. */
export type OtherIds = {
  readonly persons: ReadonlyMap<string, string>;
  readonly teams: ReadonlyMap<string, string>;
};
const noOtherIds: OtherIds = { persons: new Map(), teams: new Map() };

export function indexPeople(
  persons: readonly Person[],
  teams: readonly Team[],
  others: OtherIds = noOtherIds,
): IndexedPeople {
  const byId = new Map(persons.map((person) => [person.id, person]));
  const byEmail = new Map(persons.flatMap((person) => person.emails.map((email) => [fold(email), person])));
  const byAccount = new Map(
    persons.flatMap((person) =>
      person.accounts.map((account) => [accountKey(account.system, account.name), person]),
    ),
  );
  const teamsById = new Map(teams.map((team) => [team.id, team]));
  const byHandle = new Map(teams.flatMap((team) => team.handles.map((handle) => [handleKey(handle), team])));
  // A catalogue and a label say `payments` where CODEOWNERS says `@acme/payments`.
  const byTeamName = new Map(teams.toReversed().map((team) => [fold(team.name), team]));
  const byText = groupByText(persons);
  const duty = persons.filter((person) => person.isDuty && person.isActive);
  return {
    person: (id) => byId.get(id) ?? byId.get(others.persons.get(id) ?? ''),
    team: (id) => teamsById.get(id) ?? teamsById.get(others.teams.get(id) ?? ''),
    byEmail: (email) => byEmail.get(fold(email)),
    byAccount: (system, name) => byAccount.get(accountKey(system, name)),
    teamByHandle: (handle) => byHandle.get(handleKey(handle)) ?? byTeamName.get(handleKey(handle)),
    find: (text) => {
      const exact = byId.get(text.trim());
      if (exact !== undefined) return exact;
      const fitting = byText.get(fold(text));
      return fitting?.size === 1 ? [...fitting][0] : undefined;
    },
    duty: () => duty,
    all: () => persons,
    teams: () => teams,
  };
}

function groupByText(persons: readonly Person[]): ReadonlyMap<string, ReadonlySet<Person>> {
  const groups = new Map<string, Set<Person>>();
  for (const person of persons) {
    const texts = [
      person.id,
      person.name,
      ...person.emails,
      ...person.accounts.map((account) => account.name),
    ];
    for (const text of texts) {
      const group = groups.get(fold(text)) ?? new Set();
      groups.set(fold(text), group.add(person));
    }
  }
  return groups;
}

/** Without case, outer blanks, a leading @ and differences of Unicode composition. */
export function fold(text: string): string {
  return text.normalize('NFC').trim().replace(/^@/u, '').toLowerCase();
}

export function accountKey(system: string, name: string): string {
  return `${fold(system)}:${fold(name)}`;
}

export const handleKey = fold;
