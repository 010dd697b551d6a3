import { standInHopsMax } from '../leave.ts';
import type { Moment } from '../message.ts';
import type { LoopFacts } from './facts.ts';
import { type Addressee, duty, type OwnerView } from './position.ts';

/** Somebody is away. */
export type Absence = {
  /** When they work again. */
  readonly returnAt: number;
  /** Who stands in for them and is there. */
  readonly standIn?: Addressee;
};

export type LeaveRules = {
  /** Undefined for whoever is there, and for teams and the duty role, which are never away. */
  readonly absenceOf: (to: Addressee, at: number) => Absence | undefined;
  /** Words that can wait for somebody's return wait no longer than this. */
  readonly waitMaxMs: number;
};

type Words = {
  readonly occasion: string;
  readonly moment: Moment;
  readonly to: Addressee;
  readonly dueAt: number;
  readonly heldUntil?: number;
  readonly standInFor?: string;
};

/** What tells somebody how it ended can be read whenever they come back. */
const news: ReadonlySet<Moment> = new Set(['verified', 'closed', 'thanks']);

type Around = LeaveRules & {
  readonly owner: OwnerView;
  readonly isPressing: boolean;
  /** To whom silence leads by the behaviour: nobody else hears of it because somebody is away. */
  readonly ladder: readonly { readonly to: 'owner' | 'manager' | 'team' | 'duty' }[];
};

/**
 * Words for somebody who is away: what can wait does until they are back; what is dangerous, or would wait for too long,
 * goes to whoever stands in for them, else to whoever leads them, their team, or the duty role. What a behaviour keeps
 * between the person and the duty role goes to no colleague, and waits where it leads to nobody. A mail of theirs is
 * answered at once: they are there.
 */
export function aroundLeave<W extends Words>(want: W, facts: LoopFacts, rules: Around, now: number): W {
  const { to, moment, occasion } = want;
  const at = Math.max(want.dueAt, now);
  const absence = occasion.startsWith('mail:') ? undefined : rules.absenceOf(to, at);
  if (absence === undefined) return want;
  const isBackSoon = absence.returnAt - at <= rules.waitMaxMs;
  const waiting = { ...want, dueAt: absence.returnAt, heldUntil: absence.returnAt };
  if (isBackSoon && (news.has(moment) || !rules.isPressing)) return waiting;
  if (news.has(moment)) return want;
  const next = inTheirPlace(to, absence, facts, rules, at);
  if (next === undefined) return rules.isPressing ? want : waiting;
  return { ...want, to: next, moment: momentFor(moment), standInFor: to.id };
}

function inTheirPlace(
  away: Addressee,
  { standIn }: Absence,
  facts: LoopFacts,
  { owner, absenceOf, ladder, isPressing }: Around,
  at: number,
): Addressee | undefined {
  const leadsTo = new Set(ladder.map((step) => step.to));
  const isForColleagues = leadsTo.has('manager') || leadsTo.has('team');
  // From one who is away to the next who is: a case that nobody takes ends with the team, then with the duty role.
  const hops = facts.messages.filter(({ standInFor }) => standInFor !== undefined).length;
  const persons = hops >= standInHopsMax ? [] : [standIn, leadsTo.has('manager') ? owner.manager : undefined];
  const colleagues = isForColleagues ? [...persons, owner.team] : [];
  const isForDuty = isPressing || isForColleagues || leadsTo.has('duty');
  const refused = facts.messages.filter(({ outcome }) => outcome === 'refused');
  return [...colleagues, ...(isForDuty ? [duty] : [])].find(
    (one) =>
      one !== undefined &&
      !isSame(one, away) &&
      absenceOf(one, at) === undefined &&
      !refused.some(({ recipient }) => isSame(recipient, one)),
  );
}

/** Words that speak to whoever did it are for nobody else: the next one hears that it came to them. */
function momentFor(moment: Moment): Moment {
  return moment === 'escalation' ? moment : 'handed-over';
}

function isSame(a: Addressee, b: Addressee): boolean {
  return a.kind === b.kind && a.id === b.id;
}
