import type { Context } from 'hono';
import { can, type Principal } from '../../access/principal.ts';
import type { Scope } from '../../access/scope.ts';
import { bearerToken } from '../../access/token.ts';
import { AppError } from '../../core/errors.ts';
import type { HttpParts } from '../http-parts.ts';
import type { Limits } from './limits.ts';
import { isSafe, requireOwnScript } from './own-script.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Tells who a request comes from. */
export type Callers = {
  /** Undefined when the request carries no token at all. Errors: `unauthenticated` for one that is not valid. */
  find(c: Context): Promise<Principal | undefined>;
  /** Errors: `unauthenticated`, `forbidden`. */
  require(c: Context, scope: Scope): Promise<Principal>;
};

export function createCallers(
  parts: Pick<HttpParts, 'authenticate' | 'sessions'>,
  session: SessionCookie,
  limits: Limits,
): Callers {
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
    throw unauthenticated(c);
  };
  return {
    find,
    require: async (c, scope) => {
      const caller = await find(c);
      limits.request(c, caller);
      if (caller === undefined) throw unauthenticated(c);
      if (!isSafe(c) && c.req.header('Authorization') === undefined) requireOwnScript(c);
      if (!can(caller, scope)) throw new AppError('forbidden', `It takes the scope ${scope}.`);
      return caller;
    },
  };
}

function unauthenticated(c: Context): AppError {
  // RFC 9110, 11.6.1: a 401 says how to authenticate. A browser shows no dialogue for Bearer.
  c.header('WWW-Authenticate', 'Bearer realm="foldback"');
  return new AppError('unauthenticated', 'Send a token as `Authorization: Bearer …`, or sign in.');
}

/** What concerns everybody is decided by those who see everything. Errors: `forbidden`. */
export function requireAllTeams(caller: Principal): void {
  if (caller.teams !== 'all') throw new AppError('forbidden', 'It takes a token for all teams.');
}
