import { emailSystem, type Link, type LinkRefusal, linkKey, linksOf } from './core/link-refusal.ts';
import type { PeopleOf } from './core/merge-people.ts';
import type { Person } from './core/owner.ts';
import type { LinkDesk, PersonEntry, PersonLink } from './http/link-desk.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Clock } from './ports/clock.ts';
import type { People } from './ports/owner-directory.ts';
import type { LinkRefusalRow, Store } from './ports/store.ts';

/** Decided by hand, one at a time: more are no longer corrections but another directory. */
const refusedMax = 20_000;

/** What operators refused, as this process last read it. */
export type RefusedLinks = {
  readonly all: () => readonly LinkRefusalRow[];
  /** Reads what other processes wrote; true when there was something. */
  readonly refresh: () => Promise<boolean>;
};

export async function openRefusedLinks(store: Store): Promise<RefusedLinks> {
  let rows: readonly LinkRefusalRow[] = [];
  const refresh = async (): Promise<boolean> => {
    const next = await store.read.refusedLinks(loopPrincipal, refusedMax);
    const isSame = JSON.stringify(next) === JSON.stringify(rows);
    rows = next;
    return !isSame;
  };
  await refresh();
  return { all: () => rows, refresh };
}

/** Where each address and account of somebody comes from, and the correction of what is wrong. */
export function openLinkDesk(given: {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomId: () => string;
  /** What each directory says, before any correction. */
  readonly lists: () => readonly PeopleOf[];
  readonly people: () => People | undefined;
  readonly refused: RefusedLinks;
  /** The list of people is another one by now. */
  readonly changed: () => void;
}): LinkDesk {
  const { store, clock, lists, people, refused } = given;
  const isRefused = (directory: string, entry: string, { system, name }: Link): boolean => {
    const account = linkKey(system, name);
    return refused
      .all()
      .some((row) => row.directory === directory && row.entry === entry && row.account === account);
  };
  const entriesOf = (person: Person): readonly { readonly directory: string; readonly entry: Person }[] => {
    const touched = new Set(
      refused.all().flatMap((row) => (row.person === person.id ? [`${row.directory} ${row.entry}`] : [])),
    );
    return lists().flatMap(({ directory, persons }) =>
      persons.flatMap((entry) =>
        people()?.person(entry.id)?.id === person.id || touched.has(`${directory} ${entry.id}`)
          ? [{ directory, entry }]
          : [],
      ),
    );
  };
  const linksOfPerson = (person: Person): readonly PersonLink[] => {
    const links = new Map<string, Link & { readonly sources: PersonLink['sources'][number][] }>();
    for (const { directory, entry } of entriesOf(person)) {
      const isTheirs = people()?.person(entry.id)?.id === person.id;
      for (const link of linksOf(entry)) {
        const gone = isRefused(directory, entry.id, link);
        if (!gone && !isTheirs) continue;
        const key = linkKey(link.system, link.name);
        const known = links.get(key) ?? { system: link.system, name: link.name, sources: [] };
        known.sources.push({ directory, entry: entry.id, isRefused: gone });
        links.set(key, known);
      }
    }
    return [...links.values()].map((link) => ({
      ...link,
      isTheirs:
        (link.system === emailSystem
          ? people()?.byEmail(link.name)
          : people()?.byAccount(link.system, link.name)
        )?.id === person.id,
    }));
  };
  return {
    linksOf: linksOfPerson,
    entriesOf: (person) =>
      entriesOf(person)
        .filter(({ entry }) => people()?.person(entry.id)?.id === person.id)
        .map(({ directory, entry }): PersonEntry => {
          const { id, name, isActive } = entry;
          return { directory, id, name, isActive };
        }),
    decide: async (principal, person, ask, noted) => {
      const { directory, entry, system, name, isTheirs } = ask;
      const account = linkKey(system, name);
      const known = linksOfPerson(person).find((link) => linkKey(link.system, link.name) === account);
      const source = known?.sources.find((one) => one.directory === directory && one.entry === entry);
      if (known === undefined || source === undefined) return { kind: 'not-found' };
      if (source.isRefused !== isTheirs)
        return { kind: 'refused', reason: isTheirs ? 'nobody refused it' : 'it is refused already' };
      const isLast = system === emailSystem && person.emails.length === 1 && known.sources.length === 1;
      if (!isTheirs && isLast) return { kind: 'refused', reason: 'it is the only address that they have' };
      const refusal: LinkRefusal = { directory, entry, account };
      const at = clock.now();
      const row = {
        id: given.randomId(),
        subject: person.id,
        kind: isTheirs ? ('link-restored' as const) : ('link-refused' as const),
        account: `${known.system} ${known.name}`,
        reason: ask.reason,
        by: principal.id,
        at,
      };
      const isDone = await store.transaction(async (tx) => {
        const done = isTheirs
          ? await tx.restoreLink(refusal)
          : await tx.refuseLink({
              ...refusal,
              person: person.id,
              by: principal.id,
              at,
            });
        if (!done) return false;
        await tx.addIdentityDecision(row);
        await noted(tx, row);
        return true;
      });
      if (!isDone) return { kind: 'refused', reason: 'somebody else has just decided it' };
      await refused.refresh();
      given.changed();
      return { kind: 'decided' };
    },
  };
}
