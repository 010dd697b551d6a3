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

/** One year, as the preload lists ask for. */
const hstsSeconds = 31_536_000;

/**
 * Headers of every response, also of errors. A route that may be cached says so with its own `Cache-Control`;
 * everything else is `no-store`.
 *
 * @param options.isHttps whether readers reach this server by https (from `publicUrl`), also behind a proxy

 * @param options.ownsSubDomains whether nobody else stands below our name, so that it may be promised for them too
 */
export function securityHeaders(options: {
  readonly isHttps: boolean;
  readonly ownsSubDomains?: boolean;
}): MiddlewareHandler {
  const hsts = `max-age=${hstsSeconds}${options.ownsSubDomains === true ? '; includeSubDomains' : ''}`;
  return async (c, next) => {
    await next();
    // Set on the response itself: through the context each one would make the response anew.
    const { headers } = c.res;
    headers.set('Content-Security-Policy', contentPolicies[policyOf(c)]);
    headers.set('X-Content-Type-Options', 'nosniff');
    // Links carry their right in the path: no address of ours may travel on.
    headers.set('Referrer-Policy', 'no-referrer');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    headers.set('X-Frame-Options', 'DENY');
    headers.set('X-Robots-Tag', 'noindex, nofollow');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    if (options.isHttps) headers.set('Strict-Transport-Security', hsts);
    headers.delete('Server');
    headers.delete('X-Powered-By');
  };
}

function policyOf(c: Context): ContentPolicy {
  const chosen = c.get('contentPolicy');
  if (chosen !== undefined) return chosen;
  return c.res.headers.get('Content-Type')?.startsWith('text/html') === true ? 'page' : 'data';
}
