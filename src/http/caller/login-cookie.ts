import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { loginMinutes } from '../../access/login.ts';

/**
 * Binds a login to the browser that began it. `SameSite=Lax`: the answer of the identity provider is a navigation from
 * another site, with which a strict cookie is not sent.
 */
export type LoginCookie = {
  read(c: Context): string | undefined;
  write(c: Context, text: string): void;
  clear(c: Context): void;
};

const name = 'foldback-login';

export function loginCookie(isHttps: boolean): LoginCookie {
  const prefix = isHttps ? ({ prefix: 'host' } as const) : {};
  return {
    read: (c) => (isHttps ? getCookie(c, name, 'host') : getCookie(c, name)),
    write: (c, text) => {
      setCookie(c, name, text, {
        ...prefix,
        path: '/',
        secure: isHttps,
        httpOnly: true,
        sameSite: 'Lax',
        maxAge: loginMinutes * 60,
      });
    },
    clear: (c) => {
      deleteCookie(c, name, { ...prefix, path: '/', secure: isHttps });
    },
  };
}
