import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * An operator's browser session: the API token itself in a cookie that no script reads and no other site sends
 * (RFC 6265bis: HttpOnly, SameSite=Strict). On https its name carries `__Host-`, so that no other host can set it.
 */
export type SessionCookie = {
  read(c: Context): string | undefined;
  /** @param expiresAt epoch milliseconds, when the token ends; undefined: with the browser */
  write(c: Context, token: string, expiresAt: number | undefined, now: number): void;
  clear(c: Context): void;
};

const name = 'foldback';

export function sessionCookie(isHttps: boolean): SessionCookie {
  const prefix = isHttps ? ({ prefix: 'host' } as const) : {};
  return {
    read: (c) => (isHttps ? getCookie(c, name, 'host') : getCookie(c, name)),
    write: (c, token, expiresAt, now) => {
      const maxAge =
        expiresAt === undefined ? {} : { maxAge: Math.max(0, Math.floor((expiresAt - now) / 1000)) };
      setCookie(c, name, token, {
        ...prefix,
        path: '/',
        secure: isHttps,
        httpOnly: true,
        sameSite: 'Strict',
        ...maxAge,
      });
    },
    clear: (c) => {
      deleteCookie(c, name, { ...prefix, path: '/', secure: isHttps });
    },
  };
}
