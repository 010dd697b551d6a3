/** The text whose keyed hash assigns a unit: the same for ever, and no two pairs share one. */
export function assignmentText(experiment: string, unit: string): string {
  return JSON.stringify(['assign/1', experiment, unit]);
}

/** A number in [0, 1) from the first 48 bits of a hash, big-endian. */
export function unitInterval(hash: Uint8Array): number {
  return hash.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 48;
}

/** The place of the arm for `u` in [0, 1): the first whose shares, added up, pass it. Shares sum to 1. */
export function armAt(u: number, allocation: readonly number[]): number {
  let sum = 0;
  const arm = allocation.findIndex((share) => {
    sum += share;
    return u < sum;
  });
  // Shares that add up to a last digit below 1 leave that digit to the last arm.
  return arm === -1 ? allocation.length - 1 : arm;
}
