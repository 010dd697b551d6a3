/**
 * The positive number at which `isBelow` turns from true to false, to the last digit of a double. The function must turn
 * once. Bisection on the ratio first, then on the difference: a root at 1e-32 costs as much as one at 10. Where it
 * never turns, the answer is 0 or Infinity.
 */
export function solvePositive(isBelow: (x: number) => boolean): number {
  let lower = 1;
  let upper = 1;
  for (let factor = 2; isBelow(upper); factor *= factor) {
    lower = upper;
    upper *= factor;
    if (upper === Number.POSITIVE_INFINITY) return upper;
  }
  for (let factor = 2; lower === upper || !isBelow(lower); factor *= factor) {
    if (isBelow(lower)) break;
    upper = lower;
    lower /= factor;
    if (lower === 0) return 0;
  }
  // 1,100 halvings of the exponent's range and 53 of the digits are the most there can be.
  for (let turn = 0; turn < 1_200; turn += 1) {
    const middle = upper / lower > 2 ? Math.sqrt(lower) * Math.sqrt(upper) : lower + (upper - lower) / 2;
    if (middle <= lower || middle >= upper) break;
    if (isBelow(middle)) lower = middle;
    else upper = middle;
  }
  return upper;
}
