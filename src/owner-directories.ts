import { type OwnerSettings, ownerDirectories } from './adapters/readers.ts';
import { AppError } from './core/errors.ts';
import { mergePeople, type PeopleConflict, type PeopleOf } from './core/merge-people.ts';
import type { OwnerDirectory, People } from './ports/owner-directory.ts';

/** Everything that is known about owners, over all directories. */
export type Owners = {
  readonly directories: readonly OwnerDirectory[];
  /** Undefined while no directory knows anybody: then strangers may be owners. Always the latest state. */
  readonly people: () => People | undefined;
  /** Where directories disagreed at the last look. */
  readonly conflicts: () => readonly PeopleConflict[];
  /** Puts people that came over the network beside, or instead of, those of the same directory. */
  readonly replace: (people: PeopleOf) => void;
};

/**
 * Opens every directory for which something is configured, and one list of people over all of them.
 *
 * @throws AppError `bad-config` for files under an id that no directory has, and what the directories say
 */
export async function openOwners(settings: OwnerSettings): Promise<Owners> {
  const known = ownerDirectories.map(({ id }) => id);
  for (const id of Object.keys(settings.files ?? {})) {
    if (known.includes(id)) continue;
    throw new AppError(
      'bad-config',
      `owners.${id}: no directory is called so; known are ${known.join(', ')}`,
    );
  }
  const opened = await Promise.all(ownerDirectories.map((adapter) => adapter.open(settings)));
  const directories = opened.filter((directory) => directory !== undefined);
  const fixed = directories.flatMap(({ id, people }): readonly PeopleOf[] =>
    people === undefined ? [] : [{ directory: id, persons: people.all(), teams: people.teams() }],
  );
  const later = new Map<string, PeopleOf>();
  const merge = () => mergePeople([...fixed, ...later.values()]);
  let merged = merge();
  const people = live(() => merged.people);
  return {
    directories,
    people: () => (fixed.length > 0 || merged.people.all().length > 0 ? people : undefined),
    conflicts: () => merged.conflicts,
    replace: (given) => {
      later.set(given.directory, given);
      merged = merge();
    },
  };
}

/** The same object for ever, whatever the list behind it is by now. */
function live(now: () => People): People {
  return {
    person: (id) => now().person(id),
    team: (id) => now().team(id),
    byEmail: (email) => now().byEmail(email),
    byAccount: (system, name) => now().byAccount(system, name),
    teamByHandle: (handle) => now().teamByHandle(handle),
    find: (text) => now().find(text),
    duty: () => now().duty(),
    all: () => now().all(),
    teams: () => now().teams(),
  };
}

/** The files of each directory, as the configuration names them. */
export function ownerFiles(config: {
  readonly owners: Readonly<Record<string, { readonly files: readonly string[] }>>;
}): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(config.owners).map(([id, { files }]) => [id, files]));
}
