import type { Behaviour } from '../behaviour.ts';
import { isOnTheWay } from '../control/states.ts';
import type { Moment } from '../message.ts';
import { addDuration, type WorkingHours } from '../working-time.ts';
import { aroundLeave, type LeaveRules } from './around-leave.ts';
import type { LoopFacts, MessageFact } from './facts.ts';
import { type Addressee, contacts, duty, type OwnerView, type Position, standingReply } from './position.ts';
import { standingSnooze } from './snooze.ts';
import { trustOf } from './waiting.ts';

/** Urgent goes through quiet hours; live before released history (invariant 3). Lower first. */
export const lanes = { urgent: 0, live: 1, released: 2 } as const;
export type Lane = (typeof lanes)[keyof typeof lanes];

/** Words that are due to one addressee. `occasion` is unique within the loop: the same words are never said twice. */
export type Want = {
  readonly occasion: string;
  readonly moment: Moment;
  readonly to: Addressee;
  readonly dueAt: number;
  readonly lane: Lane;
  /** Because somebody is away; what was put off for another reason stays so when this changes. */
  readonly heldUntil?: number;
  /** Person id of whoever is away and would have heard it. */
  readonly standInFor?: string;
  /** First words to a person about what is no danger: they are bounded in a time, not only in a day. */
  readonly isCoaching?: true;
};

export type Calendar = {
  readonly timeZone: string;
  readonly workingHours: WorkingHours;
  /** The same without the days on which somebody is away. */
  readonly presentHours?: (to: Addressee) => WorkingHours | undefined;
};

export type WantRules = {
  readonly behaviour: Behaviour;
  readonly owner: OwnerView;
  readonly position: Position;
  readonly calendar: Calendar;
  /** Severities that break quiet hours. */
  readonly isUrgent: boolean;
  /** Grave enough that a danger which may not be over waits for nobody. */
  readonly isDangerous: boolean;
  /** Whether whoever was asked may have put the words off: what became too grave meanwhile waits for nobody. */
  readonly isSnoozable: boolean;
  /** Nobody is away unless given. */
  readonly leave?: LeaveRules;
};

/** Every message that the facts ask for and that was not sent yet, with the moment it falls due. */
export function wantsOf(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const sent = new Set(facts.messages.map((message) => message.occasion));
  const wants = [...allWants(facts, rules, now), ...mailWants(facts, rules, now)];
  const due = wants.filter((want) => !sent.has(want.occasion) && !isHeld(want, facts, rules));
  const { leave, owner } = rules;
  const isPressing = rules.isUrgent || rules.isDangerous;
  const { ladder } = rules.behaviour;
  const around = leave === undefined ? undefined : { ...leave, owner, isPressing, ladder };
  return due
    .map((want) => (around === undefined ? want : aroundLeave(want, facts, around, now)))
    .map((want) => (isPressing || !isCoaching(want) ? want : { ...want, isCoaching: true as const }));
}

function isCoaching({ occasion, to, standInFor }: Want): boolean {
  return to.kind === 'person' && standInFor === undefined && occasion.startsWith('first:');
}

/**
 * While its fix is on the way nobody is told again of what it is about: reminders and escalations of silence wait, and
 * so do first words, unless the danger may not be over. What answers somebody is said.
 */
function isHeld({ occasion }: Want, facts: LoopFacts, { isDangerous }: WantRules): boolean {
  if (facts.control === undefined || !isOnTheWay(facts.control.state)) return false;
  if (/^(?:ladder|snoozed):/u.test(occasion)) return true;
  return !isDangerous && /^(?:first|again|disproved):/u.test(occasion);
}

/** Whoever did what was hoped for is thanked, once a case; whoever failed in the same case hears other words. */
export function thanksOf(facts: LoopFacts, owner: OwnerView, now: number): readonly Want[] {
  const to = owner.addressee;
  if (facts.wanted === undefined || facts.kept.length > 0 || to?.kind !== 'person') return [];
  if (facts.messages.some(({ moment }) => moment === 'thanks')) return [];
  return [{ occasion: 'thanks', moment: 'thanks', to, dueAt: now, lane: lanes.live }];
}

const mailPrefix = 'mail:';

/** Whether words answer a mail. */
export function answersMail(occasion: string): boolean {
  return occasion.startsWith(mailPrefix);
}

/** The message that began the exchange in which these words were said. */
export function exchangeOf(occasion: string): string | undefined {
  return answersMail(occasion) ? occasion.slice(mailPrefix.length).split(':')[0] : undefined;
}

/** Who writes back gets the link at once: they are at their desk now, whatever the hour. */
function mailWants(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  if (rules.position.state === 'merged') return [];
  return (facts.mails ?? []).map(({ message, day, by }) => ({
    occasion: `${mailPrefix}${message}:${day}`,
    moment: 'reminder',
    to: by,
    dueAt: now,
    lane: lanes.urgent,
  }));
}

function allWants(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const { position } = rules;
  switch (position.state) {
    case 'open':
    case 'triage':
      return firstContact(facts, rules, now);
    case 'reassigned':
      return handOver(facts, rules, now);
    case 'incident':
    case 'disputed':
    case 'answered':
      return replyWants(facts, rules, now);
    case 'told':
    case 'escalated':
      return silent(facts, rules, now);
    case 'verified':
      return goodNews(facts, rules, now);
    case 'dismissed':
    case 'accepted':
      return closing(facts, now);
    default:
      return [];
  }
}

function laneOf(facts: LoopFacts, rules: WantRules): Lane {
  if (!facts.isLive) return lanes.released;
  return rules.isUrgent ? lanes.urgent : lanes.live;
}

function firstContact(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const { owner, behaviour } = rules;
  const trust = trustOf(facts);
  // What a program did is nobody's case.
  if (trust === 'untrusted') return [];
  // An address that refused a message is not tried again: the team, then the duty role, hears of it instead.
  const refused = facts.messages.filter((message) => message.outcome === 'refused');
  // The set-up makes it easy: the person has been told, now the team is.
  const isSystemic = isOfSetUp(facts, behaviour);
  const owners = [handedTo(facts)?.to, isSystemic ? undefined : owner.addressee, owner.team, duty];
  const to = owners.find(
    (candidate) =>
      candidate !== undefined && !refused.some((message) => isSame(message.recipient, candidate)),
  );
  if (to === undefined) return [];
  const isAsked = to.kind !== 'person' || trust === 'unknown';
  const word: Moment = facts.relapseNumber > 0 ? 'relapse' : isAsked ? 'asked' : 'told';
  const occasion = `first:${refused.length}`;
  const dueAt = Math.max(now, facts.waitUntil ?? 0);
  return [{ occasion, moment: word, to, dueAt, lane: laneOf(facts, rules) }];
}

/** Whether a relapse points to the set-up: it is not the first of its habit, or a control is proposed for such cases. */
export function isOfSetUp(facts: LoopFacts, behaviour: Behaviour): boolean {
  const { relapseNumber, control } = facts;
  return relapseNumber >= behaviour.relapse.systemFixAt || (relapseNumber > 0 && control !== undefined);
}

function isSame(a: Addressee, b: Addressee): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function handOver(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const reply = standingReply(facts);
  const over = facts.decisions.findLast((decision) => decision.kind === 'hand-over');
  const named =
    over?.kind === 'hand-over' && reply !== undefined && over.at >= reply.at ? over.to : undefined;
  const next = reachable(facts, `hand-over:${reply?.id ?? ''}`, [named, rules.owner.team, duty]);
  return next === undefined ? [] : [{ ...next, moment: 'handed-over', dueAt: now, lane: lanes.live }];
}

/** The first in line whose address did not refuse these words; undefined when nobody is left. */
function reachable(
  facts: LoopFacts,
  occasion: string,
  line: readonly (Addressee | undefined)[],
): Pick<Want, 'occasion' | 'to'> | undefined {
  const refused = facts.messages.filter(
    (message) =>
      message.outcome === 'refused' &&
      (message.occasion === occasion || message.occasion.startsWith(`${occasion}:`)),
  );
  const to = line.find(
    (one) => one !== undefined && !refused.some((message) => isSame(message.recipient, one)),
  );
  if (to === undefined) return undefined;
  return { to, occasion: refused.length === 0 ? occasion : `${occasion}:${refused.length}` };
}

function replyWants(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const reply = standingReply(facts);
  if (reply === undefined) return [];
  const want = (to: Addressee, lane: Lane): readonly Want[] => {
    const next = reachable(facts, `${reply.answer}:${reply.id}`, [to, duty]);
    return next === undefined ? [] : [{ ...next, moment: 'escalation', dueAt: now, lane }];
  };
  switch (reply.answer) {
    case 'not-me':
      return want(duty, lanes.urgent);
    case 'need-help':
    case 'wrong':
      return want(duty, lanes.live);
    case 'accept-risk':
      return want(secondPerson(rules.owner, reply.by), lanes.live);
    default:
      return [];
  }
}

/** A risk is never accepted by the one who asks. */
function secondPerson(owner: OwnerView, by: { readonly id: string }): Addressee {
  return owner.manager !== undefined && owner.manager.id !== by.id ? owner.manager : duty;
}

/** To whom an operator last handed the case over. */
function handedTo(facts: LoopFacts): { readonly at: number; readonly to: Addressee } | undefined {
  const over = facts.decisions.findLast((decision) => decision.kind === 'hand-over');
  return over?.kind === 'hand-over' ? over : undefined;
}

/** An operator need not wait for a "not mine" to hand a case to somebody else. */
function passedOn(facts: LoopFacts, now: number): readonly Want[] {
  const over = handedTo(facts);
  const last = lastContact(facts);
  if (over === undefined || last === undefined || over.at < last.at || isSame(over.to, last.recipient))
    return [];
  return [
    { occasion: `passed-on:${over.at}`, moment: 'handed-over', to: over.to, dueAt: now, lane: lanes.live },
  ];
}

/** News comes before a reminder of the old: silence counts from what was said last. */
function silent(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const said = new Set(facts.messages.map((message) => message.occasion));
  const news = [...passedOn(facts, now), ...backAgain(facts, rules, now)].filter(
    (want) => !said.has(want.occasion),
  );
  return news.length > 0 ? news : ladder(facts, rules);
}

/** Someone was told, the world changed for the worse, and they should hear it. */
function backAgain(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const { proof } = rules.position;
  const last = lastContact(facts);
  const reply = standingReply(facts);
  if (last === undefined) return [];
  const to = last.recipient;
  if (reply?.answer === 'done' && (proof.disprovedAt ?? 0) > reply.at) {
    return [
      { occasion: `disproved:${proof.disprovedAt}`, moment: 'reminder', to, dueAt: now, lane: lanes.live },
    ];
  }
  const wasVerified = facts.messages.findLast((message) => message.moment === 'verified');
  if (wasVerified !== undefined && wasVerified.at > last.at) {
    return [{ occasion: `again:${wasVerified.message}`, moment: 'told', to, dueAt: now, lane: lanes.live }];
  }
  return [];
}

function lastContact(facts: LoopFacts): MessageFact | undefined {
  return contacts(facts).at(-1);
}

/** The next step that silence leads to. Each step counts from the message before it. */
function ladder(facts: LoopFacts, rules: WantRules): readonly Want[] {
  const contact = lastContact(facts);
  if (contact === undefined) return [];
  let previous: MessageFact = contact;
  const snoozed = rules.isSnoozable ? standingSnooze(facts, contact) : undefined;
  if (snoozed !== undefined) {
    const { occasion, snooze } = snoozed;
    const said = facts.messages.find((message) => message.occasion === occasion);
    if (said === undefined) {
      const lane = facts.isLive ? lanes.live : lanes.released;
      return [{ occasion, moment: 'reminder', to: contact.recipient, dueAt: snooze.until, lane }];
    }
    previous = said;
  }
  for (const [index, step] of rules.behaviour.ladder.entries()) {
    const occasion = `ladder:${contact.occasion}:${index}`;
    const said = facts.messages.find((message) => message.occasion === occasion);
    if (said !== undefined) {
      if (said.at >= previous.at) previous = said;
      continue;
    }
    const usual = addDuration(previous.at, step.after, rules.calendar.timeZone, rules.calendar.workingHours);
    const full = presentDuration(previous.at, step.after, usual, contact.recipient, rules);
    // Nobody knows whether an uncertain message arrived, so the next one comes at half the time.
    const dueAt =
      previous.outcome === 'uncertain' ? previous.at + Math.floor((full - previous.at) / 2) : full;
    const to = stepAddressee(step.to, contact, rules.owner);
    const lane = facts.isLive ? lanes.live : lanes.released;
    const held = full === usual ? {} : { heldUntil: dueAt };
    return [{ occasion, moment: step.moment, to, dueAt, lane, ...held }];
  }
  return [];
}

/** Silence of somebody who is away says nothing: such days do not count, unless danger waits for nobody. */
function presentDuration(
  at: number,
  duration: string,
  usual: number,
  waitedFor: Addressee,
  { calendar, leave, isDangerous, isUrgent }: WantRules,
): number {
  const hours = isDangerous || isUrgent ? undefined : calendar.presentHours?.(waitedFor);
  if (hours === undefined || leave === undefined) return usual;
  return Math.min(addDuration(at, duration, calendar.timeZone, hours), usual + leave.waitMaxMs);
}

function stepAddressee(
  to: 'owner' | 'manager' | 'team' | 'duty',
  contact: MessageFact,
  owner: OwnerView,
): Addressee {
  switch (to) {
    case 'owner':
      return contact.recipient;
    case 'manager':
      return owner.manager ?? owner.team ?? duty;
    case 'team':
      return owner.team ?? duty;
    case 'duty':
      return duty;
  }
}

function goodNews(facts: LoopFacts, rules: WantRules, now: number): readonly Want[] {
  const last = lastContact(facts);
  if (last === undefined) return [];
  const occasion = `verified:${rules.position.proof.at}`;
  return [{ occasion, moment: 'verified', to: last.recipient, dueAt: now, lane: lanes.live }];
}

/** Who was asked hears how it was decided: a dispute that was upheld, a risk that was accepted. */
function closing(facts: LoopFacts, now: number): readonly Want[] {
  const last = lastContact(facts);
  const decision = facts.decisions.findLast((made) => made.kind !== 'hand-over');
  if (last === undefined || decision === undefined) return [];
  return [
    { occasion: `closed:${decision.at}`, moment: 'closed', to: last.recipient, dueAt: now, lane: lanes.live },
  ];
}
