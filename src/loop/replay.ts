import { isClosed } from '../core/loop/states.ts';
import { momentsThatAsk } from '../core/message-template.ts';
import type { Principal } from '../ports/principal.ts';
import type { MessageRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { settle } from './settle.ts';

export type Replayed =
  | { readonly kind: 'queued'; readonly message: MessageRow }
  | { readonly kind: 'not-found' }
  /** It is on its way, or arrived: sending it again would say it twice. */
  | { readonly kind: 'refused'; readonly state: MessageRow['state'] }
  /** It asks for something that is no longer needed. */
  | { readonly kind: 'unwanted' };

/**
 * Sends a message again that was given up, was refused or whose fate is unknown: a person decided it, with the
 * chance that an uncertain one arrives twice. The same words to the same recipient, under the same id.
 */
export async function replay(parts: LoopParts, principal: Principal, id: string): Promise<Replayed> {
  const now = parts.clock.now();
  const replayed = await parts.store.transaction(async (tx): Promise<Replayed> => {
    const found = await tx.read.message(principal, id);
    if (found === undefined) return { kind: 'not-found' };
    const rows = await tx.lockLoops([...new Set(found.wants.map((want) => want.loop))]);
    const isOver = rows.every(({ state }) => isClosed(state) || state === 'verified');
    if (isOver && momentsThatAsk.has(found.message.moment)) return { kind: 'unwanted' };
    if (!(await tx.requeueMessage(id, now))) return { kind: 'refused', state: found.message.state };
    const story = {
      kind: 'replayed',
      at: now,
      body: { message: id, state: found.message.state, by: principal.id },
      personal: ['/by'],
    };
    await settle(
      parts,
      tx,
      rows.map((before) => ({ before, facts: before.facts, story: [story] })),
      now,
    );
    return { kind: 'queued', message: { ...found.message, state: 'queued', dueAt: now, attempt: 0 } };
  });
  if (replayed.kind === 'queued') parts.wake();
  return replayed;
}
