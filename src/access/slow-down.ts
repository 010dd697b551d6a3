/**
 * Slows guessing of passwords and codes down, by account and by address, and locks nobody out: whoever knows the
 * password waits half a minute at most for their account, however often others guess.
 */
export type Attempts = { readonly failures: number; readonly at: number };

/** Attempts that cost nothing: everybody mistypes. */
export const freeAttempts = 3;
export const accountWaitMsMax = 30_000;
export const addressWaitMsMax = 300_000;
/** Whoever guesses codes knows the password: they wait longer than whoever guesses passwords. */
export const codeWaitMsMax = 300_000;
/** Attempts are forgotten after this time. */
export const forgottenMs = 3_600_000;
/** Names and addresses that failed too seldom to wait: the oldest beyond these are forgotten earlier. */
export const attemptsKeptMax = 20_000;

/** Milliseconds until the next attempt is judged; 0: now. */
export function waitMs(attempts: Attempts | undefined, now: number, waitMsMax: number): number {
  const { failures, at } = remembered(attempts, now);
  if (failures < freeAttempts) return 0;
  const pause = Math.min(1000 * 2 ** Math.min(failures - freeAttempts, 20), waitMsMax);
  return Math.max(0, at + pause - now);
}

/** With one more, which is counted before it is judged: of many at once not all come through. */
export function oneMore(attempts: Attempts | undefined, now: number): Attempts {
  return { failures: remembered(attempts, now).failures + 1, at: now };
}

function remembered(attempts: Attempts | undefined, now: number): Attempts {
  const isForgotten = attempts === undefined || now - attempts.at > forgottenMs;
  return isForgotten ? { failures: 0, at: now } : attempts;
}
