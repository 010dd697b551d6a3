/** A word's count among all words of a group of replies. */
export type WordCount = { readonly count: number; readonly words: number };

/**
 * Which words tell two groups apart: the logarithm of their odds ratio with a Dirichlet prior, over its standard error
 * (Monroe, Colaresi & Quinn, Political Analysis 2008). `prior` is the word's count in all replies, weighed down.
 */
export function wordLogOdds(one: WordCount, other: WordCount, prior: WordCount) {
  const logOdds = ({ count, words }: WordCount) =>
    Math.log((count + prior.count) / (words + prior.words - count - prior.count));
  const delta = logOdds(one) - logOdds(other);
  const variance = 1 / (one.count + prior.count) + 1 / (other.count + prior.count);
  return { delta, z: delta / Math.sqrt(variance) };
}
