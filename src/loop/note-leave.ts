import { dayMs } from '../core/duration.ts';
import { leavesMax } from '../core/leave.ts';
import type { Person } from '../core/owner.ts';
import { localDay } from '../core/working-time.ts';
import type { Principal } from '../ports/principal.ts';
import type { LeaveRow, StoreRead } from '../ports/store.ts';
import { earliestDay, leavesOf, leavesReadMax, readLeaves } from './leaves.ts';
import type { LoopParts } from './parts.ts';
import { settle } from './settle.ts';

export type LeaveInput = {
  readonly person: string;
  readonly from: string;
  readonly until: string;
  readonly standIn?: string;
};

export type LeaveNoted =
  | { readonly kind: 'noted'; readonly leave: LeaveRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Longer is no leave: whoever is gone for years has another owner of their cases. */
const leaveDaysMax = 400;

/** Notes that somebody is away, and looks at their cases anew. The same again is the same. */
export async function noteLeave(
  parts: LoopParts,
  principal: Principal,
  input: LeaveInput,
): Promise<LeaveNoted> {
  const { people, clock, store } = parts;
  const now = clock.now();
  const person = people.person(input.person);
  if (person === undefined || !isSeen(principal, person)) return { kind: 'not-found' };
  const reason = refusal(parts, principal, person, input, now);
  if (reason !== undefined) return { kind: 'refused', reason };
  const { from, until, standIn } = input;
  const id = parts.idOf(['leave', person.id, from, until, standIn ?? '']);
  const leave: LeaveRow = { ...input, person: person.id, id, by: principal.id, at: now };
  const noted = await store.transaction(async (tx): Promise<LeaveNoted> => {
    await tx.lock(`leave ${person.id}`);
    await readLeaves(parts, tx.read, true);
    const known = parts.leaves.of(person.id);
    if (!known.some((one) => 'id' in one && one.id === id) && known.length >= leavesMax)
      return { kind: 'refused', reason: `${leavesMax} leaves of theirs are noted already` };
    await tx.addLeave(leave);
    await readLeaves(parts, tx.read, true);
    return { kind: 'noted', leave };
  });
  if (noted.kind === 'noted') await lookAnew(parts, person.id);
  return noted;
}

/** People are seen by those who see their team. */
export function isSeen({ teams }: Principal, person: Person): boolean {
  return teams === 'all' || (person.team !== undefined && teams.includes(person.team));
}

function refusal(
  parts: LoopParts,
  principal: Principal,
  person: Person,
  { from, until, standIn }: LeaveInput,
  now: number,
): string | undefined {
  if (!person.isActive) return 'they have left: what is theirs goes on by itself';
  if (until < from) return 'it ends before it begins';
  if (until < localDay(now, person.timeZone ?? parts.delivery.timeZone)) return 'it is over already';
  if (Date.parse(until) - Date.parse(from) > leaveDaysMax * dayMs)
    return `a leave has ${leaveDaysMax} days at most`;
  if (standIn === undefined) return undefined;
  const other = parts.people.person(standIn);
  if (other?.isActive !== true) return 'the directory does not know who stands in, or they have left';
  if (other.id === person.id) return 'nobody stands in for themselves';
  return isSeen(principal, other) ? undefined : 'who stands in is of no team of yours';
}

/** Takes back a leave that an operator noted: whoever is back early hears what waited. False: there is none. */
export async function endLeave(parts: LoopParts, principal: Principal, id: string): Promise<boolean> {
  const person = await parts.store.transaction(async (tx) => {
    await readLeaves(parts, tx.read, true);
    const row = (await leavesSeen(parts, principal, tx.read)).find((one) => one.id === id);
    if (row === undefined || !(await tx.removeLeave(id))) return undefined;
    await readLeaves(parts, tx.read, true);
    return row.person;
  });
  if (person === undefined) return false;
  await lookAnew(parts, person);
  return true;
}

/** Leaves that operators noted and that are not over, of people whom the principal sees. */
export async function leavesSeen(
  parts: LoopParts,
  principal: Principal,
  read: StoreRead = parts.store.read,
): Promise<readonly LeaveRow[]> {
  const rows = await read.leaves(principal, earliestDay(parts.clock.now()), leavesReadMax);
  if (principal.teams === 'all') return rows;
  return rows.filter(({ person }) => {
    const found = parts.people.person(person);
    return found !== undefined && isSeen(principal, found);
  });
}

const lookedMax = 200;

/** Decides anew when and to whom words about somebody's cases are said. */
async function lookAnew(parts: LoopParts, person: string): Promise<number> {
  let looked = 0;
  let after: string | undefined;
  do {
    const rows = await parts.store.transaction(async (tx) => {
      const found = await tx.lockLoopsOfPerson(person, lookedMax, after);
      const changes = found.map((before) => ({ before, facts: before.facts, story: [] }));
      await settle(parts, tx, changes, parts.clock.now());
      return found;
    });
    looked += rows.length;
    after = rows.length < lookedMax ? undefined : rows.at(-1)?.id;
  } while (after !== undefined);
  if (looked > 0) parts.wake();
  return looked;
}

const settingName = 'leaves-seen';
/** Leaves are forgotten when nobody needs to know any more why a word came late. */
const forgottenAfterMs = 60 * dayMs;

/**
 * Looks at the cases anew of whoever has other leaves than at the last look, by whichever directory or operator. Keyed
 * hashes are kept of it, no names. Returns how many people that were.
 */
export async function followLeave(parts: LoopParts): Promise<number> {
  const { store, people, idOf, clock } = parts;
  const today = earliestDay(clock.now());
  await readLeaves(parts, store.read, true);
  const now = new Map<string, { readonly person: string; readonly hash: string }>();
  for (const person of people.all()) {
    const current = leavesOf(parts, person).filter(({ until }) => until >= today);
    if (current.length === 0) continue;
    const text = current.map(({ from, until, standIn = '' }) => `${from} ${until} ${standIn}`).toSorted();
    now.set(idOf(['leave-of', person.id]), { person: person.id, hash: idOf(['leaves', ...text]) });
  }
  const changed = await store.transaction(async (tx) => {
    await tx.lock(settingName);
    const known = seenOf(await tx.setting(settingName));
    const next = Object.fromEntries([...now].map(([key, { hash }]) => [key, hash]));
    const isSame =
      Object.keys(known).length === now.size && [...now].every(([key, { hash }]) => known[key] === hash);
    if (isSame) return [];
    await tx.saveSetting(settingName, next);
    const gone = new Set(Object.keys(known).filter((key) => !now.has(key)));
    const back = gone.size === 0 ? [] : people.all().filter(({ id }) => gone.has(idOf(['leave-of', id])));
    const others = [...now].flatMap(([key, { person, hash }]) => (known[key] === hash ? [] : [person]));
    return [...others, ...back.map(({ id }) => id)];
  });
  for (const person of changed) await lookAnew(parts, person);
  await store.transaction((tx) => tx.forgetLeaves(earliestDay(clock.now() - forgottenAfterMs)));
  return changed.length;
}

function seenOf(kept: unknown): Readonly<Record<string, unknown>> {
  return typeof kept === 'object' && kept !== null ? Object.fromEntries(Object.entries(kept)) : {};
}
