import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import type { House } from './house.ts';

/** What a test of the loop does with the cases of a store that is opened later. */
export function loopHands(store: () => Store) {
  const messages = async (loop: string) => (await store().read.loop(loopPrincipal, loop))?.messages ?? [];
  return {
    messages,
    stateOf: async (loop: string) => (await store().read.loop(loopPrincipal, loop))?.loop,
    /** By the link of the last message. */
    answer: async (house: House, loop: string, input: Parameters<typeof replyByLink>[2]) => {
      const last = (await messages(loop)).at(-1);
      if (last === undefined) throw new Error('no message');
      return replyByLink(house.parts, house.parts.replyLink(last.id, last.to.id).tokenHash, input);
    },
    live: (house: House, ...events: Parameters<typeof ingest>[1]['events']) =>
      ingest(house.parts, { source: 'scanner', receivedAt: house.clock.now(), mode: 'live', events }),
  };
}
