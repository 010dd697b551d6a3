import type { Context, Env, Hono } from 'hono';
import type { ErrorCode } from '../../core/errors.ts';
import { type HostGuardOptions, hostGuard } from './host-guard.ts';
import { problemHandlers } from './problem-response.ts';
import { requestId } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';

export type HardenOptions = HostGuardOptions & {
  readonly isHttps: boolean;
  readonly ownsSubDomains?: boolean;
  /** An error as a page, for browsers. */
  readonly page?: (code: ErrorCode, requestId: string | undefined, c: Context) => string;
  readonly onFault?: (error: unknown, c: Context) => void;
  readonly onForeignHost?: (c: Context) => Promise<void>;
};

/**
 * What stands before every route, in this order: a request id, the headers (so that refusals carry them too), the
 * host and origin. Called once, on the outermost app, before any route is added.
 */
export function harden<E extends Env>(app: Hono<E>, options: HardenOptions): void {
  app.use('*', requestId());
  app.use('*', securityHeaders(options));
  app.use('*', hostGuard(options));
  const problems = problemHandlers(options);
  app.onError(problems.onError);
  app.notFound(problems.notFound);
}

/** Limits of Node's own HTTP server against slow and oversized requests; for `serve({ serverOptions })`. */
export const serverOptions = {
  /** Headers within this time, or the connection is closed. */
  headersTimeout: 20_000,
  /** The whole request: an import of a very large file is one request, read as it is stored. */
  requestTimeout: 3_600_000,
  keepAliveTimeout: 10_000,
  /** Our longest request line and headers together stay below 4 KB. */
  maxHeaderSize: 16_384,
} as const;
