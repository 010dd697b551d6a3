import { hmacHex, isEqualConstantTime } from '../../lib/hmac.ts';

/**
 * What ties a posted form to a page that we rendered: `<time>.<once>.<mac>`. Stateless; it proves which page, and
 * when it was shown, to whoever holds the key. `once` is fresh on each page, so that a double click is one reply and
 * a changed mind is another.
 */
export function formNonce(key: Uint8Array, page: readonly string[], at: number, once: string): string {
  const seconds = Math.floor(at / 1000).toString(36);
  return `${seconds}.${once}.${macOf(key, page, seconds, once)}`;
}

export type NonceVerdict = 'good' | 'too-old' | 'wrong';

/** @param ageMs how long a page may stay open */
export function judgeNonce(
  key: Uint8Array,
  page: readonly string[],
  nonce: string,
  now: number,
  ageMs: number,
): NonceVerdict {
  const [, seconds = '', once = '', mac = ''] =
    /^([0-9a-z]{1,12})\.([0-9a-f]{1,64})\.([0-9a-f]{32})$/u.exec(nonce) ?? [];
  if (mac === '' || !isEqualConstantTime(mac, macOf(key, page, seconds, once))) return 'wrong';
  const at = Number.parseInt(seconds, 36) * 1000;
  // A clock that was set back makes a page of the future; it is ours all the same.
  return now - at > ageMs ? 'too-old' : 'good';
}

function macOf(key: Uint8Array, page: readonly string[], seconds: string, once: string): string {
  return hmacHex(key, ['form/1', ...page, seconds, once]);
}
