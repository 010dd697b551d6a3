import type { Json } from '../core/event.ts';
import type { ReplyFact } from '../core/loop/facts.ts';
import { isClosed } from '../core/loop/states.ts';
import type { Principal } from '../ports/principal.ts';
import type { LoopRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { settle } from './settle.ts';

export type Claimed =
  | { readonly kind: 'claimed'; readonly loop: LoopRow }
  /** It said so before, and nothing happened since. */
  | { readonly kind: 'known'; readonly loop: LoopRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'closed' };

/** Whether a case is about this agent: what others did is not its to see. */
export function isOfAgent({ facts, isStub, mergedInto }: LoopRow, agent: string): boolean {
  const actor = facts.kept[0]?.actor;
  return !isStub && mergedInto === undefined && actor?.type === 'agent' && facts.identity?.id === agent;
}

/**
 * An agent says that its own step of a case is done, and nothing else: it accepts no risk, passes nothing on and
 * disputes nothing. The word is weak (invariant 7): the rung becomes `claimed`, and whoever answers for the agent is
 * told and reminded all the same.
 *
 * @param reference id or case code
 */
export async function claimByAgent(
  parts: LoopParts,
  principal: Principal,
  agent: string,
  reference: string,
): Promise<Claimed> {
  const now = parts.clock.now();
  const found = await parts.store.read.loop(principal, reference);
  if (found === undefined || !isOfAgent(found.loop, agent)) return { kind: 'not-found' };
  const claimed = await parts.store.transaction(async (tx): Promise<Claimed> => {
    const [before] = await tx.lockLoops([found.loop.id]);
    if (before === undefined || !isOfAgent(before, agent)) return { kind: 'not-found' };
    const { state, facts } = before;
    if (isClosed(state) || state === 'verified' || state === 'backlog') return { kind: 'closed' };
    const own = facts.replies.findLast(({ by }) => by.kind === 'agent' && by.id === agent);
    if (own !== undefined && own.at >= facts.lastOccurredAt) return { kind: 'known', loop: before };
    const fact: ReplyFact = {
      id: parts.idOf(['reply', 'agent', before.id, agent, String(facts.lastOccurredAt)]),
      at: now,
      answer: 'done',
      by: { kind: 'agent', id: agent },
      isWeak: true,
    };
    const { by, ...rest } = fact;
    const stored: Json = { ...rest, by: { ...by } };
    await tx.insertReplies([{ id: fact.id, loop: before.id, at: now, answer: fact.answer, body: stored }]);
    const body: Json = { answer: fact.answer, reply: fact.id, weak: true, by: { ...by } };
    const change = {
      before,
      facts: { ...facts, replies: [...facts.replies, fact] },
      story: [{ kind: 'reply' as const, at: now, body, personal: ['/by/id'] }],
    };
    const [loop] = await settle(parts, tx, [change], now);
    return { kind: 'claimed', loop: loop ?? before };
  });
  if (claimed.kind === 'claimed') parts.wake();
  return claimed;
}
