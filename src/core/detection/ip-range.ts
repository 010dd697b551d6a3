/** Addresses and CIDR ranges of IPv4 (RFC 4632) and IPv6 (RFC 4291), as the modifier `cidr` compares them. */

/** Eight groups of 16 bits; IPv4 as `::ffff:a.b.c.d`, so that both forms of an address are the same. */
type Address = readonly number[];

export type IpRange = { readonly groups: Address; readonly bits: number };

/** `10.0.0.0/8`, `fe80::/10`, or one address. Undefined for anything else. Bits behind the prefix are ignored. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', prefix, ...rest] = text.trim().split('/');
  const groups = parseAddress(address);
  if (groups === undefined || rest.length > 0) return undefined;
  const isV4 = !address.includes(':');
  const bitsMax = isV4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/u.test(prefix)) return undefined;
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  return bits > bitsMax ? undefined : { groups, bits: isV4 ? bits + 96 : bits };
}

export function isInRange(text: string, range: IpRange): boolean {
  const groups = parseAddress(text.trim());
  if (groups === undefined) return false;
  return groups.every((group, index) => {
    const bits = Math.min(16, Math.max(0, range.bits - index * 16));
    return (group ^ (range.groups[index] ?? 0)) >> (16 - bits) === 0;
  });
}

/** Longer than any address with a zone. */
const addressLengthMax = 64;

function parseAddress(text: string): Address | undefined {
  if (text.length > addressLengthMax) return undefined;
  if (!text.includes(':')) {
    const v4 = parseV4(text);
    return v4 === undefined ? undefined : [0, 0, 0, 0, 0, 0xffff, ...v4];
  }
  const [bare = ''] = text.split('%');
  const dotted = /^(.*:)(\d[\d.]*\.\d+)$/u.exec(bare);
  const tail = dotted === null ? [] : parseV4(dotted[2] ?? '');
  if (tail === undefined) return undefined;
  // The colon before a dotted end separates; a double one before it still stands for zeros.
  const colons = dotted === null ? bare : (dotted[1] ?? '').replace(/([^:]):$/u, '$1');
  const halves = colons.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right, ...tail];
}

/** Two groups of 16 bits. A leading zero would be octal to some and decimal to others: refused (RFC 6943, 3.1.1). */
function parseV4(text: string): readonly [number, number] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/u.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a, b, c, d].every((byte) => byte <= 255) ? [a * 256 + b, c * 256 + d] : undefined;
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}
