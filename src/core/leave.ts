import { z } from 'zod';
import { dayMs } from './duration.ts';
import { localDay, localMs, nextWorking, type WorkingHours } from './working-time.ts';

/** Days on which somebody is away, first and last included, as their own calendar has them. */
export type Leave = {
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly until: string;
  /** Person id of who stands in for them. */
  readonly standIn?: string;
};

/** Leaves that are kept of one person and one origin: more are a mistake in its list. */
export const leavesMax = 20;
/** Where a stand-in is away, too, theirs is asked, and so on. Further than this nobody knows any more what it is about. */
export const standInHopsMax = 3;
/** Leaves one after the other that are taken for one. */
const joinedMax = 20;

const day = z.iso.date();
const written = z
  .strictObject({ from: day, until: day, standIn: z.string().trim().min(1).max(300).exactOptional() })
  .refine(({ from, until }) => from <= until, { message: 'a leave ends on its first day or later' });

/** `2026-12-21/2027-01-06 mia`, several parted by `;`. */
const line = z
  .string()
  .max(2_000)
  .transform((text) =>
    text
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const [days = '', standIn, ...more] = part.split(/\s+/u);
        const [from = '', until = from, ...rest] = days.split('/');
        const isWhole = more.length === 0 && rest.length === 0;
        return { from: isWhole ? from : '', until, ...(standIn === undefined ? {} : { standIn }) };
      }),
  );

/** How a directory writes the leaves of one person. */
export const leavesSchema = z.union([
  z.array(written).max(leavesMax),
  line.pipe(z.array(written).max(leavesMax)),
]);

/** The leave that covers an instant, where the person is; the one that lasts longest, if several do. */
export function leaveAt(leaves: readonly Leave[], at: number, timeZone: string): Leave | undefined {
  if (leaves.length === 0) return undefined;
  return covering(leaves, localDay(at, timeZone));
}

function covering(leaves: readonly Leave[], today: string): Leave | undefined {
  return leaves
    .filter(({ from, until }) => from <= today && today <= until)
    .reduce<Leave | undefined>(
      (longest, one) => (longest !== undefined && longest.until >= one.until ? longest : one),
      undefined,
    );
}

/** When work starts again after the leave that covers `at`, and after those that follow it without a day between. */
export function returnAt(
  leaves: readonly Leave[],
  at: number,
  timeZone: string,
  hours: WorkingHours,
): number {
  let moment = at;
  for (let joined = 0; joined < joinedMax; joined += 1) {
    const leave = covering(leaves, localDay(moment, timeZone));
    if (leave === undefined) break;
    moment = nextWorking(startOfDay(dayAfter(leave.until), timeZone), timeZone, hours);
  }
  return moment;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

/** The first instant of a calendar day where somebody is. */
function startOfDay(date: string, timeZone: string): number {
  const local = Date.parse(`${date}T00:00:00Z`);
  // Twice: the offset of the guess may not be that of the day, when the clocks change.
  let at = local;
  for (let round = 0; round < 2; round += 1) at = local - (localMs(at, timeZone) - at);
  return at;
}

/** Whether somebody is away on a local day. */
export function isAwayOn(leaves: readonly Leave[]): ((today: string) => boolean) | undefined {
  return leaves.length === 0 ? undefined : (today) => covering(leaves, today) !== undefined;
}

/**
 * Who stands in on a day: the stand-in, or theirs where they are away, too. Undefined where there is none, where they
 * stand in for each other in a ring, and where nobody is found within a few hops.
 */
export function standInOf(person: string, lookUp: (id: string) => StandIn | undefined): string | undefined {
  const asked = new Set([person]);
  let next = lookUp(person)?.away?.standIn;
  for (let hop = 0; hop < standInHopsMax && next !== undefined && !asked.has(next); hop += 1) {
    asked.add(next);
    const found = lookUp(next);
    if (found?.isActive !== true) return undefined;
    if (found.away === undefined) return next;
    next = found.away.standIn;
  }
  return undefined;
}

/** What is known of somebody on the day that counts. */
export type StandIn = { readonly isActive: boolean; readonly away?: Leave };
