import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../../core/errors.ts';

export type HostGuardOptions = {
  /** Hosts served here: `feedback.example.com`, `127.0.0.1:4400`, `[::1]`. Without a port, any port. */
  readonly hosts: readonly string[];
  /** Origins (`https://feedback.example.com`) that may post although a proxy rewrites Host. From `publicUrl`. */
  readonly origins?: readonly string[];
  /** Path prefixes whose forms carry their own proof of origin, for browsers that send neither header usefully. */
  readonly nullOriginPaths?: readonly string[];
  /** Paths whose protocol asks for 403 where the origin is another one (MCP, streamable HTTP). */
  readonly forbiddenOriginPaths?: readonly string[];
};

/** Names of this machine itself: a page elsewhere cannot make the browser send one of these as Host. */
export const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'] as const;

/**
 * Refuses requests for a host that is not ours (DNS rebinding: a page of another site, whose name was pointed at
 * this address, sends its own name as Host) and changes that a page of another origin asks for. Errors: `bad-host`, or
 * `forbidden` where the protocol of the path asks for it.
 */
export function hostGuard(options: HostGuardOptions): MiddlewareHandler {
  const hosts = options.hosts.map(splitHost);
  const isOurs = (host: string) => {
    const { name, port } = splitHost(host);
    return hosts.some((own) => own.name === name && (own.port === undefined || own.port === port));
  };
  return async (c, next) => {
    const host = c.req.header('Host') ?? new URL(c.req.url).host;
    // An absolute request target (`GET http://elsewhere/`) names a host of its own: both must be ours.
    if (!isOurs(host) || !isOurs(new URL(c.req.url).host))
      throw new AppError('bad-host', 'The Host header names no host that is served here.');
    if (!safeMethods.has(c.req.method) && !isOwnOrigin(c, host, options))
      throw new AppError(
        (options.forbiddenOriginPaths ?? []).includes(c.req.path) ? 'forbidden' : 'bad-host',
        'The request comes from a page of another origin.',
      );
    await next();
  };
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Browsers say where a request comes from in Sec-Fetch-Site (W3C Fetch Metadata), which no page can change, and in
 * Origin. Under `Referrer-Policy: no-referrer` they send `Origin: null` even with our own forms (Fetch, "append a
 * request Origin header"). Programs send neither.
 */
function isOwnOrigin(c: Context, host: string, options: HostGuardOptions): boolean {
  const site = c.req.header('Sec-Fetch-Site');
  const origin = c.req.header('Origin');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined) return true;
  if (origin === 'null')
    return (
      site !== undefined || (options.nullOriginPaths ?? []).some((prefix) => c.req.path.startsWith(prefix))
    );
  if ((options.origins ?? []).includes(origin.toLowerCase())) return true;
  return URL.canParse(origin) && new URL(origin).host === withoutDefaultPort(host.toLowerCase());
}

function withoutDefaultPort(host: string): string {
  return host.replace(/:(?:80|443)$/u, '');
}

function splitHost(host: string): { readonly name: string; readonly port: string | undefined } {
  const parts = /^(\[[0-9a-f:.]+\]|[^:]*)(?::(\d{1,5}))?$/iu.exec(host.trim());
  // What does not parse equals no host of ours: an empty name is never in the list.
  if (parts === null) return { name: '', port: undefined };
  return { name: (parts[1] ?? '').toLowerCase(), port: parts[2] };
}
