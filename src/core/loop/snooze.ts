import { dayMs } from '../duration.ts';
import { addDuration, localMs, nextWorking, type WorkingHours } from '../working-time.ts';
import type { LoopFacts } from './facts.ts';
import { contacts, type Position, standingReply } from './position.ts';

/** Somebody who was asked put the words off. Silence counts again from `until`, with a reminder. */
export type SnoozeFact = {
  readonly id: string;
  readonly at: number;
  readonly until: number;
  /** Whose words were put off. */
  readonly by: { readonly kind: 'person' | 'team'; readonly id: string };
  /** The message in which they were asked. */
  readonly message: string;
  /** An operator who did it in their place. */
  readonly operator?: string;
};

/** For how long; a list, so that nothing typed is read as a time. */
export const snoozeChoices = ['next-day', 'three-days', 'week'] as const;
export type SnoozeChoice = (typeof snoozeChoices)[number];

/** How far words may be put off. Without limits nobody can. */
export type SnoozeLimits = {
  /** Times a case. */
  readonly timesMax: number;
  /** Days a case, all times together. */
  readonly daysMax: number;
};

export type SnoozeRefusal =
  /** It is switched off, or the case is too grave to wait. */
  | 'not-offered'
  /** Nobody waits for an answer of theirs: it is answered, with somebody else, decided or fixed. */
  | 'not-waiting'
  /** Others were told of the silence: it is no longer theirs alone to put off. */
  | 'escalated'
  | 'too-often'
  /** Past what a case may be put off by, or past the day on which it is given up. */
  | 'too-long';

const workingDays = { 'next-day': 1, 'three-days': 3, week: 5 } as const;

/** The start of work on the day that was chosen, where its reader is. */
export function snoozeUntil(
  choice: SnoozeChoice,
  now: number,
  timeZone: string,
  hours: WorkingHours,
): number {
  if (choice === 'next-day') return startOfWork(now + dayMs, timeZone, hours);
  return startOfWork(addDuration(now, `${workingDays[choice]}wd`, timeZone, hours), timeZone, hours);
}

function startOfWork(at: number, timeZone: string, hours: WorkingHours): number {
  return nextWorking(at - (localMs(at, timeZone) % dayMs), timeZone, hours);
}

/** Time by which a case was put off; what was put off twice at once counts once. */
export function snoozedMs(snoozes: readonly Pick<SnoozeFact, 'at' | 'until'>[]): number {
  let sum = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { at, until } of snoozes.toSorted((a, b) => a.at - b.at)) {
    sum += Math.max(0, until - Math.max(at, end));
    end = Math.max(end, until);
  }
  return sum;
}

/** Why these words cannot be put off; undefined when they can. `limits` are left out where the case is too grave. */
export function snoozeRefusal(
  facts: LoopFacts,
  position: Position,
  asked: Pick<SnoozeFact, 'at' | 'until' | 'by'>,
  limits: SnoozeLimits | undefined,
): SnoozeRefusal | undefined {
  if (limits === undefined || limits.timesMax === 0) return 'not-offered';
  if (position.state === 'escalated') return 'escalated';
  const last = contacts(facts).at(-1);
  const isAsked =
    last !== undefined && last.recipient.kind === asked.by.kind && last.recipient.id === asked.by.id;
  if (position.state !== 'told' || !isAsked || standingReply(facts) !== undefined) return 'not-waiting';
  const snoozes = facts.snoozes ?? [];
  if (snoozes.length >= limits.timesMax) return 'too-often';
  const isTooLong = snoozedMs([...snoozes, asked]) > limits.daysMax * dayMs;
  const isPastTheEnd = position.dueAt !== undefined && asked.until >= position.dueAt;
  return isTooLong || isPastTheEnd || asked.until <= asked.at ? 'too-long' : undefined;
}

/** Adds one; the same facts when it is known. */
export function addSnooze(facts: LoopFacts, snooze: SnoozeFact): LoopFacts {
  const { snoozes = [] } = facts;
  if (snoozes.some(({ id }) => id === snooze.id)) return facts;
  return { ...facts, snoozes: byTime([...snoozes, snooze]) };
}

/** Of two cases that turned out to be one. */
export function mergeSnoozes(
  a: readonly SnoozeFact[] = [],
  b: readonly SnoozeFact[] = [],
): readonly SnoozeFact[] {
  return byTime([...new Map([...a, ...b].map((snooze) => [snooze.id, snooze])).values()]);
}

function byTime(snoozes: readonly SnoozeFact[]): readonly SnoozeFact[] {
  return snoozes.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** The one that counts for whoever was asked last: the latest end, with the words that are due then. */
export function standingSnooze(
  facts: LoopFacts,
  contact: { readonly at: number; readonly recipient: { readonly kind: string; readonly id: string } },
): { readonly snooze: SnoozeFact; readonly occasion: string } | undefined {
  const { kind, id } = contact.recipient;
  const own = (facts.snoozes ?? []).filter(
    ({ at, by }) => at >= contact.at && by.kind === kind && by.id === id,
  );
  const snooze = own.reduce<SnoozeFact | undefined>(
    (latest, one) => (latest !== undefined && latest.until >= one.until ? latest : one),
    undefined,
  );
  return snooze === undefined ? undefined : { snooze, occasion: `snoozed:${snooze.id}` };
}
