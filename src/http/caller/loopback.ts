import type { Context } from 'hono';
import { clientAddress } from '../hardening/client-address.ts';
import { loopbackHosts } from '../hardening/host-guard.ts';

const forwardingHeaders = ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-Ip', 'Via'] as const;

/**
 * Whether a request was made on this machine, by a program that meant this machine. A proxy here forwards for others:
 * its header, or the name that its clients asked for, gives it away.
 */
export function isLoopback(c: Context): boolean {
  const address = clientAddress(c);
  if (address === undefined || !(address.startsWith('127.') || address === '0:0:0:0::/64')) return false;
  if (forwardingHeaders.some((name) => c.req.header(name) !== undefined)) return false;
  const { hostname } = new URL(c.req.url);
  return loopbackHosts.some((host) => host === hostname);
}
