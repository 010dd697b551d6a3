import type { LoopFacts } from './facts.ts';
import { standingReply } from './position.ts';
import type { LoopState } from './states.ts';

/**
 * What a loop needs a person for, beside what its state says:
 * danger it is urgent, it can still do harm, and nobody has answered yet
 * risk   whoever answers for it asks to live with it until a date; a second person decides
 * help   the recipient asks for help
 * owner  nothing says whose it is, and nobody was named
 */
export const needs = ['danger', 'risk', 'help', 'owner'] as const;
export type Need = (typeof needs)[number];

/** States in which an owner who is not known is missed. */
const running: ReadonlySet<LoopState> = new Set([
  'open',
  'told',
  'answered',
  'escalated',
  'observed',
  'reassigned',
  'incident',
  'disputed',
  'orphaned',
]);

/** States in which nobody has said yet that they see to it, and whose names do not say so. */
const unanswered: ReadonlySet<LoopState> = new Set(['open', 'told', 'reassigned']);

const needOfAnswer: Readonly<Record<string, Need>> = { 'accept-risk': 'risk', 'need-help': 'help' };

/** What the need of a case depends on beside its facts. */
export type NeedView = {
  readonly state: LoopState;
  readonly ownerKind: 'person' | 'team' | 'unknown';
  /** Of a severity that breaks quiet hours. */
  readonly isUrgent: boolean;
};

/** The one thing that comes first: what somebody asks for, then danger, then who owns it. */
export function needOf(facts: LoopFacts, { state, ownerKind, isUrgent }: NeedView): Need | undefined {
  const asked = state === 'answered' || state === 'observed' ? requestIn(facts) : undefined;
  if (asked !== undefined) return needOfAnswer[asked.answer];
  if (isUrgent && unanswered.has(state)) return 'danger';
  return ownerKind === 'unknown' && running.has(state) && !isNamed(facts) ? 'owner' : undefined;
}

/** Whether the case was handed to somebody who has not said since that it is not theirs. */
function isNamed({ decisions, replies }: LoopFacts): boolean {
  const named = decisions.findLast(({ kind }) => kind === 'hand-over');
  return named !== undefined && !replies.some(({ answer, at }) => answer === 'not-mine' && at > named.at);
}

/** The standing answer that asks for something, and on which nothing was decided since. */
export function requestIn(facts: LoopFacts) {
  const reply = standingReply(facts);
  if (reply === undefined || needOfAnswer[reply.answer] === undefined) return undefined;
  const isDecided = facts.decisions.some(({ kind, at }) => kind === 'accept-risk' && at >= reply.at);
  return isDecided ? undefined : reply;
}
