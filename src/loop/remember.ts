import type { MessageFact } from '../core/loop/facts.ts';
import type { ClaimedMessage, StoreWrite } from '../ports/store.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { type Change, settle } from './settle.ts';

export type MessageNews = {
  readonly claimed: ClaimedMessage;
  /** `moved`: it goes on to another channel; the case has not heard of it yet, and its story has. */
  readonly outcome: MessageFact['outcome'] | 'moved';
  /** When it came about; now unless given. */
  readonly at?: number;
  /** Who brought it about, for the story. */
  readonly told?: LedgerFact;
};

/** Adds what became of messages to the facts of their loops and settles them. */
export async function rememberMessages(
  parts: LoopParts,
  tx: StoreWrite,
  news: readonly MessageNews[],
  now: number,
): Promise<void> {
  const byLoop = new Map<string, { fact?: MessageFact; story: readonly LedgerFact[] }[]>();
  for (const { claimed, outcome, at = now, told } of news) {
    const { message } = claimed;
    for (const want of claimed.wants) {
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
          ...(want.standInFor === undefined ? {} : { standInFor: want.standInFor }),
        },
        personal: ['/to/id', ...(want.standInFor === undefined ? [] : ['/standInFor'])],
      };
      const stories = told === undefined ? [story] : [told, story];
      const known = byLoop.get(want.loop) ?? [];
      if (outcome === 'moved') {
        byLoop.set(want.loop, [...known, { story: stories }]);
        continue;
      }
      const fact: MessageFact = {
        message: message.id,
        moment: message.moment,
        occasion: want.occasion,
        recipient: message.to,
        at,
        outcome,
        ...(message.isShadow ? { isShadow: true } : {}),
        ...(want.standInFor === undefined ? {} : { standInFor: want.standInFor }),
      };
      byLoop.set(want.loop, [...known, { fact, story: stories }]);
    }
  }
  const rows = await tx.lockLoops([...byLoop.keys()]);
  const changes = rows.map((before): Change => {
    const told = byLoop.get(before.id) ?? [];
    const { facts } = before;
    const messages = [
      ...facts.messages.filter((old) => !told.some(({ fact }) => fact?.occasion === old.occasion)),
      ...told.flatMap(({ fact }) => fact ?? []),
    ];
    return { before, facts: { ...facts, messages }, story: told.flatMap(({ story }) => story) };
  });
  await settle(parts, tx, changes, now);
}
