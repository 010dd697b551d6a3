import type { Behaviour } from '../behaviour.ts';
import { durationMs } from '../duration.ts';
import type { LoopFacts, MessageFact, ReplyFact } from './facts.ts';
import { type Proof, proofOf } from './proof.ts';
import type { LoopState } from './states.ts';
import { standingSightings, trustOf } from './waiting.ts';

/** Someone who can be spoken to: a person, a team, or the duty role when nobody is known. */
export type Addressee = { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };

export const duty: Addressee = { kind: 'duty', id: 'duty' };

/** Who answers for the loop, as resolved from the evidence; `addressee` is undefined while nobody is known. */
export type OwnerView = {
  readonly addressee?: Addressee;
  readonly confidence: number;
  readonly team?: Addressee;
  readonly manager?: Addressee;
};

export type Position = {
  readonly state: LoopState;
  readonly proof: Proof;
  readonly reason: string;
  /** The next instant at which time alone changes the state; undefined when none. */
  readonly dueAt?: number;
};

const contactMoments = new Set(['asked', 'told', 'relapse', 'digest', 'handed-over']);

/** Messages that opened the conversation and reached a channel. Uncertain ones count: saying it twice is worse. */
export function contacts(facts: LoopFacts): readonly MessageFact[] {
  return facts.messages.filter(
    (message) => contactMoments.has(message.moment) && message.outcome !== 'refused',
  );
}

/** The last reply of a human that stands: one after which no decision sent the loop back. */
export function standingReply(facts: LoopFacts): ReplyFact | undefined {
  const reply = facts.replies.findLast(({ by }) => by.kind !== 'agent');
  if (reply === undefined) return undefined;
  const sentBack = facts.decisions.findLast(
    (decision) => decision.kind === 'hand-back' || decision.kind === 'reject-dispute',
  );
  return sentBack !== undefined && sentBack.at >= reply.at ? undefined : reply;
}

/** Where a loop stands at `now`: a function of its facts, the behaviour and the owner alone. */
export function positionOf(facts: LoopFacts, behaviour: Behaviour, owner: OwnerView, now: number): Position {
  const proof = proofOf(facts, behaviour, now);
  const at = (state: LoopState, reason: string, dueAt?: number): Position => ({
    state,
    proof,
    reason,
    ...(dueAt === undefined ? {} : { dueAt }),
  });

  if (facts.mergedInto !== undefined) return at('merged', 'it is the same case as another');
  const judged = facts.decisions.findLast(
    (decision) => decision.kind !== 'hand-over' && decision.kind !== 'accept-risk',
  );
  if (judged?.kind === 'dismiss' || judged?.kind === 'uphold')
    return at('dismissed', `decided by ${judged.by}`);
  const { suppression } = facts;
  if (!facts.isUnsuppressed && suppression !== undefined && now < suppression.until) {
    return at('dismissed', suppression.reason, suppression.until);
  }
  if (facts.sightings > 0 && standingSightings(facts) === 0)
    return at('dismissed', 'what seemed to be missing was seen after all');
  if (proof.rung === 'held') return at('held', 'the window is over and nothing came back');
  if (proof.rung === 'verified') return at('verified', proof.reason, proof.holdEndsAt);

  const risk = facts.decisions.findLast((decision) => decision.kind === 'accept-risk');
  if (risk?.kind === 'accept-risk' && now < risk.until)
    return at('accepted', 'a second person agreed', risk.until);

  const contacted = contacts(facts);
  const first = contacted[0];
  const reply = standingReply(facts);
  if (first === undefined && reply === undefined) {
    if (!facts.isLive && facts.releasedAt === undefined) return at('backlog', 'it is history');
    const trust = trustOf(facts);
    if (trust === 'untrusted') return at('triage', 'it was not them, as far as can be told');
    if (trust === 'unknown') return at('triage', 'it is not sure that it was them');
    return owner.addressee === undefined
      ? at('triage', 'nobody is known to own it')
      : at('open', 'someone can be told');
  }
  return contactedPosition(facts, behaviour, proof, now, at);
}

function contactedPosition(
  facts: LoopFacts,
  behaviour: Behaviour,
  proof: Proof,
  now: number,
  at: (state: LoopState, reason: string, dueAt?: number) => Position,
): Position {
  const contacted = contacts(facts);
  const reply = standingReply(facts);
  if (reply?.answer === 'not-me') return at('incident', 'the recipient did not do it');
  if (reply?.answer === 'wrong') return at('disputed', 'the recipient says that it is wrong');
  const lastActivity = Math.max(
    contacted[0]?.at ?? 0,
    reply?.at ?? 0,
    facts.lastOccurredAt,
    ...Object.values(facts.validity).map((seen) => seen.at),
    proof.rung === 'observed' ? proof.at : 0,
  );
  const unprovableAt = lastActivity + durationMs(behaviour.proof.unprovableAfter);
  if (now >= unprovableAt) return at('unprovable', 'nothing could prove or disprove the fix in time');
  if (proof.rung === 'observed') return at('observed', proof.reason, unprovableAt);
  if (reply?.answer === 'not-mine') {
    const isNextTold = contacted.some((message) => message.at > reply.at);
    return isNextTold
      ? at('told', 'the next owner was told', unprovableAt)
      : at('reassigned', 'the recipient says that someone else owns it', unprovableAt);
  }
  if (reply !== undefined) {
    const isRiskOver = facts.decisions.some(
      (decision) => decision.kind === 'accept-risk' && decision.at >= reply.at,
    );
    if (isRiskOver) return at('told', 'the accepted date has passed', unprovableAt);
    const isDisproved = reply.answer === 'done' && (proof.disprovedAt ?? 0) > reply.at;
    if (isDisproved) return at('told', 'the claim was disproved', unprovableAt);
    return at('answered', `the recipient answered ${reply.answer}`, unprovableAt);
  }
  // Somebody else hears of a question or a request too: those who answered were not silent.
  const isEscalated = facts.messages.some(
    ({ moment, occasion, outcome }) =>
      moment === 'escalation' && occasion.startsWith('ladder:') && outcome !== 'refused',
  );
  return isEscalated
    ? at('escalated', 'the ladder ran out of silence', unprovableAt)
    : at('told', 'a channel accepted the message', unprovableAt);
}
