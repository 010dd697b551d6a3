import pg from 'pg';
import { AppError } from '../../../core/errors.ts';
import { isLoopbackHost } from '../../../lib/loopback-host.ts';

/** How a database is reached: on this machine, by TLS with a certificate that is checked, or plain because it says so. */
export type DatabaseAddress = {
  readonly way: 'local' | 'tls' | 'plain';
  /** For the driver. */
  readonly url: string;
  /** Host, port and name: for whoever has to look there. No user and no password. */
  readonly place: string;
};

/** Modes that the driver knows and that mean TLS: each checks the certificate and its name. */
const tlsModes = ['verify-full', 'verify-ca', 'require'];

/**
 * Reads `postgres://…`. Nothing is ever plain by accident: off this machine it is TLS unless `sslmode=disable` stands in
 * the address, and modes that would fall back to plain text or look at no certificate are refused.
 */
export function databaseAddress(given: string): DatabaseAddress {
  const url = new URL(given);
  const { searchParams } = url;
  const mode = modeOf(searchParams);
  // As the driver understands it, whatever stands where in the address.
  const { host, port, database } = new pg.Client({ connectionString: bare(given) });
  const isSocket = host.startsWith('/');
  const place = `${isSocket ? host : `${host}:${port}`}/${database ?? ''}`;
  if (mode === 'disable') return { way: 'plain', url: withMode(url, 'disable'), place };
  if (mode === undefined && (isSocket || isLoopbackHost(host)))
    return { way: 'local', url: withMode(url, 'disable'), place };
  if (mode === undefined || tlsModes.includes(mode))
    return { way: 'tls', url: withMode(url, 'verify-full'), place };
  throw new AppError(
    'bad-config',
    `${place}: sslmode=${mode} may fall back to plain text or trusts any certificate. Write sslmode=verify-full, with sslrootcert=FILE for an authority of your own; or sslmode=disable, if nobody else is on the way.`,
  );
}

function modeOf(params: URLSearchParams): string | undefined {
  const mode = params.get('sslmode') ?? undefined;
  if (mode !== undefined) return mode;
  const ssl = params.get('ssl');
  if (ssl !== null) return ssl === '0' || ssl === 'false' ? 'disable' : ssl === 'no-verify' ? ssl : 'require';
  return [...params.keys()].some((name) => name.startsWith('ssl')) ? 'require' : undefined;
}

/** Without what is said about TLS, so that no file is read only to know where the database is. */
function bare(given: string): string {
  const url = new URL(given);
  for (const name of [...url.searchParams.keys()]) if (isAboutTls(name)) url.searchParams.delete(name);
  return url.href;
}

function withMode(given: URL, mode: 'disable' | 'verify-full'): string {
  const url = new URL(mode === 'disable' ? bare(given.href) : given.href);
  for (const name of ['ssl', 'uselibpqcompat']) url.searchParams.delete(name);
  url.searchParams.set('sslmode', mode);
  return url.href;
}

const isAboutTls = (name: string): boolean => name.startsWith('ssl') || name === 'uselibpqcompat';
