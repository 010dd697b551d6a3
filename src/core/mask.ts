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

/** A mask as `maskSecret` makes it: provider, last four, six digits of the fingerprint. */
const maskPattern = /^\[secret:([a-z0-9-]{1,32})(?: …([\x21-\x7e]{4}))? #([0-9a-f]{6})\]$/u;

export function isMask(text: string): boolean {
  return maskPattern.test(text);
}

/** Whether two masks are of one value. Two scanners may name its provider differently. */
export function isSameMask(left: string, right: string): boolean {
  if (left === right) return true;
  const [, , leftEnd, leftDigits] = maskPattern.exec(left) ?? [];
  const [, , rightEnd, rightDigits] = maskPattern.exec(right) ?? [];
  return leftDigits !== undefined && leftDigits === rightDigits && leftEnd === rightEnd;
}
