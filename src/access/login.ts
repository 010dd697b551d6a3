import { hmacHex, isEqualConstantTime } from '../lib/hmac.ts';

/**
 * A login on its way to the identity provider and back. Nothing of it is stored: the browser holds `once` and the path
 * to go on to under our mark, and what the answer is bound to is derived from `once` with a key that no browser knows.
 */
export type Login = {
  readonly next: string;
  readonly secrets: { readonly state: string; readonly nonce: string; readonly verifier: string };
};

/** Long enough for a second factor, short enough to be worthless when found later. */
export const loginMinutes = 10;

/**
 * The text of the cookie, and what the request to the provider carries.
 *
 * @param once 32 fresh random hex digits
 */
export function startLogin(
  key: Uint8Array,
  next: string,
  now: number,
  once: string,
): { readonly cookie: string; readonly login: Login } {
  const open = `${Math.floor(now / 1000).toString(36)}.${once}.${Buffer.from(next).toString('base64url')}`;
  return {
    cookie: `${open}.${hmacHex(key, ['login cookie/1', open], 256)}`,
    login: { next, secrets: secretsOf(key, once) },
  };
}

/** Undefined for a cookie that is not ours, or is too old. */
export function readLogin(key: Uint8Array, cookie: string, now: number): Login | undefined {
  const parts = /^([0-9a-z]{1,12})\.([0-9a-f]{32})\.([\w-]{0,400})\.([0-9a-f]{64})$/u.exec(cookie);
  const [, seconds = '', once = '', next = '', mac = ''] = parts ?? [];
  const open = `${seconds}.${once}.${next}`;
  if (parts === null || !isEqualConstantTime(mac, hmacHex(key, ['login cookie/1', open], 256)))
    return undefined;
  const age = now - Number.parseInt(seconds, 36) * 1000;
  if (age > loginMinutes * 60_000) return undefined;
  return { next: Buffer.from(next, 'base64url').toString(), secrets: secretsOf(key, once) };
}

function secretsOf(key: Uint8Array, once: string): Login['secrets'] {
  const derived = (what: string) => hmacHex(key, [`login ${what}/1`, once], 256);
  return { state: derived('state'), nonce: derived('nonce'), verifier: derived('verifier') };
}
