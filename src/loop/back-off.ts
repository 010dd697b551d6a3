import type { Channel } from '../ports/channel.ts';

/** Waits before the next attempt, in seconds; afterwards the last one repeats. */
const usualSeconds = [5, 30, 120, 600, 1_800, 7_200, 14_400, 28_800];

export function backOffOf(channel: Channel | undefined): readonly number[] {
  return channel?.backOffSeconds ?? usualSeconds;
}

/** @param attempts how many there were, one at least */
export function secondsAfter(channel: Channel | undefined, attempts: number): number {
  const seconds = backOffOf(channel);
  return seconds[Math.min(attempts, seconds.length) - 1] ?? 5;
}
