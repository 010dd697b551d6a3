import { wilson } from '../measures/rates/proportion.ts';
import { type Draft, reviewPeopleMin } from './proposal.ts';

/** Somebody followed several practice mails: the signs that each of them showed. */
export type Repeater = { readonly signs: readonly ReadonlySet<string>[] };

export type RepeatedClicks = {
  readonly behaviour: string;
  readonly repeaters: readonly Repeater[];
  /** The signs of every practice mail that was followed by anybody. */
  readonly mails: readonly ReadonlySet<string>[];
};

/**
 * Signs that the same people miss in mail after mail, more often than mails that show them would bring about. The most
 * telling sign is proposed as words of its own.
 */
export function repeatDrafts(all: readonly RepeatedClicks[]): readonly Draft[] {
  return all.flatMap(({ behaviour, repeaters, mails }): readonly Draft[] => {
    const signs = [...new Set(mails.flatMap((one) => [...one]))].sort();
    const found = signs.flatMap((sign) => {
      const missed = repeaters.filter(({ signs: own }) => own.filter((one) => one.has(sign)).length >= 2);
      const share = { x: missed.length, n: repeaters.length };
      if (share.x < reviewPeopleMin) return [];
      const part = mails.filter((one) => one.has(sign)).length / mails.length;
      const expected = repeaters.reduce((sum, { signs: own }) => sum + twice(own.length, part), 0) / share.n;
      // Every sign is looked at: the bound is as much stricter.
      const { lower, upper } = wilson(share, 1 - 0.05 / signs.length);
      return lower <= expected ? [] : [{ sign, share, lower, upper, expected }];
    });
    const [most] = found.toSorted((a, b) => b.lower - b.expected - (a.lower - a.expected));
    if (most === undefined) return [];
    const { sign, share, lower, upper, expected } = most;
    const evidence = [{ code: 'repeats', subject: sign, ...share, lower, upper, against: expected } as const];
    return [{ kind: 'variant', behaviour, subject: sign, evidence, cause: 'capability', words: [] }];
  });
}

/** How likely a sign is met twice or more in so many mails, when a part of all mails shows it. */
function twice(mails: number, part: number): number {
  return 1 - (1 - part) ** mails - mails * part * (1 - part) ** (mails - 1);
}
