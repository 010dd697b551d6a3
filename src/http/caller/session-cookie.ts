import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * An operator's browser session: its secret in a cookie that no script reads and no other site sends
 * (RFC 6265bis: HttpOnly, SameSite=Strict). On https its name carries `__Host-`, so that no other host can set it.
 */
export type SessionCookie = {
  read(c: Context): string | undefined;
  /** @param expiresAt epoch milliseconds, when the session ends */
  write(c: Context, secret: string, expiresAt: number, now: number): void;
  clear(c: Context): void;
};

const name = 'foldback';

export function sessionCookie(isHttps: boolean): SessionCookie {
  const prefix = isHttps ? ({ prefix: 'host' } as const) : {};
  return {
    read: (c) => (isHttps ? getCookie(c, name, 'host') : getCookie(c, name)),
    write: (c, secret, expiresAt, now) => {
      setCookie(c, name, secret, {
        ...prefix,
        path: '/',
        secure: isHttps,
        httpOnly: true,
        sameSite: 'Strict',
        maxAge: Math.max(0, Math.floor((expiresAt - now) / 1000)),
      });
    },
    clear: (c) => {
      deleteCookie(c, name, { ...prefix, path: '/', secure: isHttps });
    },
  };
}
