import { dayMs } from '../core/duration.ts';
import { isAwayOn, type Leave, leaveAt, returnAt, standInOf } from '../core/leave.ts';
import type { LeaveRules } from '../core/loop/around-leave.ts';
import type { Addressee } from '../core/loop/position.ts';
import type { Person } from '../core/owner.ts';
import type { WorkingHours } from '../core/working-time.ts';
import type { LeaveRow, StoreRead } from '../ports/store.ts';
import { hoursOf } from './calendar.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** The leaves that operators noted, as this process last read them; those of directories stand in the people. */
export type Leaves = {
  of(person: string): readonly Leave[];
  take(rows: readonly LeaveRow[], at: number): void;
  readAt(): number;
};

/** Leaves that are read: more are in force in no company that one server serves. */
export const leavesReadMax = 20_000;
/** Another process may have been told of one; its worker looks at the cases anew in any case. */
const readEveryMs = 15_000;
/** Words wait for somebody's return no longer than this, unless the settings say otherwise. */
export const waitDaysDefault = 21;
/** The earliest zone is fourteen hours ahead: a leave that ended yesterday there may be running elsewhere. */
const zonesMs = dayMs;

export function openLeaves(): Leaves {
  let byPerson = new Map<string, readonly LeaveRow[]>();
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    of: (person) => byPerson.get(person) ?? [],
    take: (rows, at) => {
      byPerson = Map.groupBy(rows, ({ person }) => person);
      readAt = at;
    },
    readAt: () => readAt,
  };
}

/** Reads the leaves, unless that was done just now. */
export async function readLeaves(parts: LoopParts, read: StoreRead, isForced = false): Promise<void> {
  const now = parts.clock.now();
  if (!isForced && Math.abs(now - parts.leaves.readAt()) < readEveryMs) return;
  parts.leaves.take(await read.leaves(loopPrincipal, earliestDay(now), leavesReadMax), now);
}

/** The day up to which a leave may still be running somewhere. */
export function earliestDay(now: number): string {
  return new Date(now - zonesMs).toISOString().slice(0, 10);
}

/** All leaves of somebody, by whomever they are known. Who has left is not on leave. */
export function leavesOf(parts: Pick<LoopParts, 'leaves'>, person: Person | undefined): readonly Leave[] {
  if (person?.isActive !== true) return [];
  const noted = parts.leaves.of(person.id);
  return person.away === undefined ? noted : [...person.away, ...noted];
}

function leaveOf(parts: LoopParts, person: Person | undefined, at: number): Leave | undefined {
  const zone = person?.timeZone ?? parts.delivery.timeZone;
  return leaveAt(leavesOf(parts, person), at, zone);
}

/** Whether somebody is away today, where they are. */
export function isAwayNow(parts: LoopParts, person: Person): boolean {
  return leaveOf(parts, person, parts.clock.now()) !== undefined;
}

/** How cases go around those who are away. */
export function leaveRules(parts: LoopParts): LeaveRules {
  const { people, delivery } = parts;
  const lookUp = (at: number) => (id: string) => {
    const person = people.person(id);
    if (person === undefined) return undefined;
    const away = leaveOf(parts, person, at);
    return { isActive: person.isActive, ...(away === undefined ? {} : { away }) };
  };
  return {
    waitMaxMs: (delivery.leaveWaitDaysMax ?? waitDaysDefault) * dayMs,
    absenceOf: ({ kind, id }, at) => {
      const person = kind === 'person' ? people.person(id) : undefined;
      if (person === undefined || leaveOf(parts, person, at) === undefined) return undefined;
      const zone = person.timeZone ?? delivery.timeZone;
      const standIn = standInOf(person.id, lookUp(at));
      return {
        returnAt: returnAt(leavesOf(parts, person), at, zone, hoursOf(parts, person)),
        ...(standIn === undefined ? {} : { standIn: { kind: 'person', id: standIn } }),
      };
    },
  };
}

/** Working hours without the days on which somebody is away; undefined for whoever never is. */
export function presentHours(
  parts: LoopParts,
  { kind, id }: Addressee,
  hours: WorkingHours,
): WorkingHours | undefined {
  const person = kind === 'person' ? parts.people.person(id) : undefined;
  const isAway = isAwayOn(leavesOf(parts, person));
  return isAway === undefined ? undefined : { ...hours, isAway };
}
