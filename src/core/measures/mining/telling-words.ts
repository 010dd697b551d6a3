/** A word's count among all words of a group of replies. */
export type WordCount = { readonly count: number; readonly words: number };

/**
 * The logarithm of a word's odds ratio between two groups with a Dirichlet prior, and over its standard error (Monroe,
 * Colaresi & Quinn, Political Analysis 2008). `prior` is the word's count in all replies, weighed down.
 */
export function wordLogOdds(one: WordCount, other: WordCount, prior: WordCount) {
  const logOdds = ({ count, words }: WordCount) =>
    Math.log((count + prior.count) / (words + prior.words - count - prior.count));
  const delta = logOdds(one) - logOdds(other);
  const variance = 1 / (one.count + prior.count) + 1 / (other.count + prior.count);
  return { delta, z: delta / Math.sqrt(variance) };
}

/** How often a word stands in the replies of a group, and how many people wrote it. */
export type WordUse = { readonly count: number; readonly people: number };

export type TellingWord = { readonly word: string; readonly z: number; readonly people: number };

/** The prior is worth a tenth of the words that were written. */
const priorPart = 0.1;
const zMin = 3;
/** A word of fewer people could be one person's. */
const peopleMin = 5;

/** The words by which the replies of one group differ from those of another, the most telling first. */
export function tellingWords(
  one: ReadonlyMap<string, WordUse>,
  other: ReadonlyMap<string, WordUse>,
): readonly TellingWord[] {
  const words = (uses: ReadonlyMap<string, WordUse>) =>
    [...uses.values()].reduce((sum, { count }) => sum + count, 0);
  const [inOne, inOther] = [words(one), words(other)];
  return [...one]
    .flatMap(([word, { count, people }]) => {
      const elsewhere = other.get(word)?.count ?? 0;
      const prior = { count: priorPart * (count + elsewhere), words: priorPart * (inOne + inOther) };
      const { z } = wordLogOdds({ count, words: inOne }, { count: elsewhere, words: inOther }, prior);
      return people >= peopleMin && z >= zMin ? [{ word, z, people }] : [];
    })
    .sort((a, b) => b.z - a.z || (a.word < b.word ? -1 : 1));
}
