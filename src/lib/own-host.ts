import { getDomain } from 'tldts';

/**
 * Whether a host is a name of its own below somebody's domain, as `feedback.example.com` is: then what stands below it is
 * nobody else's. Not so for the domain itself, for an address, and for names of one's own network.
 */
export function isOwnHost(host: string): boolean {
  const domain = getDomain(host, { allowPrivateDomains: true });
  return domain !== null && domain !== host.toLowerCase();
}
