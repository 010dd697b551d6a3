import type { Context } from 'hono';
import { can, type Principal } from '../../access/principal.ts';
import type { Scope } from '../../access/scope.ts';
import { bearerToken } from '../../access/token.ts';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HttpParts } from '../http-parts.ts';
import type { Limits } from './limits.ts';
import { isSafe, requireOwnScript } from './own-script.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Tells who a request comes from. */
export type Callers = {
  /** Undefined when the request carries no token at all. Errors: `unauthenticated` for one that is not valid. */
  find(c: Context): Promise<Principal | undefined>;
  /**
   * Errors: `unauthenticated`, `forbidden`.
   *
   * @param isFrequent whether a token in the header that was good within the last second may count as good
   */
  require(c: Context, scope: Scope, isFrequent?: boolean): Promise<Principal>;
};

export function createCallers(
  parts: Pick<HttpParts, 'parts' | 'authenticate' | 'sessions'>,
  session: SessionCookie,
  limits: Limits,
  baseUrl: (c: Context) => string,
): Callers {
  const recent = createRecent(parts.parts.clock);
  const find = async (c: Context): Promise<Principal | undefined> => {
    const header = c.req.header('Authorization');
    // A header that is there is meant: a cookie beside it does not help a token that is not valid.
    if (header !== undefined) return judged(c, bearerToken(header));
    const cookie = session.read(c);
    return cookie === undefined ? undefined : known(c, await parts.sessions.find(cookie));
  };
  const judged = async (c: Context, token: string | undefined): Promise<Principal> =>
    known(c, token === undefined ? undefined : await parts.authenticate(token));
  const known = (c: Context, caller: Principal | undefined): Principal => {
    if (caller !== undefined) return caller;
    limits.few(c, 'refused-tokens');
    throw unauthenticated(c, baseUrl(c));
  };
  return {
    find,
    require: async (c, scope, isFrequent = false) => {
      const header = isFrequent ? c.req.header('Authorization') : undefined;
      const known = header === undefined ? undefined : recent.get(header);
      const caller = known ?? (await find(c));
      if (known === undefined && header !== undefined && caller !== undefined) recent.put(header, caller);
      limits.request(c, caller);
      if (caller === undefined) throw unauthenticated(c, baseUrl(c));
      if (!isSafe(c) && c.req.header('Authorization') === undefined) requireOwnScript(c);
      if (!can(caller, scope)) {
        // RFC 6750, section 3.1: which scope would do.
        challenge(c, baseUrl(c), `, error="insufficient_scope", scope="${scope}"`);
        throw new AppError('forbidden', `It takes the scope ${scope}.`);
      }
      return caller;
    },
  };
}

/** How long a revoked token may still ask for decisions. */
const recentMs = 1_000;
const recentMax = 1_000;

/** Callers by the header that they sent, for a second. */
function createRecent(clock: Clock) {
  const callers = new Map<string, { readonly caller: Principal; readonly until: number }>();
  return {
    get: (header: string): Principal | undefined => {
      const known = callers.get(header);
      if (known === undefined || known.until > clock.now()) return known?.caller;
      callers.delete(header);
      return undefined;
    },
    put: (header: string, caller: Principal): void => {
      if (callers.size >= recentMax) callers.clear();
      callers.set(header, { caller, until: clock.now() + recentMs });
    },
  };
}

/** Where a client of MCP reads what it may send as a token (RFC 9728, 3.1), and the path that it is about. */
export const resourceMetadataPath = '/.well-known/oauth-protected-resource';
const describedResources: ReadonlySet<string> = new Set(['/mcp']);

function challenge(c: Context, base: string, more = ''): void {
  const { path } = c.req;
  const described = describedResources.has(path)
    ? `, resource_metadata="${base}${resourceMetadataPath}${path}"`
    : '';
  // RFC 9110, 11.6.1: a 401 says how to authenticate. A browser shows no dialogue for Bearer.
  c.header('WWW-Authenticate', `Bearer realm="foldback"${more}${described}`);
}

function unauthenticated(c: Context, base: string): AppError {
  challenge(c, base, c.req.header('Authorization') === undefined ? '' : ', error="invalid_token"');
  return new AppError('unauthenticated', 'Send a token as `Authorization: Bearer …`, or sign in.');
}

/** What concerns everybody is decided by those who see everything. Errors: `forbidden`. */
export function requireAllTeams(caller: Principal): void {
  if (caller.teams !== 'all') throw new AppError('forbidden', 'It takes a token for all teams.');
}
