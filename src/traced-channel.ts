import { spanKind, traced } from './lib/trace.ts';
import type { Channel } from './ports/channel.ts';

/** The channel, with a span around each message that it is given. Of the message only its moment is told. */
export function tracedChannel(channel: Channel): Channel {
  return {
    ...channel,
    send: (delivery) =>
      traced(
        'channel send',
        { 'foldback.channel': channel.id, 'foldback.attempt': delivery.attempt },
        async (span) => {
          const result = await channel.send(delivery);
          span.setAttribute('foldback.outcome', result.kind);
          return result;
        },
        spanKind.CLIENT,
      ),
  };
}
