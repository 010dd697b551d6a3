/** Adjusted p by Benjamini and Hochberg (1995): keeping those ≤ α holds the expected share of false finds to α. */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const adjusted = ps.map(() => 1);
  let least = 1;
  // The running minimum goes from the largest p down.
  for (const [rank, index] of ranked(ps).toReversed().entries()) {
    least = Math.min(least, ((ps[index] ?? 1) * ps.length) / (ps.length - rank));
    adjusted[index] = least;
  }
  return adjusted;
}

/** Adjusted p by Holm (1979): keeping those ≤ α holds the chance of any false find to α. */
export function holm(ps: readonly number[]): readonly number[] {
  const adjusted = ps.map(() => 1);
  let most = 0;
  for (const [rank, index] of ranked(ps).entries()) {
    most = Math.max(most, Math.min(1, (ps[index] ?? 1) * (ps.length - rank)));
    adjusted[index] = most;
  }
  return adjusted;
}

/**
 * Which of many experiments stand, by their evidence at the stop or now (not the greatest on the way, which is no
 * e-value): e-BH of Wang and Ramdas (JRSS B 2022), under any dependence between them.
 */
export function eBenjaminiHochberg(evidence: readonly number[], alpha = 0.05): readonly boolean[] {
  const order = ranked(evidence).toReversed();
  const kept = order.findLastIndex(
    (index, rank) => (evidence[index] ?? 0) >= evidence.length / (alpha * (rank + 1)),
  );
  const isKept = new Set(order.slice(0, kept + 1));
  return evidence.map((_, index) => isKept.has(index));
}

/** Places of the values from the least to the greatest. */
function ranked(values: readonly number[]): readonly number[] {
  return values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
}
