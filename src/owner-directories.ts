import { type OwnerSettings, ownerDirectories } from './adapters/readers.ts';
import { AppError } from './core/errors.ts';
import { emailSystem, type LinkRefusal, linkKey, withoutRefused } from './core/link-refusal.ts';
import { mergePeople, type PeopleConflict, type PeopleOf } from './core/merge-people.ts';
import type { OwnerWeights } from './core/owner-weights.ts';
import { peopleEvidence } from './core/people-evidence.ts';
import { indexPeople } from './core/people-index.ts';
import type { OwnerDirectory, OwnerQuery, People } from './ports/owner-directory.ts';

/** Making such a list takes a tenth of a second, and a first push writes thousands of entries one after another. */
const longListMin = 2_000;
const oldMsMax = 2_000;

/** Everything that is known about owners, over all directories. */
export type Owners = {
  readonly directories: readonly OwnerDirectory[];
  /** Undefined while no directory knows anybody: then strangers may be owners. Always the latest state. */
  readonly people: () => People | undefined;
  /** People of files, as they were read at the start. */
  readonly fixed: readonly PeopleOf[];
  /** What each directory says by now, before any correction. */
  readonly lists: () => readonly PeopleOf[];
  /** Where directories disagree by now. */
  readonly conflicts: () => readonly PeopleConflict[];
  /**
   * The list of people is another one by now: it is made anew when it is asked next, a long one at most every two
   * seconds. `isUrgent`: nobody may be written to by the old one.
   */
  readonly changed: (isUrgent: boolean) => void;
};

/**
 * Opens every directory for which something is configured, and one list of people over all of them.
 *
 * @param pushed people that come over the network, as they are by now; they stand last
 * @param refused what operators say is not somebody's, whatever a directory says
 * @throws AppError `bad-config` for files under an id that no directory has, and what the directories say
 */
export async function openOwners(
  settings: OwnerSettings,
  pushed?: () => PeopleOf | undefined,
  refused: () => readonly LinkRefusal[] = () => [],
): Promise<Owners> {
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
  const lists = (): readonly PeopleOf[] => {
    const later = pushed?.();
    return later === undefined ? fixed : [...fixed, later];
  };
  const make = () => {
    const given = lists();
    const merged = mergePeople(withoutRefused(given, refused()));
    const later = given.length > fixed.length ? given.at(-1) : undefined;
    return { ...merged, pushed: indexPeople(later?.persons ?? [], later?.teams ?? []) };
  };
  let state: ReturnType<typeof make> | undefined;
  let madeAt = 0;
  let isOld = false;
  const now = (): ReturnType<typeof make> => {
    if (isOld && performance.now() - madeAt > oldMsMax) state = undefined;
    if (state !== undefined) return state;
    state = make();
    madeAt = performance.now();
    isOld = false;
    return state;
  };
  const people = live(() => now().people);
  const all =
    pushed === undefined
      ? directories
      : [...directories, pushedDirectory(() => now().pushed, settings.weights)];
  return {
    directories: all.map((directory) => corrected(directory, refused)),
    lists,
    people: () => (fixed.length > 0 || now().people.all().length > 0 ? people : undefined),
    fixed,
    conflicts: () => now().conflicts,
    changed: (isUrgent) => {
      isOld = true;
      if (isUrgent || state === undefined || state.people.all().length < longListMin) state = undefined;
    },
  };
}

/** Kinds that follow from an address or account being somebody's. */
const holderKinds = new Set(['account-holder', 'known-person']);

/** A directory that no longer says of somebody what an operator refused. */
function corrected(directory: OwnerDirectory, refused: () => readonly LinkRefusal[]): OwnerDirectory {
  const evidence: OwnerDirectory['evidence'] = async (queries) => {
    const found = await directory.evidence(queries);
    const rows = refused();
    if (rows.length === 0) return found;
    const gone = new Set(rows.map(({ entry, account }) => `${entry} ${account}`));
    return found.map((pieces, at) => {
      const keys = keysAsked(queries[at]);
      return pieces.filter(
        ({ kind, owner }) =>
          !holderKinds.has(kind) ||
          owner.kind !== 'person' ||
          !keys.some((key) => gone.has(`${owner.id} ${key}`)),
      );
    });
  };
  return { ...directory, evidence };
}

/** Every address and account that a question is about. */
function keysAsked(query: OwnerQuery | undefined): readonly string[] {
  const { identity, actor, leads = [] } = query ?? {};
  const names = [actor, ...leads].flatMap((one) => [
    ...(one?.account === undefined ? [] : [linkKey(one.account.system, one.account.name)]),
    ...(one?.email === undefined ? [] : [linkKey(emailSystem, one.email)]),
  ]);
  if (identity === undefined) return names;
  const { provider, id } = identity;
  return [...names, linkKey(emailSystem, id), ...(provider === undefined ? [] : [linkKey(provider, id)])];
}

/** Evidence of the people that an identity provider pushed. */
function pushedDirectory(people: () => People, weights: OwnerWeights): OwnerDirectory {
  const list = 'The identity provider';
  return {
    id: 'pushed',
    evidence: (queries) =>
      Promise.resolve(queries.map((query) => peopleEvidence(people(), query, weights, list))),
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
