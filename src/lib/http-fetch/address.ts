import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * public     may be called
 * private    only where the operator listed the origin: this machine and the organisation's own network
 * forbidden  never: link-local (cloud metadata), multicast, unspecified, documentation, and every form that
 *            carries another address inside (v4-mapped, NAT64, 6to4, Teredo), which a gateway would unpack
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

const privateRanges = ['loopback', 'private', 'carrierGradeNat', 'uniqueLocal'];

/** Judges an address as a resolver writes it: plain dotted or RFC 5952; anything else is forbidden. */
export function addressKind(address: string): AddressKind {
  if (isIP(address) === 0 || address.includes('%')) return 'forbidden';
  const parsed = ipaddr.parse(address);
  const range: string = parsed.range();
  if (privateRanges.includes(range)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  // Outside 2000::/3 nothing is global unicast (RFC 4291, section 2.4); `::127.0.0.1` would pass as unicast.
  const isGlobal = parsed.kind() === 'ipv4' || ((parsed.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
  return isGlobal ? 'public' : 'forbidden';
}
