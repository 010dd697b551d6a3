import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set before any other part sees the request. */
    requestId?: string;
  }
}

/**
 * Gives every request an id of our own (UUID) and tells it in `X-Request-Id`. An id sent along is not taken over: it
 * would let a sender write into the log.
 */
export function requestId(create: () => string = randomUUID): MiddlewareHandler {
  return async (c, next) => {
    const id = create();
    c.set('requestId', id);
    await next();
    c.header('X-Request-Id', id);
  };
}
