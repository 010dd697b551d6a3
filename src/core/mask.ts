/** Below this length even four characters say too much (invariant: last four only of values of twenty or more). */
export const lastFourLengthMin = 20;

/** The last four characters if the value is long enough to show them, else undefined. */
export function lastFour(value: string): string | undefined {
  const trimmed = value.trim();
  return trimmed.length >= lastFourLengthMin && /^[\x21-\x7e]+$/u.test(trimmed.slice(-4))
    ? trimmed.slice(-4)
    : undefined;
}

/**
 * A typed mask: `[secret:aws …9Qx2 #3fa9c1]`. The same value gives the same mask under one key, so that joins
 * survive; the value cannot be told from it.
 *
 * @param fingerprintValue hex of the value's keyed fingerprint; the first six digits are shown
 */
export function maskSecret(value: string, provider: string, fingerprintValue: string): string {
  const tail = lastFour(value);
  const slug = provider.replace(/[^a-z0-9-]/gu, '').slice(0, 32) || 'generic';
  return `[secret:${slug}${tail === undefined ? '' : ` …${tail}`} #${fingerprintValue.slice(0, 6)}]`;
}
