import { countryPattern } from './country.ts';
import type { Leave } from './leave.ts';
import type { Person, Team } from './owner.ts';
import { fold } from './people-index.ts';

/** A person as an export or a push of an identity provider has it, before names are looked up in the same list. */
export type DirectoryEntry = {
  /** The provider's own id; unique in its list. */
  readonly id: string;
  readonly name: string;
  readonly emails: readonly (string | undefined)[];
  readonly accounts: Person['accounts'];
  /** What others call this person as a manager, beside id, addresses and account names. */
  readonly names?: readonly (string | undefined)[];
  /** Department or team, as people read it. */
  readonly team?: string | undefined;
  /** Id, address or login. */
  readonly manager?: string | undefined;
  readonly isActive: boolean;
  readonly timeZone?: string | undefined;
  readonly language?: string | undefined;
  readonly country?: string | undefined;
  /** A stand-in is named as a manager is. */
  readonly away?: readonly Leave[];
};

/** Made by hand: a pattern that is linear and refuses what no mail reaches. */
const address = /^[^\s<>"(),:;@\\[\]\p{Cc}\p{Cf}]{1,64}@[\p{L}\p{N}.-]{1,190}$/u;

/**
 * People and teams of one directory. Ids carry the directory's name, since two providers may use the same; what is no
 * address, time zone or language is left out rather than the person.
 */
export function directoryPeople(
  directory: string,
  entries: readonly DirectoryEntry[],
): { readonly persons: readonly Person[]; readonly teams: readonly Team[] } {
  const named = new Map<string, string>();
  for (const entry of entries) {
    for (const name of [...entry.emails, ...entry.accounts.map((one) => one.name), ...(entry.names ?? [])]) {
      if (name !== undefined && !named.has(fold(name))) named.set(fold(name), entry.id);
    }
  }
  // An id is surer than a name that is spelt the same.
  for (const { id } of entries) named.set(fold(id), id);
  const teams = new Map<string, Team>();
  const persons = entries.map((entry): Person => {
    const teamName = entry.team?.trim() ?? '';
    const team = teamName === '' ? undefined : `${directory}:${fold(teamName)}`;
    if (team !== undefined && !teams.has(team)) teams.set(team, { id: team, name: teamName, handles: [] });
    const manager = entry.manager === undefined ? undefined : named.get(fold(entry.manager));
    return {
      id: `${directory}:${entry.id}`,
      name: entry.name,
      emails: addressesOf(entry.emails),
      accounts: entry.accounts.filter(({ name }) => name.trim() !== ''),
      ...(team === undefined ? {} : { team }),
      ...(manager === undefined || manager === entry.id ? {} : { manager: `${directory}:${manager}` }),
      isActive: entry.isActive,
      ...(isTimeZone(entry.timeZone) ? { timeZone: entry.timeZone } : {}),
      ...(isLanguage(entry.language) ? { language: entry.language } : {}),
      isDuty: false,
      ...(countryPattern.test(entry.country ?? '') ? { country: entry.country ?? '' } : {}),
      ...awayOf(directory, entry, named),
    };
  });
  return { persons, teams: [...teams.values()] };
}

/** A stand-in whom the directory does not know is nobody: the leave stays. */
function awayOf(
  directory: string,
  { id, away = [] }: DirectoryEntry,
  named: ReadonlyMap<string, string>,
): Pick<Person, 'away'> {
  if (away.length === 0) return {};
  return {
    away: away.map(({ standIn, ...days }): Leave => {
      const found = standIn === undefined ? undefined : named.get(fold(standIn));
      return found === undefined || found === id ? days : { ...days, standIn: `${directory}:${found}` };
    }),
  };
}

function addressesOf(texts: readonly (string | undefined)[]): readonly string[] {
  const found = texts.flatMap((text) => {
    const email = text?.trim().toLowerCase() ?? '';
    return address.test(email) ? [email] : [];
  });
  return [...new Set(found)];
}

function isLanguage(text: string | undefined): text is string {
  return text !== undefined && /^[a-z]{2,3}(?:-[A-Za-z]{2,4})?$/u.test(text);
}

function isTimeZone(text: string | undefined): text is string {
  if (text === undefined || !/^[A-Za-z_]+(?:\/[A-Za-z_+\-\d]+){0,2}$/u.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    // A RangeError is how Intl says no.
    return false;
  }
}
