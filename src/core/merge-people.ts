import type { Leave } from './leave.ts';
import type { Person, Team } from './owner.ts';
import { accountKey, fold, handleKey, type IndexedPeople, indexPeople } from './people-index.ts';

/** What one directory knows of people and teams. */
export type PeopleOf = {
  readonly directory: string;
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
};

/** Two directories disagree, and one of them was believed. */
export type PeopleConflict = {
  readonly directory: string;
  /** The entry that was not believed wholly. */
  readonly id: string;
  readonly detail: string;
};

export type MergedPeople = {
  readonly people: IndexedPeople;
  readonly conflicts: readonly PeopleConflict[];
};

/**
 * One list of people and teams over all directories, which stand in order of trust.
 *
 * - Two entries are one person when they share an id, an e-mail address or an account. A name is never enough.
 * - Id, name, team, manager, time zone, language and country come from the first directory that says them; addresses,
 *   accounts, leaves and the duty role are joined.
 * - Whoever left in one directory has left: a leaver who is written to is worse than a colleague who is asked.
 * - An entry whose addresses or accounts belong to two persons joins the one whom its id, then its first address, then
 *   its first account names; what belongs to the other stays theirs. That is a conflict, and is said.
 * - Two teams are one when they share an id, a handle, an address or a name.
 */
export function mergePeople(given: readonly PeopleOf[]): MergedPeople {
  const conflicts: PeopleConflict[] = [];
  const teams = mergeTeams(given);
  const otherTeams = new Map([...teams.idOf].filter(([from, to]) => from !== to));
  const drafts: Draft[] = [];
  const holder = new Map<string, Draft>();
  for (const { directory, persons } of given) {
    for (const person of persons) {
      const keys = keysOf(person);
      const found = new Set(keys.flatMap((key) => holder.get(key) ?? []));
      const [draft = newDraft(person), ...others] = found;
      if (found.size === 0) drafts.push(draft);
      const taken = keys.filter((key) => others.includes(holder.get(key) ?? draft));
      if (taken.length > 0) {
        const detail = `shares an address, account or id with ${draft.id} and ${others.map(({ id }) => id).join(', ')}`;
        conflicts.push({ directory, id: person.id, detail });
      }
      for (const key of keys) if (!holder.has(key)) holder.set(key, draft);
      take(draft, person, (key) => holder.get(key) === draft);
    }
  }
  const otherPersons = new Map(
    drafts.flatMap((draft) => draft.ids.filter((id) => id !== draft.id).map((id) => [id, draft.id] as const)),
  );
  const idOf = (id: string): string => otherPersons.get(id) ?? id;
  const persons = drafts.map((draft) => personOf(draft, idOf, (team) => teams.idOf.get(team) ?? team));
  return { people: indexPeople(persons, teams.all, { persons: otherPersons, teams: otherTeams }), conflicts };
}

type Draft = {
  readonly id: string;
  readonly ids: string[];
  readonly name: string;
  readonly emails: Map<string, string>;
  readonly accounts: Map<string, Person['accounts'][number]>;
  team: string | undefined;
  manager: string | undefined;
  timeZone: string | undefined;
  language: string | undefined;
  country: string | undefined;
  away: readonly Leave[];
  isActive: boolean;
  isDuty: boolean;
};

function newDraft({ id, name }: Person): Draft {
  return {
    id,
    ids: [],
    name,
    emails: new Map(),
    accounts: new Map(),
    team: undefined,
    manager: undefined,
    timeZone: undefined,
    language: undefined,
    country: undefined,
    away: [],
    isActive: true,
    isDuty: false,
  };
}

const emailKey = (email: string): string => `email ${fold(email)}`;
const holdKey = ({ system, name }: Person['accounts'][number]): string =>
  `account ${accountKey(system, name)}`;

/** In the order in which they decide. */
function keysOf(person: Person): readonly string[] {
  return [`id ${person.id}`, ...person.emails.map(emailKey), ...person.accounts.map(holdKey)];
}

function take(draft: Draft, person: Person, isOwn: (key: string) => boolean): void {
  if (!draft.ids.includes(person.id)) draft.ids.push(person.id);
  for (const email of person.emails) {
    if (isOwn(emailKey(email)) && !draft.emails.has(fold(email))) draft.emails.set(fold(email), email);
  }
  for (const account of person.accounts) {
    const key = holdKey(account);
    if (isOwn(key) && !draft.accounts.has(key)) draft.accounts.set(key, account);
  }
  draft.team ??= person.team;
  draft.manager ??= person.manager;
  draft.timeZone ??= person.timeZone;
  draft.language ??= person.language;
  draft.country ??= person.country;
  // Whoever is away in one directory is away.
  draft.away = [...draft.away, ...(person.away ?? [])];
  draft.isActive &&= person.isActive;
  draft.isDuty ||= person.isDuty;
}

function personOf(draft: Draft, idOf: (id: string) => string, teamOf: (id: string) => string): Person {
  const { id, name, team, timeZone, language, country, isActive, isDuty } = draft;
  const away = draft.away.map(({ standIn, ...days }): Leave => {
    return standIn === undefined ? days : { ...days, standIn: idOf(standIn) };
  });
  const manager = draft.manager === undefined ? undefined : idOf(draft.manager);
  return {
    id,
    name,
    emails: [...draft.emails.values()],
    accounts: [...draft.accounts.values()],
    ...(team === undefined ? {} : { team: teamOf(team) }),
    // Their own manager in one directory is a mistake in it.
    ...(manager === undefined || manager === id ? {} : { manager }),
    isActive,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(language === undefined ? {} : { language }),
    isDuty,
    ...(country === undefined ? {} : { country }),
    ...(away.length === 0 ? {} : { away }),
  };
}

type MergedTeams = { readonly all: readonly Team[]; readonly idOf: ReadonlyMap<string, string> };

function mergeTeams(given: readonly PeopleOf[]): MergedTeams {
  const all = new Map<string, Team>();
  const holder = new Map<string, string>();
  const idOf = new Map<string, string>();
  for (const team of given.flatMap(({ teams }) => teams)) {
    const keys = [
      `id ${team.id}`,
      ...team.handles.map((handle) => `handle ${handleKey(handle)}`),
      ...(team.email === undefined ? [] : [emailKey(team.email)]),
      `name ${fold(team.name)}`,
    ];
    const id = keys.map((key) => holder.get(key)).find((known) => known !== undefined) ?? team.id;
    idOf.set(team.id, id);
    for (const key of keys) if (!holder.has(key)) holder.set(key, id);
    const known = all.get(id);
    const handles = [...(known?.handles ?? []), ...team.handles];
    const email = known?.email ?? team.email;
    all.set(id, {
      id,
      name: known?.name ?? team.name,
      ...(email === undefined ? {} : { email }),
      // The first spelling stays.
      handles: [
        ...new Map(handles.toReversed().map((handle) => [handleKey(handle), handle])).values(),
      ].toReversed(),
    });
  }
  return { all: [...all.values()], idOf };
}
