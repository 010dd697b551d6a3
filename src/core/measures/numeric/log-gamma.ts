/** Half the logarithm of 2π. */
const halfLogTwoPi = 0.9189385332046728;

// Godfrey's coefficients for g = 607/128 (Lanczos, SIAM J. Numer. Anal. 1964): relative error under 1e-15 for x > 0.
const lanczosG = 607 / 128;
const lanczosFirst = 0.9999999999999971;
const lanczos = [
  57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202, 0.00003399464998481189,
  0.00004652362892704858, -0.00009837447530487956, 0.0001580887032249125, -0.00021026444172410488,
  0.00021743961811521265, -0.0001643181065367639, 0.00008441822398385275, -0.000026190838401581408,
  0.0000036899182659531625,
] as const;

/** Above this, five terms of Stirling's series are exact to the last digit. */
const seriesFrom = 15;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x > seriesFrom) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingSeries(x);
  let sum = lanczosFirst;
  for (const [index, coefficient] of lanczos.entries()) sum += coefficient / (x + index + 1);
  const base = x + lanczosG + 0.5;
  return (x + 0.5) * Math.log(base) - base + halfLogTwoPi + Math.log(sum / x);
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/**
 * ln Γ(x + 1) less Stirling's approximation of it. With `deviance` it gives masses and densities of large counts without
 * subtracting large logarithms (Loader, "Fast and accurate computation of binomial probabilities", 2000).
 */
export function stirlingError(x: number): number {
  if (x > seriesFrom) return stirlingSeries(x);
  return logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - halfLogTwoPi;
}

function stirlingSeries(x: number): number {
  const square = x * x;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / x;
}

/** x ln(x / mean) + mean − x, without cancellation where the two are near (Loader 2000). */
export function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1_000; j += 1) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
