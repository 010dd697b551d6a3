import { createHash } from 'node:crypto';

/**
 * Numbers of a simulation by what they are for: the same seed and words give the same number, in whatever order they
 * are asked. What happens to one person so never depends on what happened to another.
 */
export type Draws = {
  /** Uniform in [0, 1). */
  readonly unit: (...words: readonly (string | number)[]) => number;
  readonly chance: (probability: number, ...words: readonly (string | number)[]) => boolean;
  /** Whole, from `from` to `to`, both included. */
  readonly whole: (from: number, to: number, ...words: readonly (string | number)[]) => number;
  readonly pick: <T>(items: readonly T[], ...words: readonly (string | number)[]) => T;
  /** Lower-case hex, at most 64 digits. */
  readonly hex: (digits: number, ...words: readonly (string | number)[]) => string;
  /** Letters and digits without a pattern, at most 43. */
  readonly letters: (count: number, ...words: readonly (string | number)[]) => string;
};

export function openDraws(seed: number): Draws {
  const digest = (words: readonly (string | number)[]) =>
    createHash('sha256').update(JSON.stringify([seed, ...words]));
  const unit: Draws['unit'] = (...words) => digest(words).digest().readUIntBE(0, 6) / 2 ** 48;
  return {
    unit,
    chance: (probability, ...words) => unit(...words) < probability,
    whole: (from, to, ...words) => from + Math.floor(unit(...words) * (to - from + 1)),
    pick: (items, ...words) => {
      const item = items[Math.floor(unit(...words) * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    hex: (digits, ...words) => digest(words).digest('hex').slice(0, digits),
    letters: (count, ...words) => digest(words).digest('base64').replace(/[+/=]/gu, 'q').slice(0, count),
  };
}
