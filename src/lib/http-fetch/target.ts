import { isIP } from 'node:net';
import { type AddressKind, addressKind } from './address.ts';

/** Where a request goes, checked before anything is resolved. */
export type Target = {
  readonly url: URL;
  /** The name to resolve, or the literal address without brackets. */
  readonly host: string;
  /** The operator listed this origin: plain http, its port and private addresses are allowed there. */
  readonly isListed: boolean;
};

export type Refusal = { readonly kind: 'blocked'; readonly reason: string };
const refused = (reason: string): Refusal => ({ kind: 'blocked', reason });

/** An origin as an operator lists it, in its normal form. Throws on anything that is more or less than an origin. */
export function listedOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol) || `${url.origin}/` !== url.href) {
    throw new TypeError(`not an origin such as https://hooks.example.com:8443: ${JSON.stringify(text)}`);
  }
  return url.origin;
}

/** Checks the address of a request. `listed` holds origins as `listedOrigin` gives them. */
export function checkTarget(text: string, listed: ReadonlySet<string>): Target | Refusal {
  // The URL standard drops tabs and newlines and turns backslashes: two readers could see two hosts.
  if (/[\s\x00-\x1f\x7f\\]/u.test(text))
    return refused('the address contains a blank, a backslash or a control');
  if (!URL.canParse(text)) return refused('the address is not a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return refused('the address contains credentials');
  const isListed = listed.has(url.origin);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isListed)) {
    return refused('only https is allowed, unless the origin is listed');
  }
  if (url.port !== '' && !isListed) return refused('only port 443 is allowed, unless the origin is listed');
  if (url.hostname.endsWith('.')) return refused('the host name ends in a dot');
  url.hash = '';
  return { url, host: url.hostname.replace(/^\[|\]$/gu, ''), isListed };
}

/**
 * The addresses that may be connected to. One bad address refuses them all: a name that is half public and half
 * private is an attack or a mistake.
 */
export function checkAddresses(addresses: readonly string[], isListed: boolean): readonly string[] | Refusal {
  if (addresses.length === 0) return refused('the name has no address');
  const kinds = new Set<AddressKind>(addresses.map(addressKind));
  if (kinds.has('forbidden')) return refused('the name leads to an address that is never called');
  if (kinds.has('private') && !isListed) {
    return refused('the name leads into a private network and the origin is not listed');
  }
  return [...new Set(addresses)].slice(0, addressesMax);
}

// Enough for any round-robin name; each is tried within the same connect time.
const addressesMax = 8;

export function isLiteral(host: string): boolean {
  return isIP(host) !== 0;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/u;
// Set by the client alone: a caller's value could split or redirect the request.
const reserved = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
]);

/** Refuses header names and values that could end a header line (RFC 9110, section 5.5). */
export function checkHeaders(headers: Readonly<Record<string, string>>): Refusal | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || reserved.has(name.toLowerCase())) return refused('a header name is not allowed');
    if (!/^[\t\x20-\x7e]*$/u.test(value))
      return refused('a header value contains a control or a non-ASCII character');
  }
  return undefined;
}
