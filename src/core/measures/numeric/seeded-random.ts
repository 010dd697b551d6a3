/** A source of numbers that the caller hands in; the same seed gives the same numbers everywhere. */
export type Random = () => number;

/** Uniform numbers in [0, 1) with 53 bits, by sfc32 (Doty-Humphrey, PractRand). Not for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 4_294_967_296) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    return out >>> 0;
  };
  // Seeds that lie near each other give unrelated numbers only after some turns.
  for (let turn = 0; turn < 15; turn += 1) next();
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
}
