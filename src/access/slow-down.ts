/**
 * Slows guessing of passwords down, by account and by address, and locks nobody out: whoever knows the password waits
 * half a minute at most for their account, however often others guess.
 */
export type SlowDown = {
  /** Seconds to wait before the next attempt is judged; 0: now. */
  wait(keys: SlowKeys, now: number): number;
  failed(keys: SlowKeys, now: number): void;
  succeeded(keys: SlowKeys): void;
};
export type SlowKeys = { readonly account: string; readonly address: string | undefined };

/** Attempts that cost nothing: everybody mistypes. */
export const freeAttempts = 3;
export const accountWaitMsMax = 30_000;
export const addressWaitMsMax = 300_000;
/** Attempts are forgotten after this time. */
const forgottenMs = 3_600_000;
const keysMax = 10_000;

type Count = { failures: number; at: number };

export function createSlowDown(accountMsMax: number = accountWaitMsMax): SlowDown {
  const few = new Map<string, Count>();
  // Those that wait are kept apart: a flood of names, an attempt each, pushes nobody out of there.
  const many = new Map<string, Count>();
  const named = ({ account, address }: SlowKeys): readonly (readonly [string, number])[] => [
    [`account ${account}`, accountMsMax],
    ...(address === undefined ? [] : ([[`address ${address}`, addressWaitMsMax]] as const)),
  ];
  const countOf = (key: string, now: number): Count | undefined => {
    const count = many.get(key) ?? few.get(key);
    return count === undefined || now - count.at > forgottenMs ? undefined : count;
  };
  return {
    wait: (keys, now) => {
      const waits = named(keys).map(([key, most]) => {
        const count = countOf(key, now);
        if (count === undefined || count.failures < freeAttempts) return 0;
        const pause = Math.min(1000 * 2 ** Math.min(count.failures - freeAttempts, 20), most);
        return Math.max(0, count.at + pause - now);
      });
      return Math.ceil(Math.max(...waits) / 1000);
    },
    failed: (keys, now) => {
      for (const [key] of named(keys)) {
        const failures = (countOf(key, now)?.failures ?? 0) + 1;
        few.delete(key);
        many.delete(key);
        const kept = failures < freeAttempts ? few : many;
        kept.set(key, { failures, at: now });
        const oldest = kept.size > keysMax ? kept.keys().next().value : undefined;
        if (oldest !== undefined) kept.delete(oldest);
      }
    },
    succeeded: ({ account }) => {
      few.delete(`account ${account}`);
      many.delete(`account ${account}`);
    },
  };
}
