import type { Channel, Press, Presses } from '../ports/channel.ts';
import { answerPress } from './answer-press.ts';

/** When a press is acknowledged at the latest, and when what is not stored by then is tried again, milliseconds. */
export type PressTimes = { readonly deadlineMs: number; readonly againMs: readonly number[] };

/** Chat programs wait three seconds. */
const usualTimes: PressTimes = { deadlineMs: 2_500, againMs: [1_000, 5_000, 20_000, 60_000] };

/**
 * Takes a press within the time that a chat program waits: stored first where that is quick enough. `late`: it is to be
 * acknowledged now, and is taken afterwards, which its presser is told, as well as when it cannot be. A press counts once,
 * so that trying again repeats nothing; a process that ends in between loses it.
 */
export async function takeInTime(
  given: Parameters<typeof answerPress>[0],
  channel: Channel & { readonly presses: Presses },
  press: Press,
  times: PressTimes = usualTimes,
): Promise<Awaited<ReturnType<typeof answerPress>> | 'late'> {
  const first = answerPress(given, channel, press);
  const { promise: deadline, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(resolve, times.deadlineMs, 'late');
  const outcome = await Promise.race([first, deadline]).finally(() => clearTimeout(timer));
  if (outcome === 'late') void finish();
  return outcome;

  async function finish(): Promise<void> {
    let taken = await orUnavailable(first);
    for (const ms of times.againMs) {
      if (taken !== 'unavailable') return;
      await new Promise((done) => setTimeout(done, ms).unref());
      taken = await orUnavailable(answerPress(given, channel, press));
    }
    if (taken !== 'unavailable') return;
    given.log.error({ channel: channel.id }, 'a press was acknowledged and could not be taken');
    await channel.presses.show(press, given.words().press.failed).catch(() => undefined);
  }
}

function orUnavailable(answering: ReturnType<typeof answerPress>): ReturnType<typeof answerPress> {
  return answering.catch(() => 'unavailable');
}
