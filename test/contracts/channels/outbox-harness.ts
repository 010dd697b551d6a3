import { createOutbox } from '../../../src/adapters/channels/outbox/index.ts';
import type { Channel, Delivery } from '../../../src/ports/channel.ts';
import type { Arrival, ChannelHarness } from '../channel-harness.ts';

const noOtherSide = 'there is no other side that could refuse, be silent or be away';
export const outbox: ChannelHarness = {
  id: 'outbox',
  secrets: [],
  async open() {
    const inner = createOutbox();
    const arrived: Arrival[] = [];
    const channel: Channel = {
      ...inner,
      async send(delivery) {
        const result = await inner.send(delivery);
        if (result.kind === 'accepted') arrived.push(inStore(delivery, result.reference ?? ''));
        return result;
      },
    };
    return { channel, meet: () => undefined, arrived: () => arrived, close: async () => undefined };
  },
  skip: [
    ...[
      'a temporary refusal is retried',
      'a temporary refusal that names a time is retried after it',
      'a permanent refusal is refused, with a reason',
      'a fault of the far side is retried',
      'silence after the hand-over is uncertain and settled as declared',
      'a connection that breaks after the hand-over is uncertain and settled as declared',
      'an answer that makes no sense is neither accepted nor refused',
      'an answer without end is cut off, and is never a refusal',
      'a far side that cannot be reached is retried and told of in the set-up check',
      'a stop before the hand-over sends nothing and is retried',
    ].map((name) => ({ test: name, reason: noOtherSide })),
    {
      test: 'a recipient without an address has none, and nothing is sent',
      reason: 'everyone can be shown a message',
    },
    {
      test: 'a huge message arrives within bounds',
      reason: 'nothing is rendered: the stored row is the message',
    },
    { test: 'hostile text stays text', reason: 'nothing is rendered: whoever shows the row escapes it' },
  ],
};
function inStore({ message }: Delivery, key: string): Arrival {
  const shown = message.paragraphs.flatMap((part) =>
    'text' in part ? [part.text] : part.facts.map((fact) => fact.value),
  );
  const links = [message.replyUrl ?? '', ...message.links.map(({ url }) => url)];
  return { key, raw: JSON.stringify(message), shown, links, structure: [] };
}
