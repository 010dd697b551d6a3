import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { AppError, type ErrorCode, type ErrorPlace, errorCatalogue } from '../../core/errors.ts';

/** A problem as it stands in the body (RFC 9457). `type` is relative to this server. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** `urn:uuid:…`: the request id, under which the log has the cause. */
  readonly instance?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly line?: number; readonly detail: string }[];
};

/** Places told in one answer: enough to fix a file's pattern of faults, too few to fill a log. */
export const placesMax = 50;

/** What may be said outside about any fault. Of what is not ours to explain (5xx), only that it happened. */
export function problemOf(error: unknown, id?: string): Problem {
  const fault = appErrorOf(error);
  const entry = errorCatalogue[fault.code];
  const isInside = entry.status >= 500;
  return {
    type: `/problems/${fault.code}`,
    title: entry.public,
    status: entry.status,
    ...(isInside || fault.detail === '' ? {} : { detail: fault.detail }),
    ...(id === undefined ? {} : { instance: `urn:uuid:${id}` }),
    ...(isInside || fault.places.length === 0 ? {} : { errors: fault.places.slice(0, placesMax) }),
  };
}

/** The fault as an `application/problem+json` response with its status. */
export function problemResponse(error: unknown, c: Context): Response {
  const problem = problemOf(error, c.get('requestId'));
  return c.body(JSON.stringify(problem), statusOf(problem.status), {
    'Content-Type': 'application/problem+json',
  });
}

export type ProblemHandlers = { readonly onError: ErrorHandler; readonly notFound: NotFoundHandler };

/**
 * Handlers for `app.onError` and `app.notFound`. Browsers that ask for a page get `page`; programs, and anything
 * under `/v1/`, get problem details.
 *
 * @param options.onFault told of every fault of our own (5xx), with its cause, for the log
 * @param options.onForeignHost told of a request for another host, or from a page of one: no route has seen it
 */
export function problemHandlers(options: {
  readonly page?: (code: ErrorCode, requestId: string | undefined, c: Context) => string;
  readonly onFault?: (error: unknown, c: Context) => void;
  readonly onForeignHost?: (c: Context) => Promise<void>;
}): ProblemHandlers {
  const respond = async (error: unknown, c: Context): Promise<Response> => {
    const fault = appErrorOf(error);
    if (fault.status >= 500) options.onFault?.(error, c);
    if (fault.code === 'bad-host') await options.onForeignHost?.(c);
    // A refused host gets no page: its links would point back at the forged name.
    if (options.page === undefined || fault.code === 'bad-host' || !wantsPage(c))
      return problemResponse(error, c);
    return c.html(options.page(fault.code, c.get('requestId'), c), statusOf(fault.status));
  };
  return { onError: respond, notFound: (c) => respond(new AppError('not-found', ''), c) };
}

/** A request that does not fit its schema, with a JSON pointer (RFC 6901) for each place. Quotes no value. */
export function requestFault(error: z.ZodError, code: ErrorCode = 'bad-request'): AppError {
  const places = error.issues.map(
    (issue): ErrorPlace => ({
      pointer: issue.path
        .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
        .join(''),
      detail: issue.message,
    }),
  );
  return new AppError(code, 'The data does not have the expected shape.', { places });
}

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'bad-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'rate-limited',
};

/** Whatever was thrown as a fault of the catalogue; what is not known is `internal`, its text stays inside. */
function appErrorOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException)
    return new AppError(byStatus[error.status] ?? 'internal', '', { cause: error });
  return new AppError('internal', '', { cause: error });
}

/** Statuses of the catalogue are all 4xx or 5xx, which carry a body. */
function statusOf(status: number): ContentfulStatusCode {
  const isError = (number: number): number is ContentfulStatusCode => number >= 400 && number < 600;
  return isError(status) ? status : 500;
}

function wantsPage(c: Context): boolean {
  return !c.req.path.startsWith('/v1/') && (c.req.header('Accept') ?? '').includes('text/html');
}
