import {
  addressWaitMsMax,
  attemptsKeptMax,
  forgottenMs,
  freeAttempts,
  oneMore,
  waitMs,
} from './access/slow-down.ts';
import type { KeyedHash } from './lib/hmac.ts';
import type { Clock } from './ports/clock.ts';
import type { Store } from './ports/store.ts';

/** What a guess is aimed at, and where it comes from. */
export type Aim = { readonly account: string; readonly address: string | undefined };

export type Attempts = {
  /** Counts an attempt before it is judged; seconds to wait instead, if there are any. */
  take(aim: Aim): Promise<number>;
  /** It was right: the account is open again, and the address did nothing wrong by it. */
  succeeded(aim: Aim): Promise<void>;
};

export type AttemptParts = {
  readonly store: Store;
  readonly clock: Clock;
  /** Names accounts and addresses in the store: nothing that somebody typed rests there. */
  readonly attemptKey: KeyedHash;
};

/** What is old is forgotten so often. */
const pruneEveryMs = 60_000;

/** Attempts of one kind, counted in the store: several processes that share it slow guessing down as one. */
export function openAttempts(
  { store, clock, attemptKey }: AttemptParts,
  kind: 'password' | 'code',
  accountWaitMsMax: number,
): Attempts {
  let prunedAt = 0;
  const named = ({ account, address }: Aim): ReadonlyMap<string, number> =>
    new Map([
      [attemptKey([kind, 'account', account]), accountWaitMsMax],
      ...(address === undefined
        ? []
        : ([[attemptKey([kind, 'address', address]), addressWaitMsMax]] as const)),
    ]);
  const prune = async (now: number): Promise<void> => {
    if (Math.abs(now - prunedAt) < pruneEveryMs) return;
    prunedAt = now;
    await store.transaction((tx) => tx.pruneAttempts(now - forgottenMs, freeAttempts, attemptsKeptMax));
  };
  return {
    take: async (aim) => {
      const now = clock.now();
      const keys = named(aim);
      const ms = await store.transaction(async (tx) => {
        const rows = await tx.holdAttempts([...keys.keys()]);
        const longest = Math.max(...rows.map((row) => waitMs(row, now, keys.get(row.key) ?? 0)));
        if (longest === 0) await tx.saveAttempts(rows.map((row) => ({ key: row.key, ...oneMore(row, now) })));
        return longest;
      });
      await prune(now);
      return Math.ceil(ms / 1000);
    },
    succeeded: async (aim) => {
      const [account = '', ...others] = named(aim).keys();
      await store.transaction((tx) => tx.forgiveAttempts(account, others));
    },
  };
}
