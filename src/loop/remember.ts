import type { MessageFact } from '../core/loop/facts.ts';
import type { ClaimedMessage, StoreWrite } from '../ports/store.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { type Change, settle } from './settle.ts';

/** Adds what became of messages to the facts of their loops and settles them. */
export async function rememberMessages(
  parts: LoopParts,
  tx: StoreWrite,
  news: readonly { readonly claimed: ClaimedMessage; readonly outcome: MessageFact['outcome'] }[],
  now: number,
): Promise<void> {
  const byLoop = new Map<string, { fact: MessageFact; story: LedgerFact }[]>();
  for (const { claimed, outcome } of news) {
    const { message } = claimed;
    for (const want of claimed.wants) {
      const fact: MessageFact = {
        message: message.id,
        moment: message.moment,
        occasion: want.occasion,
        recipient: message.to,
        at: now,
        outcome,
        ...(message.isShadow ? { isShadow: true } : {}),
      };
      const story: LedgerFact = {
        kind: 'message',
        at: now,
        body: {
          message: message.id,
          moment: message.moment,
          occasion: want.occasion,
          outcome,
          channel: message.channel,
          shadow: message.isShadow,
          to: { kind: message.to.kind, id: message.to.id },
        },
        personal: ['/to/id'],
      };
      byLoop.set(want.loop, [...(byLoop.get(want.loop) ?? []), { fact, story }]);
    }
  }
  const rows = await tx.lockLoops([...byLoop.keys()]);
  const changes = rows.map((before): Change => {
    const told = byLoop.get(before.id) ?? [];
    const { facts } = before;
    const messages = [
      ...facts.messages.filter((old) => !told.some(({ fact }) => fact.occasion === old.occasion)),
      ...told.map(({ fact }) => fact),
    ];
    return { before, facts: { ...facts, messages }, story: told.map(({ story }) => story) };
  });
  await settle(parts, tx, changes, now);
}
