import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set before any other part sees the request. */
    requestId?: string;
  }
}

/**
 * Gives every request an id of our own (UUID) and tells it in `X-Request-Id`. An id sent along is not taken over: it
 * would let a sender write into the log. Where decisions are asked for the sender's own is told back in the answer, as
 * AuthZEN wants it (Authorization API 1.0, section 10.1.4); the log has ours.
 */
export function requestId(create: () => string = randomUUID): MiddlewareHandler {
  return async (c, next) => {
    const id = create();
    c.set('requestId', id);
    await next();
    c.res.headers.set('X-Request-Id', sentId(c) ?? id);
  };
}

function sentId(c: Context): string | undefined {
  if (!c.req.path.startsWith('/access/')) return undefined;
  return /^[!-~]{1,128}$/u.exec(c.req.header('X-Request-ID') ?? '')?.[0];
}
