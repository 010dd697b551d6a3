import type { App } from './app.ts';
import { AppError } from './core/errors.ts';
import { takeInTime } from './http/take-in-time.ts';
import type { Held } from './ports/channel.ts';

/**
 * Holds the connections over which channels hand in presses. One a channel and process, in the process that speaks: the
 * worker, or the one that does everything.
 */
export function holdConnections(
  app: Pick<App, 'parts' | 'packs' | 'log' | 'channels'> & { readonly language: string },
): Held {
  const { parts, packs, log, language: usual } = app;
  const words = (language?: string) => {
    const found = packs.page(language ?? usual) ?? packs.page(usual);
    if (found === undefined) throw new AppError('bad-config', 'The packs have no words for pages.');
    return found;
  };
  const held = app.channels.flatMap((channel) => {
    const { presses } = channel;
    if (presses?.hold === undefined) return [];
    return presses.hold(
      async (press) =>
        (await takeInTime({ parts, words, log }, { ...channel, presses }, press)) !== 'unavailable',
      (news, reason) => {
        const about = { channel: channel.id, news, reason };
        if (news === 'opened') log.info(about, 'answers by buttons come over a connection of our own');
        else log.warn(about, 'about the connection over which answers by buttons come');
      },
    );
  });
  return {
    stop: async () => {
      await Promise.all(held.map((one) => one.stop()));
    },
  };
}
