import type { LoopFacts, ReplyFact } from './facts.ts';
import { duty } from './position.ts';
import { isClosed, type LoopState, type Rung } from './states.ts';

/** What a case looks like to whoever was told of it. */
export type AskedCase = { readonly state: LoopState; readonly rung: Rung; readonly facts: LoopFacts };

/** What this reader answered last. */
export function ownReply(
  facts: LoopFacts,
  reader: { readonly kind: string; readonly id: string },
): ReplyFact | undefined {
  return facts.replies.findLast(({ by }) => by.kind === reader.kind && by.id === reader.id);
}

/** Whether the case came back to a reader after their answer: decided so, handed to them, or seen again. */
export function isAskedAgain(
  { facts, rung }: Pick<AskedCase, 'facts' | 'rung'>,
  own: ReplyFact,
  reader: { readonly kind: string; readonly id: string },
): boolean {
  const isSentBack = facts.decisions.some(
    (made) =>
      made.at >= own.at &&
      (made.kind === 'hand-back' ||
        made.kind === 'reject-dispute' ||
        (made.kind === 'hand-over' && made.to.kind === reader.kind && made.to.id === reader.id)),
  );
  return isSentBack || (facts.lastOccurredAt > own.at && rung === 'none');
}

/**
 * Whether an answer of this reader is still taken. A case that they passed on is the next owner's; of an incident that
 * somebody else reported, an older link takes nothing back.
 */
export function takesAnswer(
  asked: AskedCase,
  reader: { readonly kind: string; readonly id: string },
): boolean {
  const { state, facts } = asked;
  if (isClosed(state) || state === 'verified' || state === 'accepted' || state === 'orphaned') return false;
  const own = ownReply(facts, reader);
  if (own === undefined) return state !== 'incident' || reader.kind === duty.kind;
  const isPassedOn = own.answer === 'not-mine' && own.proposedOwner !== undefined;
  return !isPassedOn || isAskedAgain(asked, own, reader);
}
