import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';

/**
 * The address a request comes from, as text: IPv4, or the first 64 bits of an IPv6 address, because one household has
 * that many. `X-Forwarded-For` is read only as far as our own proxies wrote it: from the right, while the writer is
 * trusted. Undefined without a socket, as in tests.
 *
 * @param trustedProxies addresses or ranges (`10.0.0.0/8`) of proxies in front of this server
 */
export function clientAddress(c: Context, trustedProxies: readonly string[] = []): string | undefined {
  const forwarded = (c.req.header('X-Forwarded-For') ?? '').split(',').slice(-hopsMax);
  let address = parse(socketAddress(c.env));
  while (address !== undefined && isTrusted(address, trustedProxies)) {
    const before = parse(forwarded.pop()?.trim());
    if (before === undefined) break;
    address = before;
  }
  return address === undefined ? undefined : counted(address);
}

/** More proxies in a row than anybody has; keeps a long header from costing anything. */
const hopsMax = 8;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function parse(text: string | undefined): Address | undefined {
  return text !== undefined && ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

function isTrusted(address: Address, ranges: readonly string[]): boolean {
  return ranges.some((range) => {
    const [network, bits] = range.includes('/')
      ? ipaddr.parseCIDR(range)
      : [ipaddr.process(range), range.includes(':') ? 128 : 32];
    return network.kind() === address.kind() && address.match(network, bits);
  });
}

function counted(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/** Where @hono/node-server puts Node's request: `env.incoming`. Other runtimes and tests have none. */
function socketAddress(env: unknown): string | undefined {
  const incoming = member(env, 'incoming');
  const address = member(member(incoming, 'socket'), 'remoteAddress');
  return typeof address === 'string' ? address : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
