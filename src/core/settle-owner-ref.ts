import type { Account } from './event.ts';
import type { Evidence, OwnerRef, Person, Team } from './owner.ts';

/** What ranking needs to know of people and teams; the directory of people fulfils it. */
export type KnownPeople = {
  person(id: string): Person | undefined;
  team(id: string): Team | undefined;
  byEmail(email: string): Person | undefined;
  byAccount(system: string, name: string): Person | undefined;
  teamByHandle(handle: string): Team | undefined;
  find(text: string): Person | undefined;
};

/** Whom a piece of evidence points at in the end. */
export type Settled = {
  readonly owner: OwnerRef;
  /** One text an owner, the same for the same owner. */
  readonly key: string;
  readonly person?: Person;
  /** Found by an address or account, not by an id. */
  readonly isByAddress: boolean;
  /** Whoever was meant has left: this is their team or manager. */
  readonly leaver?: string;
};

/** A chain of managers longer than this is a mistake in the directory. */
const managersMax = 10;

/**
 * Looks an owner up. Undefined for an id that the directory no longer has. A stranger stays a stranger; a team handle
 * such as `acme/payments` is a team of that name where no directory says otherwise.
 */
export function settle(
  ref: OwnerRef,
  people: KnownPeople | undefined,
  aliases: Aliases,
): Settled | undefined {
  if (ref.kind === 'team') {
    return people !== undefined && people.team(ref.id) === undefined ? undefined : ofTeam(ref.id, false);
  }
  if (ref.kind === 'person') {
    const person = people?.person(ref.id);
    if (person !== undefined) return afterLeaving(person, people, false);
    return people === undefined ? { owner: ref, key: `person:${ref.id}`, isByAddress: false } : undefined;
  }
  const found = people === undefined ? undefined : lookUp(ref, people);
  if (found !== undefined)
    return 'handles' in found ? ofTeam(found.id, true) : afterLeaving(found, people, true);
  if (people === undefined && ref.account !== undefined && isTeamHandle(ref.account)) {
    return ofTeam(ref.account.name, true);
  }
  const email = aliasOf(ref, aliases);
  const owner = email === undefined || email === ref.email?.toLowerCase() ? ref : { ...ref, email };
  return { owner, key: strangerKey(owner), isByAddress: true };
}

type Stranger = Extract<OwnerRef, { readonly kind: 'stranger' }>;

/** The account goes first: a login cannot be mistyped into a commit as an address can. */
function lookUp(ref: Stranger, people: KnownPeople): Person | Team | undefined {
  const { account, email, name } = ref;
  if (account !== undefined) {
    const found = isTeamHandle(account)
      ? people.teamByHandle(account.name)
      : people.byAccount(account.system, account.name);
    if (found !== undefined) return found;
  }
  if (email !== undefined) return people.byEmail(email);
  return account !== undefined || name === undefined
    ? undefined
    : (people.team(name) ?? people.teamByHandle(name) ?? people.find(name));
}

/** `organisation/team`: a login has no slash. */
function isTeamHandle(account: Account): boolean {
  return account.name.includes('/');
}

function ofTeam(id: string, isByAddress: boolean): Settled {
  return { owner: { kind: 'team', id }, key: `team:${id}`, isByAddress };
}

function afterLeaving(person: Person, people: KnownPeople | undefined, isByAddress: boolean): Settled {
  const self: Settled = {
    owner: { kind: 'person', id: person.id },
    key: `person:${person.id}`,
    person,
    isByAddress,
  };
  if (person.isActive) return self;
  let current = person;
  for (let step = 0; step < managersMax; step += 1) {
    if (current.team !== undefined) return { ...ofTeam(current.team, isByAddress), leaver: person.id };
    const manager = current.manager === undefined ? undefined : people?.person(current.manager);
    if (manager === undefined) break;
    if (manager.isActive) {
      const owner = { kind: 'person', id: manager.id } as const;
      return { owner, key: `person:${manager.id}`, person: manager, isByAddress, leaver: person.id };
    }
    current = manager;
  }
  return self;
}

/**
 * From an account to the address that stands beside it in some evidence, so that both are one stranger. An address
 * that another one took the place of (a mailmap) is an account of the system `email`.
 */
export type Aliases = ReadonlyMap<string, string>;
const noAliases: Aliases = new Map();
export const formerEmail = 'email';

export function strangerAliases(evidence: readonly Evidence[]): Aliases {
  let aliases: Map<string, string> | undefined;
  for (const { owner } of evidence) {
    if (owner.kind !== 'stranger' || owner.account === undefined || owner.email === undefined) continue;
    aliases ??= new Map();
    const account = accountKey(owner.account);
    const email = owner.email.toLowerCase();
    const known = aliases.get(account);
    // The smallest, so that the order of the evidence does not matter.
    if (known === undefined || email < known) aliases.set(account, email);
  }
  return aliases ?? noAliases;
}

/** The address by which a stranger goes, in lower case, if another part of the evidence tells one. */
function aliasOf(ref: Stranger, aliases: Aliases): string | undefined {
  if (ref.account !== undefined) return aliases.get(accountKey(ref.account));
  return ref.email === undefined ? undefined : aliases.get(`${formerEmail}:${ref.email.toLowerCase()}`);
}

function strangerKey(ref: Stranger): string {
  if (ref.email !== undefined) return `email:${ref.email.toLowerCase()}`;
  if (ref.account !== undefined) return `account:${accountKey(ref.account)}`;
  return `name:${(ref.name ?? '').toLowerCase()}`;
}

const accountKey = (account: Account): string =>
  `${account.system.toLowerCase()}:${account.name.toLowerCase()}`;
