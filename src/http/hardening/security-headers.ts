import type { Context, MiddlewareHandler } from 'hono';

declare module 'hono' {
  interface ContextVariableMap {
    /** Which content policy this response gets; chosen by its content type unless a route says otherwise. */
    contentPolicy?: ContentPolicy;
  }
}

/**
 * Content-Security-Policy by kind of response (W3C CSP 3; OWASP ASVS 5.0.0, 3.4).
 * - `page`: server-rendered, no script at all
 * - `console`: the operators' console, its own scripts from this origin only
 * - `data`: everything that is no document
 */
export const contentPolicies = {
  page: "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  console:
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  data: "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
} as const;
export type ContentPolicy = keyof typeof contentPolicies;

/** One year, as the preload lists ask for; sub-domains are not ours to promise for. */
const hstsSeconds = 31_536_000;

/**
 * Headers of every response, also of errors. A route that may be cached says so with its own `Cache-Control`;
 * everything else is `no-store`.
 *
 * @param options.isHttps whether readers reach this server by https (from `publicUrl`), also behind a proxy
 */
export function securityHeaders(options: { readonly isHttps: boolean }): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('Content-Security-Policy', contentPolicies[policyOf(c)]);
    c.header('X-Content-Type-Options', 'nosniff');
    // Links carry their right in the path: no address of ours may travel on.
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    c.header('X-Frame-Options', 'DENY');
    c.header('X-Robots-Tag', 'noindex, nofollow');
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    if (options.isHttps) c.header('Strict-Transport-Security', `max-age=${hstsSeconds}`);
    c.header('Server', undefined);
    c.header('X-Powered-By', undefined);
  };
}

function policyOf(c: Context): ContentPolicy {
  const chosen = c.get('contentPolicy');
  if (chosen !== undefined) return chosen;
  return c.res.headers.get('Content-Type')?.startsWith('text/html') === true ? 'page' : 'data';
}
